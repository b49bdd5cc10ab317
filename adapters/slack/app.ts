import { type AnyMiddlewareArgs, App, type Logger, type Middleware, SocketModeReceiver } from '@slack/bolt';
import { limitedLog } from '../../src/kit/limited-log.ts';
import type { Log } from '../../src/ports/log.ts';
import { clientOptions } from './clients.ts';
import { slackLogger } from './logger.ts';
import { HttpDeliveries } from './receive.ts';
import type { SlackSettings } from './settings.ts';
import { apologise } from './sorry.ts';
import { actorOf, foreign, isFromFuture, type SlackDelivery } from './verify.ts';
import { within } from './within.ts';

/** Twice as long as a signature is good for. */
const REPLAY_MS = 10 * 60_000;
/** Asking whether a delivery was seen comes before its acknowledgement, for which Slack waits three seconds. */
const ONCE_MS = 800;

export interface BoltDeps {
  readonly log: Log;
  /** Whether this key is seen for the first time within `ttlMs`. */
  readonly once: (key: string, ttlMs: number) => Promise<boolean>;
}

export interface Bolt {
  readonly app: App;
  /** One of the two, as the settings have it. */
  readonly http?: HttpDeliveries;
  readonly socket?: SocketModeReceiver;
}

/** The Bolt app with its guards: what passes them is for our app, from our workspace, fresh, and seen for the first time. */
export function createBolt(settings: SlackSettings, deps: BoltDeps): Bolt {
  const logger = slackLogger(deps.log);
  // What anybody can cause who finds the address.
  const refusals = limitedLog(deps.log);
  const receiver =
    settings.mode === 'http'
      ? { http: new HttpDeliveries(settings.signingSecret ?? '', refusals) }
      : { socket: socketReceiver(settings, logger) };
  const app = new App({
    receiver: receiver.http ?? receiver.socket,
    logger,
    convoStore: false,
    deferInitialization: true,
    clientOptions: clientOptions(settings, logger),
    authorize: async () => ({ botToken: settings.botToken, teamId: settings.teamId }),
  });
  app.use(guard(settings, deps, refusals));
  app.error(async (error) => deps.log.error({ error }, 'a Slack handler failed'));
  return { app, ...receiver };
}

function socketReceiver(settings: SlackSettings, logger: Logger): SocketModeReceiver {
  return new SocketModeReceiver({
    appToken: settings.appToken ?? '',
    logger,
    // Bolt's own way back waits five seconds first, and a failure on it ends the process: see socket.ts.
    autoReconnectEnabled: false,
    installerOptions: { clientOptions: clientOptions(settings, logger) },
  });
}

/** Refused deliveries are acknowledged with nothing, and leave one line in the log. */
function guard(settings: SlackSettings, { log, once }: BoltDeps, refusals: Log): Middleware<AnyMiddlewareArgs> {
  return async (args) => {
    const { body, context, next } = args;
    let why: string | undefined;
    try {
      why = await refusal(body as unknown as SlackDelivery, context);
    } catch (error) {
      // Whether it is a replay cannot be told, so nothing is done.
      return apologise(args, error, log);
    }
    if (why === undefined) return next();
    refusals.warn({ why, user: actorOf(body as unknown as SlackDelivery) }, 'a Slack delivery was refused');
    if ('ack' in args && typeof args.ack === 'function') await (args.ack as () => Promise<void>)();
  };

  /**
   *  1. (by `HttpDeliveries`) It is signed with our secret, at most five minutes ago.
   *  2. It is not from the future.
   *  3. It is for our app, from our workspace, by somebody of it.
   *  4. It was not seen before. Socket Mode has no signature, and its envelopes come once.
   */
  async function refusal(
    delivery: SlackDelivery,
    context: Readonly<Record<string, unknown>>,
  ): Promise<string | undefined> {
    const { signature, timestamp } = context as { readonly signature?: string; readonly timestamp?: string };
    if (isFromFuture(timestamp, Date.now())) return 'its time is yet to come';
    const stranger = foreign(delivery, settings);
    if (stranger !== undefined) return stranger;
    if (signature !== undefined && !(await within(ONCE_MS, once(`slack:${signature}`, REPLAY_MS))))
      return 'it was seen before';
    return undefined;
  }
}
