import { ErrorCode } from '@slack/web-api';
import { JitError } from '../../src/core/errors/errors.ts';
import { durationText } from '../../src/core/language/duration.ts';
import { SECOND_MS } from '../../src/core/language/instant.ts';

/** Errors of the Web API that a later try may not meet (https://docs.slack.dev/apis/web-api/rate-limits and each method's list). */
const PASSING = new Set([
  'ratelimited',
  'rate_limited',
  'internal_error',
  'fatal_error',
  'request_timeout',
  'service_unavailable',
  'team_added_to_org',
  'org_login_required',
  'external_channel_migrating',
]);

/** Trouble with the token. It says nothing of a card, which is to be shown as soon as somebody has mended it. */
const SIGNED_OUT = new Set(['not_authed', 'invalid_auth', 'account_inactive', 'token_expired', 'token_revoked']);

/** Where Slack does not say for how long. */
const DEFAULT_SECONDS = 30;

interface Failure {
  readonly code?: string;
  readonly retryAfter?: number;
  readonly data?: { readonly error?: string };
}

/** Slack's word for what went wrong, where it answered at all. */
export function slackCode(error: unknown): string | undefined {
  const said = (error as Failure | undefined)?.data?.error;
  // A proxy's page is not Slack's word.
  return said !== undefined && /^\w{1,80}$/.test(said) ? said : undefined;
}

/** How long Slack wants to be left alone with a method; undefined for every other failure. */
export function retryAfterMsOf(error: unknown): number | undefined {
  const { code, retryAfter } = (error ?? {}) as Failure;
  return code === ErrorCode.RateLimitedError ? (retryAfter ?? DEFAULT_SECONDS) * SECOND_MS : undefined;
}

/** Slack took nothing, and says when it will. */
export function busy(ms: number, cause?: unknown): JitError {
  return new JitError('chatBusy', { chat: 'Slack', wait: waitText(ms) }, { cause, retryAfterMs: ms });
}

/** In whole seconds, and not before. */
export function waitText(ms: number): string {
  return durationText(Math.ceil(ms / SECOND_MS) * SECOND_MS);
}

/** Every failure of the Web API as one of ours; its text stays in the cause. */
export function slackError(error: unknown): JitError {
  if (error instanceof JitError) return error;
  const said = slackCode(error);
  const ms = retryAfterMsOf(error);
  if (ms !== undefined) return busy(ms, error);
  if (said !== undefined && !PASSING.has(said) && !SIGNED_OUT.has(said))
    return new JitError('chatRefused', { chat: 'Slack', code: said }, { cause: error });
  return new JitError('chatSilent', { chat: 'Slack' }, { cause: error });
}

/** Whether Slack will go on refusing until somebody changes something: no use in trying to start. */
export function isRefusal(error: unknown): boolean {
  return slackError(error).code === 'chatRefused' || SIGNED_OUT.has(slackCode(error) ?? '');
}
