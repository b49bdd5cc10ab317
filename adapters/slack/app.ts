import {
  type AllMiddlewareArgs,
  type AnyMiddlewareArgs,
  App,
  type Logger,
  type Middleware,
  SocketModeReceiver,
} from '@slack/bolt';
import type { WebClientOptions } from '@slack/web-api';
import { JitError } from '../../src/core/errors/errors.ts';
import { headed } from '../../src/core/language/say.ts';
import { phrased } from '../../src/core/language/text.ts';
import { limitedLog } from '../../src/kit/limited-log.ts';
import { secretNow } from '../../src/kit/live-secret.ts';
import type { Accepted, Journal } from '../../src/ports/journal.ts';
import type { Log } from '../../src/ports/log.ts';
import { closesAtMost, keptOf } from './again.ts';
import type { Respond } from './answer.ts';
import { clientOptions } from './clients.ts';
import type { SlackLimits } from './limits.ts';
import { slackLogger } from './logger.ts';
import { type WrittenMessage, writtenIn } from './messages.ts';
import { poster } from './post.ts';
import { HttpDeliveries } from './receive.ts';
import type { SlackSettings } from './settings.ts';
import type { Delivery } from './shape.ts';
import { apologise, NOT_A_MEMBER, SAID, type SorryReader, turnDown, UNHEARD } from './sorry.ts';
import { actorOf, answersElsewhere, foreign, isFromFuture, type SlackDelivery, stranger } from './verify.ts';
import { within } from './within.ts';

/** Twice as long as a signature is good for. */
const REPLAY_MS = 10 * 60_000;
/** What the journal does not take on. */
const UNKEPT: ReadonlySet<string> = new Set(['tooLongToKeep', 'tooMuchToKeep']);

export interface BoltDeps {
  readonly log: Log;
  readonly journal: Journal;
  /** What somebody speaks, as far as it is known, and what writes to them. */
  readonly readerOf: (user: string) => SorryReader;
  /** What answers a message where it was written. */
  readonly respondTo: (written: WrittenMessage) => Respond;
  readonly limits: SlackLimits;
}

export interface Bolt {
  readonly app: App;
  /** One of the two, as the settings have it. */
  readonly http?: HttpDeliveries;
  readonly socket?: SocketModeReceiver;
  /** Resolves when all that was taken is done, and the journal knows. */
  idle(): Promise<void>;
}

/** The Bolt app with its guards: what passes them is for our app, from our workspace, fresh, and seen for the first time. */
export function createBolt(settings: SlackSettings, deps: BoltDeps): Bolt {
  const logger = slackLogger(deps.log);
  const { limits } = deps;
  const options = clientOptions(settings, logger, limits);
  // What anybody can cause who finds the address.
  const refusals = limitedLog(deps.log);
  const receiver =
    settings.mode === 'http'
      ? { http: new HttpDeliveries(settings.signingSecret ?? '', refusals, limits.ackMs) }
      : { socket: socketReceiver(settings, logger, options) };
  const app = new App({
    receiver: receiver.http ?? receiver.socket,
    logger,
    convoStore: false,
    deferInitialization: true,
    // Bolt makes no other call than these: what else is asked of Slack goes through clients of our own.
    clientOptions: { ...options, fetch: poster(limits.interactiveMs) },
    authorize: async () => ({ botToken: secretNow(settings.botToken), teamId: settings.teamId }),
  });
  const underWay = new Set<Promise<void>>();
  app.use(guard(settings, deps, refusals, underWay));
  app.error(async (error) => deps.log.error({ error }, 'a Slack handler failed'));
  const idle = async () => void (await Promise.allSettled(underWay));
  return { app, ...receiver, idle };
}

function socketReceiver(settings: SlackSettings, logger: Logger, options: WebClientOptions): SocketModeReceiver {
  return new SocketModeReceiver({
    appToken: settings.appToken ?? '',
    logger,
    // Bolt's own way back waits five seconds first, and a failure on it ends the process: see socket.ts.
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: options },
  });
}

type Ack = (answer?: unknown) => Promise<void>;

/**
 * Refused deliveries are acknowledged with nothing, and leave one line in the log; one that was seen before, as it was the
 * first time. What is let through is in the journal until it is done.
 */
function guard(
  settings: SlackSettings,
  deps: BoltDeps,
  refusals: Log,
  underWay: Set<Promise<void>>,
): Middleware<AnyMiddlewareArgs> {
  const { log, journal, readerOf, limits } = deps;
  return async (args) => {
    const { body, context } = args;
    const delivery = body as unknown as SlackDelivery & Delivery;
    const key = keyOf(delivery, context);
    const { accepted } = context as { readonly accepted?: Ack };
    const acknowledge = 'ack' in args && typeof args.ack === 'function' ? (args.ack as Ack) : accepted;
    let why: string | undefined;
    let before: Accepted | undefined;
    let accepting: Promise<Accepted> | undefined;
    try {
      why = refusal(delivery, context, settings);
      accepting = why === undefined && key !== undefined ? accept(journal, key, delivery) : undefined;
      before = accepting && (await within(limits.onceMs, accepting, () => new JitError('storeAway')));
    } catch (error) {
      if (error instanceof JitError && UNKEPT.has(error.code)) {
        const user = actorOf(delivery) ?? '';
        refusals.warn({ why: error.code, user }, 'a Slack delivery was refused');
        return turnDown(args, error.spans, readerOf(user));
      }
      // Whether it is a replay cannot be told, so nothing is done: not later either, where it is kept after all. What turns out
      // to have come before is somebody's at work, and stays theirs.
      if (key !== undefined)
        void Promise.allSettled([accepting]).then(([told]) =>
          told.status === 'fulfilled' && told.value?.isNew === false ? undefined : journal.done(key),
        );
      return apologise(args, error, log, readerOf(actorOf(delivery) ?? ''));
    }
    if (why === undefined && before?.isNew !== false) {
      await accepted?.();
      const work = passed(journal, args, key);
      underWay.add(work);
      return work.finally(() => underWay.delete(work));
    }
    refusals.warn({ why: why ?? 'it was seen before', user: actorOf(delivery) }, 'a Slack delivery was refused');
    // Whoever sees a channel of ours from elsewhere is told why nothing comes of it.
    if (why === stranger && delivery.type !== 'event_callback')
      return turnDown(args, [headed(NOT_A_MEMBER)], { tongue: readerOf('').tongue });
    const written = why === stranger ? writtenIn(delivery) : undefined;
    if (written) {
      await acknowledge?.();
      return tellStranger(deps, refusals, written);
    }
    const said = before?.isNew === false ? before.answer : undefined;
    await acknowledge?.(...(said === undefined ? [] : [JSON.parse(said) as unknown]));
  };
}

async function tellStranger({ readerOf, respondTo }: BoltDeps, refusals: Log, written: WrittenMessage): Promise<void> {
  const text = phrased(NOT_A_MEMBER, readerOf('').tongue);
  try {
    await respondTo(written)({ response_type: 'ephemeral', replace_original: false, text });
  } catch (error) {
    refusals.warn({ error, user: written.user }, 'an answer could not be shown in Slack');
  }
}

async function passed(
  journal: Journal,
  args: AnyMiddlewareArgs & AllMiddlewareArgs,
  key: string | undefined,
): Promise<void> {
  // Resolves when the handler is done, which never throws (handlers.ts).
  await args.next();
  if (key === undefined) return;
  // What was acknowledged is not done before the person was told how it went.
  const { [UNHEARD]: unheard, [SAID]: said } = args.context;
  if (unheard instanceof JitError) return journal.leave(key, unheard.retryAfterMs);
  await journal.done(key, said === undefined ? undefined : JSON.stringify(said));
}

function accept(journal: Journal, key: string, delivery: Delivery): Promise<Accepted> {
  const what = keptOf(delivery);
  const kept = what === undefined ? {} : { what, onlyCloses: closesAtMost(delivery) };
  return journal.accept({ chat: 'slack', key, ttlMs: REPLAY_MS, ...kept });
}

/** Signatures are as good as deliveries are different. Socket Mode has none, and its envelopes come again where they were not acknowledged. */
function keyOf(
  { trigger_id, event_id }: Delivery,
  { signature }: Readonly<Record<string, unknown>>,
): string | undefined {
  // Slack tries an event again, and signs it anew.
  if (typeof event_id === 'string') return `slack:${event_id}`;
  if (typeof signature === 'string') return `slack:${signature}`;
  return typeof trigger_id === 'string' ? `slack:${trigger_id}` : undefined;
}

/**
 *  1. (by `HttpDeliveries`) It is signed with our secret, at most five minutes ago.
 *  2. It is not from the future.
 *  3. Its answer goes to Slack.
 *  4. It is for our app, from our workspace, by somebody of it.
 *  5. (by the journal) It was not seen before.
 */
function refusal(
  delivery: SlackDelivery,
  context: Readonly<Record<string, unknown>>,
  settings: SlackSettings,
): string | undefined {
  const { timestamp } = context as { readonly timestamp?: string };
  if (isFromFuture(timestamp, Date.now())) return 'its time is yet to come';
  if (answersElsewhere(delivery, settings.apiUrl)) return 'its answer is to go to another host';
  return foreign(delivery, settings);
}
