import {
  type AnyMiddlewareArgs,
  App,
  HTTPReceiver,
  type Logger,
  type Middleware,
  type Receiver,
  SocketModeReceiver,
} from '@slack/bolt';
import type { Log } from '../../src/ports/log.ts';
import { clientOptions } from './clients.ts';
import { slackLogger } from './logger.ts';
import type { SlackSettings } from './settings.ts';
import { apologise } from './sorry.ts';
import { actorOf, foreign, isFromFuture, type SlackDelivery } from './verify.ts';
import { within } from './within.ts';

/** Slack's own deliveries are far smaller. */
const BODY_LIMIT = 256 * 1_024;
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
  /** For HTTP: answers one request. */
  readonly http?: HTTPReceiver;
  readonly socket?: SocketModeReceiver;
}

/** The Bolt app with its guards: what passes them is for our app, from our workspace, fresh, and seen for the first time. */
export function createBolt(settings: SlackSettings, deps: BoltDeps): Bolt {
  const logger = slackLogger(deps.log);
  const http = settings.mode === 'http' ? { http: httpReceiver(settings, logger) } : {};
  const socket = settings.mode === 'socket' ? { socket: socketReceiver(settings, logger) } : {};
  const app = new App({
    receiver: (http.http ?? socket.socket) as Receiver,
    logger,
    convoStore: false,
    deferInitialization: true,
    clientOptions: clientOptions(settings, logger),
    authorize: async () => ({ botToken: settings.botToken, teamId: settings.teamId }),
  });
  app.use(guard(settings, deps));
  app.error(async (error) => deps.log.error({ error }, 'a Slack handler failed'));
  return { app, ...http, ...socket };
}

function httpReceiver(settings: SlackSettings, logger: Logger): HTTPReceiver {
  return new HTTPReceiver({
    signingSecret: settings.signingSecret ?? '',
    endpoints: settings.path ?? '/slack/events',
    bodyLimit: BODY_LIMIT,
    logger,
    customPropertiesExtractor: ({ headers }) => ({
      signature: headers['x-slack-signature'],
      timestamp: headers['x-slack-request-timestamp'],
    }),
    unhandledRequestHandler: ({ response }) => {
      // Slack does not wait any longer and has told the person; an acknowledgement now would promise what is not done.
      if (!response.headersSent) response.writeHead(503).end();
    },
  });
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
function guard(settings: SlackSettings, { log, once }: BoltDeps): Middleware<AnyMiddlewareArgs> {
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
    log.warn({ why, user: actorOf(body as unknown as SlackDelivery) }, 'a Slack delivery was refused');
    if ('ack' in args && typeof args.ack === 'function') await (args.ack as () => Promise<void>)();
  };

  /**
   *  1. (by Bolt) It is signed with our secret, at most five minutes ago.
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
