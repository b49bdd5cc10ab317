import { JitError } from '../../src/core/errors.ts';
import { SECOND_MS } from '../../src/core/instant.ts';

/** How errors name this cloud. */
export const CLOUD = 'Azure';

/** Somebody else is writing to the same resource (Resource Manager, "Throttling requests"; a lock, not a quota). */
const LOCKED = new Set([
  'AnotherOperationInProgress',
  'ReferencedResourceNotProvisioned',
  'RetryableError',
  'RetryableErrorDueToAnotherOperation',
]);

/** Signing in failed for a reason that trying again does not change. */
const DENIED = new Set([
  'AggregateAuthenticationError',
  'AuthenticationRequiredError',
  'ClientConfigurationError',
  'CredentialUnavailableError',
]);

/** What a code may look like, for it is shown. */
const CODE = /^[A-Za-z0-9_.-]{1,64}$/;

/** `RestError` of the pipelines and `AuthenticationError` of @azure/identity, as far as they are read here. */
interface SdkError extends Error {
  readonly code?: unknown;
  readonly statusCode?: number;
  readonly response?: { readonly headers: { get(name: string): string | undefined } };
  readonly errorResponse?: { readonly error?: string; readonly errorCodes?: readonly number[] };
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
  return error instanceof JitError && error.cause instanceof Error && LOCKED.has(codeOf(error.cause));
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
  const { name, message, statusCode: status } = raw;
  const code = codeOf(raw);
  const words = { cloud: CLOUD, code };
  const extra = { cause: error };
  if (status === 429 || LOCKED.has(code)) return new JitError('cloudBusy', words, { ...extra, ...retryAfter(raw) });
  // Resource Manager does not tell one who may see nothing of a subscription that it is there.
  if (status === 401 || code === 'SubscriptionNotFound' || DENIED.has(name))
    return new JitError('cloudDenied', words, extra);
  if (status === 403) {
    // The API has no code of its own for a missing plan (just-in-time-access-usage).
    const plan = /standard tier/i.test(message);
    return new JitError(plan ? 'noPlan' : 'cloudDenied', plan ? { machine: 'this machine' } : words, extra);
  }
  if (status === 408 || (status !== undefined && status >= 500)) return new JitError('cloudSilent', words, extra);
  // A refused sign-in is answered with 400.
  if (name === 'AuthenticationError') return new JitError('cloudDenied', words, extra);
  if (status !== undefined) return new JitError('cloudRefused', words, extra);
  // No status: the connection, or the time limit of the call.
  return name === 'RestError' || name === 'AbortError' || name === 'TimeoutError'
    ? new JitError('cloudSilent', words, extra)
    : error;
}

function statusOf({ cause }: JitError): number | undefined {
  return cause instanceof Error ? (cause as SdkError).statusCode : undefined;
}

/** The service's code: `ResourceNotFound`, `AADSTS7000215`. */
function codeOf({ code, name, statusCode, errorResponse }: SdkError): string {
  const [number] = errorResponse?.errorCodes ?? [];
  const said =
    number === undefined ? (errorResponse?.error ?? code ?? (statusCode ? undefined : name)) : `AADSTS${number}`;
  return typeof said === 'string' && CODE.test(said) ? said : `HTTP${statusCode ?? ''}`;
}

function retryAfter({ response }: SdkError): { retryAfterMs?: number } {
  const seconds = Number(response?.headers.get('retry-after'));
  return Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * SECOND_MS } : {};
}
