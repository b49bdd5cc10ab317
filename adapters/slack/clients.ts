import type { Logger } from '@slack/bolt';
import { type WebAPICallResult, WebClient, type WebClientOptions } from '@slack/web-api';
import { type LiveSecret, secretNow } from '../../src/kit/live-secret.ts';
import { LIMITS, type SlackLimits } from './limits.ts';
import { poster } from './post.ts';
import type { SlackSettings } from './settings.ts';
import { type SlackThrottle, throttleOf } from './throttle.ts';

export interface Clients {
  /** For what a person waits for. */
  readonly interactive: WebClient;
  readonly worker: WebClient;
  /** By the app's own token, where it has one. */
  readonly app?: WebClient;
}

export function slackClients(settings: SlackSettings, logger: Logger, limits: SlackLimits = LIMITS): Clients {
  const options = clientOptions(settings, logger, limits);
  const throttle = throttleOf(settings);
  return {
    interactive: botClient(settings.botToken, options, { limitMs: limits.interactiveMs, throttle }),
    worker: botClient(settings.botToken, options, { limitMs: limits.workerMs, throttle }),
    ...(settings.appToken ? { app: new ObeyingClient(throttle, options, settings.appToken) } : {}),
  };
}

/** Slack limits each method for the whole app in its workspace, so what waits for one holds up all who would call it. */
class ObeyingClient extends WebClient {
  readonly #throttle: SlackThrottle;

  constructor(throttle: SlackThrottle, options: WebClientOptions, token?: string) {
    super(token, options);
    this.#throttle = throttle;
  }

  override apiCall(method: string, options?: Record<string, unknown>): Promise<WebAPICallResult> {
    return this.#throttle.run(method, () => super.apiCall(method, options));
  }
}

/** The client keeps the token that it was made with: each call gets the newest one. */
function botClient(
  token: LiveSecret,
  options: WebClientOptions,
  { limitMs, throttle }: { readonly limitMs: number; readonly throttle: SlackThrottle },
): WebClient {
  const send = poster(limitMs);
  return new ObeyingClient(throttle, {
    ...options,
    // Its own limit would be a second one.
    timeout: 0,
    fetch: (url, init) =>
      send(url, { ...init, headers: { ...(init?.headers as object), Authorization: `Bearer ${secretNow(token)}` } }),
  });
}

/**
 * One try a call: the client itself would repeat posts, and hold all calls back for as long as Slack throttles one. The
 * worker's own queue tries again, later.
 */
export function clientOptions(
  { apiUrl }: SlackSettings,
  logger: Logger,
  { interactiveMs }: SlackLimits = LIMITS,
): WebClientOptions {
  return {
    ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
    logger,
    retryConfig: { retries: 0 },
    timeout: interactiveMs,
    rejectRateLimitedCalls: true,
    allowAbsoluteUrls: false,
  };
}
