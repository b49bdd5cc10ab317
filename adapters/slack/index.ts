import type { App, BlockButtonAction, RespondFn } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { sayOf } from '../../src/core/errors.ts';
import type { Place } from '../../src/core/place.ts';
import { NEEDS_REASON } from '../../src/core/view.ts';
import type { ChatAdapter } from '../../src/ports/chat.ts';
import type { HttpRoom, Route } from '../../src/ports/http.ts';
import type { Answer, Inbox, Press, Sender } from '../../src/ports/inbox.ts';
import { type BoltDeps, createBolt } from './app.ts';
import { type Around, pressOf } from './buttons.ts';
import { slackError } from './errors.ts';
import {
  faultsByBlock,
  filled,
  MACHINE_ACTION,
  machineOptions,
  notice,
  REASON_FORM,
  REQUEST_FORM,
  reasonForm,
  reasonIn,
  requestForm,
  skeleton,
} from './form.ts';
import { Members } from './people.ts';
import { Publisher } from './publish.ts';
import { lines, type SlackIdOf } from './text.ts';

export interface SlackSettings {
  readonly mode: 'http' | 'socket';
  readonly botToken: string;
  readonly signingSecret?: string;
  readonly appToken?: string;
  /** The one workspace that is served. */
  readonly teamId: string;
  readonly appId: string;
  readonly enterpriseId?: string;
  /** Where the Web API is, when not at Slack. */
  readonly apiUrl?: string;
  /** Where deliveries come in: `/slack/events`. */
  readonly path?: string;
}

interface SlackDeps extends BoltDeps {
  readonly slackIdOf: SlackIdOf;
}

/** A worker's call may take longer than one that somebody waits for. */
const WORKER_MS = 6_000;
/** A submitted form is answered within Slack's three seconds, or closed with the answer to come as a message. */
const SUBMIT_MS = 2_300;

/** Slack over HTTP or Socket Mode, for one workspace. */
export function slackAdapter(settings: SlackSettings, deps: SlackDeps): ChatAdapter & HttpRoom {
  const { app, http } = createBolt(settings, deps);
  const client = new WebClient(settings.botToken, {
    ...(settings.apiUrl ? { slackApiUrl: settings.apiUrl } : {}),
    retryConfig: { retries: 0 },
    timeout: WORKER_MS,
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
  });
  const publisher = new Publisher(client, deps.slackIdOf);
  const routes: Route[] = http
    ? [
        {
          path: settings.path ?? '/slack/events',
          handle: (request, response) => http.requestListener(request, response),
        },
      ]
    : [];
  return {
    chat: 'slack',
    routes,
    publish: (view, place, previous) => publisher.publish(view, place, previous),
    async start(inbox) {
      new Handlers(app, client, settings, deps, inbox).listen();
      await app.init();
      if (!http) await app.start();
    },
    async stop() {
      if (!http) await app.stop();
    },
    async check() {
      const { team_id } = await client.auth.test().catch((error: unknown) => {
        throw slackError(error);
      });
      if (team_id !== settings.teamId) throw new Error(`the token is for workspace ${team_id}, not ${settings.teamId}`);
    },
  };
}

/** What people do in Slack, handed to the inbox; and its answers, shown to them alone. */
class Handlers {
  readonly #app: App;
  readonly #client: WebClient;
  readonly #deps: SlackDeps;
  readonly #inbox: Inbox;
  readonly #members: Members;

  constructor(app: App, client: WebClient, settings: SlackSettings, deps: SlackDeps, inbox: Inbox) {
    this.#app = app;
    this.#client = client;
    this.#deps = deps;
    this.#inbox = inbox;
    this.#members = new Members(client, settings);
  }

  listen(): void {
    this.#app.command(/.*/, async ({ ack, command, respond }) => {
      await ack();
      const sender = senderOf(command.user_id, channelPlace(command.channel_id, command.user_id), command.trigger_id);
      await this.#answering(respond, sender, false, async () => {
        const answer = await this.#inbox.command(sender, command.text);
        if (answer.openForm) await this.#openForm(sender, command.trigger_id);
        return answer;
      });
    });
    this.#app.action<BlockButtonAction>(/^jit_/, async ({ ack, action, body, respond }) => {
      await ack();
      const channel = body.channel?.id;
      const around: Around = {
        user: body.user.id,
        ...(channel ? { channel } : {}),
        ...(body.message ? { ts: body.message.ts } : {}),
        ...nonceOf(body.message),
      };
      const press = pressOf({ action_id: action.action_id, ...(action.value ? { value: action.value } : {}) }, around);
      if (!press) return;
      const sender = senderOf(body.user.id, channelPlace(channel ?? body.user.id, body.user.id), body.trigger_id);
      await this.#answering(respond, sender, true, async () => {
        if (!NEEDS_REASON.has(press.verb)) return this.#inbox.press(sender, press);
        await this.#client.views.open({ trigger_id: body.trigger_id, view: reasonForm(JSON.stringify(press)) });
        return undefined;
      });
    });
    this.#app.view(REASON_FORM, async ({ ack, body, view }) => {
      await ack();
      const press = { ...(JSON.parse(view.private_metadata) as Press), reason: reasonIn(view.state.values) };
      const sender = senderOf(body.user.id, channelPlace(body.user.id, body.user.id), view.id);
      await this.#answering(undefined, sender, true, () => this.#inbox.press(sender, press));
    });
    this.#app.view(REQUEST_FORM, async ({ ack, body, view }) => {
      const sender = senderOf(body.user.id, channelPlace(body.user.id, body.user.id), view.id);
      if (await this.#mayNot(sender, false)) return ack();
      const work = this.#inbox.submit(sender, filled(view.state.values));
      const done = await Promise.race([work, pause(SUBMIT_MS)]);
      if (done?.faults) return ack({ response_action: 'errors', errors: faultsByBlock(done.faults) });
      await ack();
      await this.#answering(undefined, sender, false, () => work);
    });
    this.#app.options(MACHINE_ACTION, async ({ ack, body, payload }) => {
      const sender = senderOf(body.user.id, channelPlace(body.user.id, body.user.id), '');
      const choices = (await this.#mayNot(sender, false)) ? [] : await this.#inbox.machines(sender, payload.value);
      await ack({ options: machineOptions(choices) });
    });
  }

  /** Runs what a person asked for and shows the answer to them alone. What fails unexpectedly is said with a reference. */
  async #answering(
    respond: RespondFn | undefined,
    sender: Sender,
    fresh: boolean,
    work: () => Promise<Pick<Answer, 'lines'> | undefined>,
  ): Promise<void> {
    try {
      if (await this.#mayNot(sender, fresh)) return;
      const answer = await work();
      if (answer && answer.lines.length > 0)
        await this.#say(respond, sender, lines(answer.lines, this.#deps.slackIdOf));
    } catch (error) {
      const reference = sender.key.slice(-8);
      this.#deps.log.error({ error, reference }, 'a Slack delivery could not be handled');
      await this.#say(respond, sender, sayOf(error, reference).text).catch(() => {});
    }
  }

  /** Guests, strangers, bots and deactivated people get nothing. */
  async #mayNot(sender: Sender, fresh: boolean): Promise<boolean> {
    const why = await this.#members.refusal(sender.user, fresh);
    if (why !== undefined) this.#deps.log.warn({ why, user: sender.user }, 'a Slack delivery was refused');
    return why !== undefined;
  }

  /** Through the delivery's own response URL; a form has none, so it is a direct message. */
  async #say(respond: RespondFn | undefined, sender: Sender, text: string): Promise<void> {
    if (respond) await respond({ response_type: 'ephemeral', replace_original: false, text });
    else await this.#client.chat.postMessage({ channel: sender.user, text, unfurl_links: false, unfurl_media: false });
  }

  async #openForm(sender: Sender, trigger: string): Promise<void> {
    const { view } = await this.#client.views.open({ trigger_id: trigger, view: skeleton() });
    const form = await this.#inbox.form(sender);
    const next = form.refusal === undefined ? requestForm(form, '') : notice(form.refusal);
    await this.#client.views.update({ view_id: view?.id ?? '', view: next });
  }
}

function senderOf(user: string, place: Place, key: string): Sender {
  return { chat: 'slack', user, place, key };
}

function channelPlace(channel: string, user: string): Place {
  return channel.startsWith('C') || channel.startsWith('G')
    ? { chat: 'slack', kind: 'channel', id: channel }
    : { chat: 'slack', kind: 'private', id: user };
}

function nonceOf(message: unknown): { nonce?: string } {
  const nonce = (message as { metadata?: { event_payload?: { nonce?: unknown } } } | undefined)?.metadata?.event_payload
    ?.nonce;
  return typeof nonce === 'string' ? { nonce } : {};
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms).unref());
}
