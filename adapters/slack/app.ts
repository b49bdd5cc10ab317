import {
  type AnyMiddlewareArgs,
  App,
  HTTPReceiver,
  type Logger,
  LogLevel,
  type Middleware,
  type Receiver,
  SocketModeReceiver,
} from '@slack/bolt';
import type { Log } from '../../src/ports/log.ts';
import type { SlackSettings } from './index.ts';
import { actorOf, type Delivery, foreign, isFromFuture } from './verify.ts';

/** Slack's own deliveries are far smaller. */
const BODY_LIMIT = 256 * 1_024;
const REPLAY_MS = 10 * 60_000;
/** While somebody waits: one try, and well within Slack's three seconds. */
const INTERACTIVE_MS = 2_500;

export interface BoltDeps {
  readonly log: Log;
  readonly once: (key: string, ttlMs: number) => Promise<boolean>;
}

export interface Bolt {
  readonly app: App;
  /** For HTTP: answers one request. */
  readonly http?: HTTPReceiver;
}

/** The Bolt app with its guards: what passes them is for our app, from our workspace, fresh, and seen for the first time. */
export function createBolt(settings: SlackSettings, deps: BoltDeps): Bolt {
  const logger = boltLogger(deps.log);
  const clientOptions = {
    ...(settings.apiUrl ? { slackApiUrl: settings.apiUrl } : {}),
    retryConfig: { retries: 0 },
    timeout: INTERACTIVE_MS,
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
  };
  const http = settings.mode === 'http' ? httpReceiver(settings, logger) : undefined;
  const receiver: Receiver =
    http ?? new SocketModeReceiver({ appToken: settings.appToken ?? '', logger, installerOptions: { clientOptions } });
  const app = new App({
    receiver,
    logger,
    convoStore: false,
    deferInitialization: true,
    clientOptions,
    authorize: async () => ({ botToken: settings.botToken, teamId: settings.teamId }),
  });
  app.use(guard(settings, deps));
  app.error(async (error) => deps.log.error({ error }, 'a Slack handler failed'));
  return http ? { app, http } : { app };
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
      // Nobody here knows this delivery: it is done with, and nobody is told anything.
      if (!response.headersSent) response.writeHead(200).end();
    },
  });
}

/** Refused deliveries are acknowledged with nothing, and leave one line in the log. */
function guard(settings: SlackSettings, { log, once }: BoltDeps): Middleware<AnyMiddlewareArgs> {
  return async (args) => {
    const { body, context, next } = args;
    const why = await refusal(body as unknown as Delivery, context);
    if (why === undefined) return next();
    log.warn({ why, user: actorOf(body as unknown as Delivery) }, 'a Slack delivery was refused');
    if ('ack' in args && typeof args.ack === 'function') await (args.ack as () => Promise<void>)();
  };

  async function refusal(delivery: Delivery, context: Readonly<Record<string, unknown>>): Promise<string | undefined> {
    const { signature, timestamp } = context as { readonly signature?: string; readonly timestamp?: string };
    if (isFromFuture(timestamp, Date.now())) return 'its time is yet to come';
    const stranger = foreign(delivery, settings);
    if (stranger !== undefined) return stranger;
    // Socket Mode has no signature, and its envelopes come once.
    if (signature !== undefined && !(await once(`slack:${signature}`, REPLAY_MS))) return 'it was seen before';
    return undefined;
  }
}

/** Bolt's own lines, with its words as data. */
function boltLogger(log: Log): Logger {
  const words = (parts: readonly unknown[]) => ({
    detail: parts
      .map((part) => (part instanceof Error ? part.message : String(part)))
      .join(' ')
      .slice(0, 500),
  });
  return {
    debug: () => {},
    info: () => {},
    warn: (...parts) => log.warn(words(parts), 'Bolt refused or could not read a Slack delivery'),
    error: (...parts) => log.warn(words(parts), 'Bolt met an error'),
    setLevel: () => {},
    getLevel: () => LogLevel.WARN,
    setName: () => {},
  };
}
