import { ENGLISH, type Tongue } from '../../src/core/language/text.ts';
import type { Place } from '../../src/core/people/place.ts';
import type { ChatAdapter, HomeDrawer, Resumer, Teller } from '../../src/ports/chat.ts';
import type { Examiner } from '../../src/ports/examiner.ts';
import type { HttpRoom, Route } from '../../src/ports/http.ts';
import { type BoltDeps, createBolt } from './app.ts';
import { slackClients } from './clients.ts';
import { slackError } from './errors.ts';
import { examineSlack } from './examine.ts';
import { Handlers } from './handlers.ts';
import { limitsTimes } from './limits.ts';
import { slackLogger } from './logger.ts';
import { abortable } from './look-back.ts';
import { respondTo } from './messages.ts';
import { Members, readerOf } from './people.ts';
import { Publisher } from './publish.ts';
import type { SlackSettings } from './settings.ts';
import { SocketConnection } from './socket.ts';
import type { SlackIdOf } from './text.ts';
import { throttleOf } from './throttle.ts';
import { within } from './within.ts';

export { slackAccounts } from './accounts.ts';
export type { SlackSettings };

interface SlackDeps extends Omit<BoltDeps, 'readerOf' | 'respondTo' | 'limits'> {
  readonly slackIdOf: SlackIdOf;
  /** What is spoken in channels, and where nobody knows a person's language; absent: English. */
  readonly tongue?: Tongue;
  /** By how much everything may take longer than Slack allows: 1, but for tests of what is said. */
  readonly patience?: number;
}

/** What is under way when we stop may take this long to end. */
const DRAIN_MS = 5_000;
/** Slack's own deliveries are far smaller. */
const BODY_BYTES = 256 * 1_024;

/** Slack over HTTP or Socket Mode, for one workspace. Started once; what comes before or after is not taken. */
export function slackAdapter(
  settings: SlackSettings,
  deps: SlackDeps,
): ChatAdapter & Examiner & HomeDrawer & HttpRoom & Teller & Resumer {
  const { tongue: house = ENGLISH, log, journal, slackIdOf } = deps;
  const limits = limitsTimes(deps.patience);
  const clients = slackClients(settings, slackLogger(log), limits);
  const members = new Members(clients.interactive, settings, undefined, house);
  const reader = (user: string) => readerOf({ clients, members }, user);
  const { app, http, socket, idle } = createBolt(settings, {
    log,
    journal,
    readerOf: reader,
    respondTo: (written) => respondTo(clients.worker, written),
    limits,
  });
  const tongueAt = async ({ kind, id }: Place) => (kind === 'private' ? members.tongueOf(id) : house);
  const publisher = new Publisher(clients.worker, slackIdOf, tongueAt);
  const connection = socket && new SocketConnection(socket, throttleOf(settings), log);
  let handlers: Handlers | undefined;
  let open = false;
  const routes = http ? [routeOf(settings, (request) => (open ? http.take(request) : { status: 503 }))] : [];

  return {
    chat: 'slack',
    routes,
    publish: (view, place, previous, signal) => publisher.publish(view, place, previous, signal),
    tell: (report, place, signal) => publisher.tell(report, place, signal),
    async again(what, how) {
      if (!open || !handlers) throw new Error('Slack is not served');
      await handlers.again(what, how);
    },
    async drawHome(user) {
      if (open) await handlers?.drawHome(user);
    },
    async start(inbox) {
      handlers = new Handlers({ clients, members, inbox, log, slackIdOf, answerMs: limits.answerMs });
      handlers.listen(app);
      await app.init();
      open = true;
      await connection?.start();
    },
    async stop() {
      open = false;
      await connection?.stop();
      // What is cut off here was acknowledged: it is in the journal, and another process goes on with it.
      await within(DRAIN_MS, idle()).catch(() => {});
    },
    examine: (places, signal) => examineSlack(clients, settings, places, signal),
    async check(signal) {
      const { team_id } = await abortable(signal, () => clients.interactive.auth.test()).catch((error: unknown) => {
        throw slackError(error);
      });
      if (team_id !== settings.teamId) throw new Error(`the token is for workspace ${team_id}, not ${settings.teamId}`);
    },
  };
}

function routeOf({ path = '/slack/events' }: SlackSettings, handle: Route['handle']): Route {
  return { method: 'POST', path, bodyBytes: BODY_BYTES, handle };
}
