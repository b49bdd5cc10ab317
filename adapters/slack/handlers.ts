import type { App, BlockButtonAction, ViewSubmitAction } from '@slack/bolt';
import { JitError } from '../../src/core/errors/errors.ts';
import { say } from '../../src/core/language/say.ts';
import { weightOf } from '../../src/core/language/weight.ts';
import { BOXES } from '../../src/core/view/boxes.ts';
import type { Again } from '../../src/ports/chat.ts';
import type { Answer, Inbox, Sender } from '../../src/ports/inbox.ts';
import type { Log } from '../../src/ports/log.ts';
import { again, senderOf } from './again.ts';
import { Answers } from './answer.ts';
import { ASK_PROTECTOR, FORM_ACTION, initialIn, kept, MACHINE_ACTION, opensForm, pressOf } from './buttons.ts';
import type { Clients } from './clients.ts';
import { slackError } from './errors.ts';
import { filledAccess, filledPorts, machineOptions, PORTS_FORM, REASON_FORM, reasonForm } from './form.ts';
import { HomeTabs } from './home.ts';
import { LoopTurns } from './loop-turns.ts';
import { editedIn, LONGEST_MESSAGE, respondTo, type WrittenMessage, writtenIn } from './messages.ts';
import { formButton, opened, titleOf } from './opening.ts';
import { type Members, readerOf } from './people.ts';
import { commandOf } from './report.ts';
import { type OpenForm, RequestForms } from './request-forms.ts';
import type { Action, Delivery } from './shape.ts';
import { ASK_SHORTCUT, BECAUSE_SHORTCUT, type Pointed, reasonOf } from './shortcuts.ts';
import { apologise, type Delivered, SAID, UNHEARD } from './sorry.ts';
import { Submissions } from './submissions.ts';
import type { SlackIdOf } from './text.ts';
import { actorOf, type SlackDelivery } from './verify.ts';
import { type HomeOpened, weightOfAction } from './weight.ts';
import { within } from './within.ts';

interface HandlerDeps {
  readonly clients: Clients;
  readonly members: Members;
  readonly inbox: Inbox;
  readonly log: Log;
  readonly slackIdOf: SlackIdOf;
  /** Of a form that was sent, and of a list to choose from. */
  readonly answerMs: number;
}

/** What people do in Slack, handed to the inbox; and its answers, shown to them alone. One listener a kind of delivery. */
export class Handlers {
  readonly #deps: HandlerDeps;
  readonly #answers: Answers;
  readonly #homes: HomeTabs;
  readonly #forms: RequestForms;
  readonly #submissions: Submissions;
  readonly #turns = new LoopTurns();

  constructor(deps: HandlerDeps) {
    this.#deps = deps;
    const { clients, members, log, slackIdOf, answerMs } = deps;
    this.#homes = new HomeTabs({ client: clients.worker, members, inbox: deps.inbox, slackIdOf });
    this.#answers = new Answers({ client: clients.worker, members, log, slackIdOf });
    this.#forms = new RequestForms(deps);
    this.#submissions = new Submissions({ inbox: deps.inbox, answers: this.#answers, members, answerMs });
  }

  listen(app: App): void {
    app.command(/.*/, (args) =>
      this.#take(args, async () => {
        const { ack, command, respond } = args;
        await ack();
        const sender = senderOf(command.user_id, command.trigger_id, command.channel_id);
        return this.#answers.give({ respond, sender, weight: weightOf(command.text), isKept: true }, () =>
          this.#command(sender, command),
        );
      }),
    );
    app.action<BlockButtonAction>({ type: 'block_actions' }, (args) =>
      this.#take(args, async () => {
        const { ack, action, body, respond } = args;
        await ack();
        const sender = senderOf(body.user.id, body.trigger_id, body.channel?.id);
        return this.#answers.give(
          { respond, sender, weight: weightOfAction(action), ...(opensForm(action.action_id) ? {} : { isKept: true }) },
          () => this.#pressed(sender, body, action),
        );
      }),
    );
    app.view<ViewSubmitAction>({ type: 'view_submission' }, (args) =>
      this.#take(args, async () => {
        const { view, body } = args;
        const sender = senderOf(body.user.id, view.id);
        const { values } = view.state;
        const { inbox } = this.#deps;
        const access = filledAccess(view.callback_id, values);
        if (access) return this.#submissions.form(sender, args, () => inbox.submit(sender, access));
        if (view.callback_id === PORTS_FORM)
          return this.#submissions.form(sender, args, () =>
            inbox.submitPorts(sender, filledPorts(view.private_metadata, values)),
          );
        if (view.callback_id === REASON_FORM) return this.#submissions.reason(sender, args, view);
        return args.ack();
      }),
    );
    app.options(/.*/, (args) =>
      this.#take(args, async () => {
        const { ack, body, payload } = args;
        if (payload.action_id !== MACHINE_ACTION) return ack({ options: [] });
        const found = this.#machines(senderOf(body.user.id, ''), payload.value);
        await ack({ options: machineOptions(await within(this.#deps.answerMs, found)) });
      }),
    );
    this.#listenElsewhere(app);
  }

  /** Messages, the Home tab, and shortcuts. */
  #listenElsewhere(app: App): void {
    app.event(/^(?:message|app_mention)$/, (args) =>
      this.#take(args, async () => {
        const delivery = args.body as unknown as Delivery;
        const [written, edited] = [writtenIn(delivery), editedIn(delivery)];
        return written ? this.#written(written) : edited && this.#edited(edited);
      }),
    );
    app.event('app_home_opened', (args) =>
      this.#take(args, async () => {
        const { user, tab, view } = args.event as HomeOpened;
        if (tab === 'home') await this.#homes.open(user, view?.hash);
      }),
    );
    app.event('member_joined_channel', (args) =>
      this.#take(args, async () => {
        const { channel: id, user } = args.event;
        if (args.body.authorizations?.some((own) => own.is_bot && own.user_id === user))
          await this.#deps.inbox.opened({ chat: 'slack', kind: 'channel', id });
      }),
    );
    app.shortcut(/.*/, (args) =>
      this.#take(args, async () => {
        await args.ack();
        const { user, callback_id, trigger_id } = args.shortcut;
        const isKnown = callback_id === ASK_SHORTCUT || callback_id === BECAUSE_SHORTCUT;
        const sender = senderOf(user.id, trigger_id);
        const pointed = 'message' in args.shortcut ? (args.shortcut as Pointed) : undefined;
        return (
          isKnown && this.#answers.give({ sender, weight: 'shows' }, () => this.#shortcut(sender, trigger_id, pointed))
        );
      }),
    );
  }

  drawHome(user: string): Promise<void> {
    return this.#homes.drawAgain(user);
  }

  /** Goes on with what a process had taken that is no more. */
  again(what: string, how: Again): Promise<void> {
    return again({ inbox: this.#deps.inbox, answers: this.#answers }, what, how);
  }

  /** Handles one delivery to its end, whatever happens: its acknowledgement first, and the work in a turn of its own. */
  async #take(args: Delivered & Contextual, work: () => Promise<unknown>): Promise<void> {
    const ack = args.ack as ((answer?: unknown) => Promise<void>) | undefined;
    if (!ack) await this.#turns.next();
    else
      args.ack = async (answer?: unknown) => {
        args.context[SAID] = answer;
        await ack(answer);
        await this.#turns.next();
      };
    try {
      args.context[UNHEARD] = await work().catch((error: unknown) => this.#apologise(args, error));
    } catch (error) {
      args.context[UNHEARD] = slackError(error);
      this.#deps.log.warn({ error }, 'an answer could not be shown in Slack');
    }
  }

  #apologise(args: Delivered, error: unknown): Promise<void> {
    const user = actorOf(args.body as SlackDelivery) ?? '';
    return apologise(args, error, this.#deps.log, readerOf(this.#deps, user));
  }

  /** A message is a command, and answered where it was written, to whoever wrote it alone. */
  #written(written: WrittenMessage): Promise<JitError | undefined> {
    const { user, key, channel, text } = written;
    const sender = senderOf(user, key, channel);
    const respond = respondTo(this.#deps.clients.worker, written);
    return this.#answers.give({ respond, sender, weight: weightOf(text), isKept: true }, async () =>
      text.length > LONGEST_MESSAGE
        ? { lines: [[say`This message is too long for a command. Type \`help\` to see what there is.`]] }
        : this.#command(sender, { text }),
    );
  }

  /** What was done is done; what stands there now is not read, and that is said. */
  #edited(edited: WrittenMessage): Promise<JitError | undefined> {
    const sender = senderOf(edited.user, edited.key, edited.channel);
    const respond = respondTo(this.#deps.clients.worker, edited);
    return this.#answers.give({ respond, sender, weight: 'shows' }, async () => ({
      lines: [[say`Edited messages are not read. Send the command as a new message.`]],
    }));
  }

  /** Without a trigger, as for a message, Slack opens no form: a button has one. */
  async #command(sender: Sender, { text, trigger_id }: { readonly text: string; readonly trigger_id?: string }) {
    const answer = await this.#deps.inbox.command(this.#answers.zoned(sender), text);
    const { openForm } = answer;
    if (!openForm) return answer;
    if (trigger_id === undefined) return { ...answer, report: formButton(titleOf(openForm), text) };
    await this.#forms.open(sender, trigger_id, openForm);
    return answer;
  }

  async #shortcut(sender: Sender, trigger: string, pointed: Pointed | undefined): Promise<undefined> {
    const client = this.#deps.clients.interactive;
    const given = async () => (pointed ? { justification: await reasonOf(pointed, client) } : {});
    await this.#forms.open(sender, trigger, { form: 'request' }, given);
  }

  async #pressed(
    sender: Sender,
    body: BlockButtonAction,
    { action_id, value, selected_option: chosen }: Action,
  ): Promise<Answer | undefined> {
    if (!action_id.startsWith('jit_')) return undefined;
    const view = body.view as OpenForm | undefined;
    if (action_id === MACHINE_ACTION) {
      if (view && chosen) await this.#forms.follow(sender, view, chosen);
      return undefined;
    }
    if (action_id === ASK_PROTECTOR) return this.#forms.askProtector(sender, view, value ?? '');
    if (action_id.startsWith(FORM_ACTION)) {
      await this.#forms.open(sender, body.trigger_id, {
        form: 'request',
        ...(value ? { typed: { machine: value } } : {}),
      });
      return undefined;
    }
    const typed = commandOf({ action_id, value });
    if (typed !== undefined) return this.#command(sender, { text: typed, trigger_id: body.trigger_id });
    const { user, channel, message } = body;
    const press = pressOf(
      { action_id, ...(value === undefined ? {} : { value }) },
      { user, ...(channel ? { channel } : {}), ...(message ? { message } : {}) },
    );
    if (!press) throw new JitError('unreadableButton');
    const box = BOXES[press.verb];
    if (!box) return this.#deps.inbox.press(sender, press);
    const form = reasonForm(kept(press), box, this.#deps.members.knownTongueOf(user.id), initialIn(value));
    await opened(this.#deps.clients.interactive, body.trigger_id, form);
    return undefined;
  }

  async #machines(sender: Sender, typed: string) {
    const isMember = (await this.#answers.refusal(sender, 'shows')) === undefined;
    return isMember ? this.#deps.inbox.machines(sender, typed) : [];
  }
}

interface Contextual {
  readonly context: Record<string, unknown>;
}
