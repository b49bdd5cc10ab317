import { JitError } from '../../src/core/errors/errors.ts';

/** How errors name this cloud. */
const CLOUD = 'Google Cloud';

/** What Compute Engine refused, as it said it. */
export class ComputeRefusal extends Error {
  readonly status: number;
  /** `notFound`, `alreadyExists`, …: `errors[0].reason`, or the code of a failed operation. */
  readonly reason: string;

  constructor(status: number, reason: string, message: string) {
    super(message);
    this.status = status;
    this.reason = reason;
  }
}

/** What is tried again. Over the rate is a 403 in Compute Engine ("Rate quotas"), so the reason decides and not the status. */
const BUSY = new Set([
  'rateLimitExceeded',
  'userRateLimitExceeded',
  'CONCURRENT_OPERATIONS_QUOTA_EXCEEDED',
  'resourceNotReady',
  'RESOURCE_NOT_READY',
  'conditionNotMet',
]);

/** The table from what Compute Engine and the network say to what Drawbridge says. Anything else is a bug and stays. */
export function asJitError(error: unknown): unknown {
  if (error instanceof JitError) return error;
  if (!(error instanceof ComputeRefusal)) return isNetwork(error) ? silent(error) : error;
  const { status, reason: code } = error;
  const words = { cloud: CLOUD, code };
  if (BUSY.has(code) || status === 429 || status === 409) return new JitError('cloudBusy', words, { cause: error });
  if (status >= 500) return silent(error);
  // A quota that is used up is no missing right.
  if ((status === 401 || status === 403) && !/quota/i.test(code))
    return new JitError('cloudDenied', words, { cause: error });
  return new JitError('cloudRefused', words, { cause: error });
}

export function refused(code: string): JitError {
  return new JitError('cloudRefused', { cloud: CLOUD, code });
}

export function isReason(error: unknown, reason: string): boolean {
  const raw = error instanceof JitError ? error.cause : error;
  return raw instanceof ComputeRefusal && raw.reason === reason;
}

/**
 * Is just this resource not there? Of a project that is gone, or that one may see nothing of, Google says 404 too, and names the
 * project: that says nothing of what may be in it. `resource` is the end of its path, from `/global/` or `/zones/` on.
 */
export function isGone(error: unknown, resource: string): boolean {
  const raw = error instanceof JitError ? error.cause : error;
  return raw instanceof ComputeRefusal && raw.reason === 'notFound' && raw.message.includes(`${resource}'`);
}

/** For an answer that is not Google's: a proxy's or a filter's. */
export function strange(): JitError {
  return new JitError('cloudStrange', { cloud: CLOUD });
}

function silent(error: unknown): JitError {
  return new JitError('cloudSilent', { cloud: CLOUD }, { cause: error });
}

/** fetch throws a TypeError with a cause for the connection, and a TimeoutError for its limit. */
function isNetwork(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return error.name === 'TimeoutError' || (error instanceof TypeError && error.cause instanceof Error);
}
