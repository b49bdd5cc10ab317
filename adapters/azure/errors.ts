import { JitError } from '../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../src/core/language/instant.ts';
import { say } from '../../src/core/language/say.ts';
import { deniedText, isLock, refusalOf } from './arm/refusals.ts';

/** How errors name this cloud. */
export const CLOUD = 'Azure';

/** What @azure/identity throws; the reason is MSAL's error behind it, or only named at the start of its message. */
const SIGN_IN = new Set([
  'AggregateAuthenticationError',
  'AuthenticationError',
  'AuthenticationRequiredError',
  'CredentialUnavailableError',
]);

/** Of these, with nothing named behind them: none of the ways to sign in has anybody. */
const NOBODY = new Set(['AggregateAuthenticationError', 'CredentialUnavailableError']);
const NO_SIGN_IN = 'no sign-in was found';

/** MSAL's codes for an authority that cannot be reached. */
const UNREACHABLE = new Set(['endpoints_resolution_error', 'network_error', 'openid_config_error']);

/** What a code may look like, for it is shown. */
const CODE = /^[A-Za-z0-9_.-]{1,64}$/;

/** `RestError` of the pipelines, errors of @azure/identity and of MSAL behind them, as far as they are read here. */
interface SdkError extends Error {
  readonly code?: unknown;
  readonly statusCode?: number;
  readonly response?: {
    readonly headers: { get(name: string): string | undefined };
    readonly bodyAsText?: string | null;
  };
  readonly status?: number;
  readonly errorCode?: string;
  readonly errorNo?: number;
}

/** Is something that was named not there (any more)? */
export function isNotFound(error: unknown): boolean {
  return error instanceof JitError && error.code === 'cloudRefused' && statusOf(error) === 404;
}

/** Was a request refused for what it says (HTTP 400)? */
export function isBadRequest(error: unknown): boolean {
  return error instanceof JitError && error.code === 'cloudRefused' && statusOf(error) === 400;
}

/** Is another write to the same resource under way? */
export function isLocked(error: unknown): boolean {
  return error instanceof JitError && error.cause instanceof Error && isLock(codeOf(error.cause));
}

/** Does a management lock forbid it ("Lock your resources": deleting, or writing too)? */
export function isScopeLocked(error: unknown): boolean {
  return error instanceof JitError && error.code === 'scopeLocked';
}

/** Is it forbidden for good to delete what may still be written: by a lock, a policy with `denyAction`, a deny assignment? */
export function isUndeletable(error: unknown): boolean {
  return (
    isScopeLocked(error) || (error instanceof JitError && ['policyForbids', 'denyAssignment'].includes(error.code))
  );
}

/** Did another rule take the same priority ("Network security groups": each once in a direction)? */
export function isConflict(error: unknown): boolean {
  return error instanceof JitError && error.cause instanceof Error && codeOf(error.cause) === 'SecurityRuleConflict';
}

/** Was something that was to be replaced changed since it was read (HTTP 412)? */
export function isChanged(error: unknown): boolean {
  return error instanceof JitError && error.code === 'cloudRefused' && statusOf(error) === 412;
}

/** Is it unknown whether the call was heard? */
export function isSilent(error: unknown): boolean {
  return error instanceof JitError && error.code === 'cloudSilent';
}

/** Was the connection refused or cut before a reply? */
export function isCut(error: unknown): boolean {
  if (!(error instanceof JitError) || error.code !== 'cloudSilent') return false;
  const { name } = error.cause as Error;
  return name === 'RestError' && statusOf(error) === undefined;
}

/** The one table from what the SDKs throw to what Drawbridge says. What is neither the service nor the network is a bug and stays as it is. */
export function asJitError(error: unknown): unknown {
  if (error instanceof JitError || !(error instanceof Error)) return error;
  const raw: SdkError = error;
  const { name, message } = raw;
  const [code, status] = [codeOf(raw), statusIn(raw)];
  const words = { cloud: CLOUD, code };
  const extra = { cause: error };
  if (status === 429 || isLock(code)) return new JitError('cloudBusy', words, { ...extra, ...retryAfter(raw) });
  if (status === 408 || (status !== undefined && status >= 500) || UNREACHABLE.has(code))
    return new JitError('cloudSilent', words, extra);
  // The API has no code of its own for a missing plan (just-in-time-access-usage).
  if (status === 403 && /standard tier/i.test(message))
    return new JitError('noPlan', { machine: say`this machine` }, extra);
  const named = refusalOf({ status, code, message, body: raw.response?.bodyAsText }, error);
  if (named) return named;
  // Of a subscription that one may see nothing of Azure says that it is not there.
  if (SIGN_IN.has(name) || status === 401 || status === 403 || code === 'SubscriptionNotFound')
    return new JitError(
      'cloudDenied',
      { cloud: CLOUD, code: NOBODY.has(code) ? NO_SIGN_IN : deniedText({ code, message }) },
      extra,
    );
  if (status !== undefined) return new JitError('cloudRefused', words, extra);
  // What came of a call whose answer cannot be read is as unknown as without one.
  if (isStumble(error)) return new JitError('cloudSilent', words, extra);
  // No status: the connection, or the time limit of the call.
  return name === 'RestError' || name === 'AbortError' || name === 'TimeoutError'
    ? new JitError('cloudSilent', words, extra)
    : error;
}

/** Did an SDK stumble over an answer without what its own model promises? Its models check nothing. */
function isStumble({ name, stack = '' }: Error): boolean {
  const [first = ''] = /^ {4}at .*$/m.exec(stack) ?? [];
  return (name === 'TypeError' || name === 'RangeError') && /[\\/]@azure[\\/]/.test(first);
}

function statusOf({ cause }: JitError): number | undefined {
  return cause instanceof Error ? statusIn(cause) : undefined;
}

function statusIn(error: SdkError): number | undefined {
  return error.statusCode ?? reasonOf(error)?.status;
}

/** The service's code: `ResourceNotFound`, `AADSTS7000215`. */
function codeOf(error: SdkError): string {
  const { errorCode, errorNo } = reasonOf(error) ?? {};
  const named = SIGN_IN.has(error.name) ? (/^(\w+):/.exec(error.message)?.[1] ?? error.name) : error.code;
  const code = errorNo === undefined ? (errorCode ?? named) : `AADSTS${errorNo}`;
  return typeof code === 'string' && CODE.test(code) ? code : `HTTP${error.statusCode ?? ''}`;
}

/** MSAL's error behind one of signing in. */
function reasonOf({ name, cause }: SdkError): SdkError | undefined {
  return SIGN_IN.has(name) && cause instanceof Error ? cause : undefined;
}

function retryAfter({ response }: SdkError): { retryAfterMs?: number } {
  const seconds = Number(response?.headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * SECOND_MS } : {};
}
