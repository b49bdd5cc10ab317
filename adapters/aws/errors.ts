import { JitError } from '../../src/core/errors/errors.ts';

/** How errors name this cloud. */
export const CLOUD = 'AWS';

/** EC2's and STS's ways to say "too many requests" (Amazon EC2 API reference, "Common client error codes"; SDK v3's own list). */
const BUSY = new Set([
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'EC2ThrottledException',
  'BandwidthLimitExceeded',
]);

/** Who we are, or what we may: nothing changes by trying again soon. */
const DENIED = new Set([
  'UnauthorizedOperation',
  'AccessDenied',
  'AccessDeniedException',
  'AuthFailure',
  'Blocked',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidClientTokenId',
  'MissingAuthenticationToken',
  'OptInRequired',
  'RequestExpired',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
  // The SDK found no credentials at all.
  'CredentialsProviderError',
]);

/** The connection, not the service. */
const SILENT = new Set(['TimeoutError', 'AbortError', 'RequestAbortedError', 'NetworkingError']);

/** Nothing that trying again would change, by a code of ours or EC2's. */
export function refused(code: string): JitError {
  return new JitError('cloudRefused', { cloud: CLOUD, code });
}

interface SdkError extends Error {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $response?: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> };
}

/** The service's own error code behind an error: `InvalidPermission.Duplicate`. */
export function codeOf(error: unknown): string | undefined {
  const raw = error instanceof JitError ? error.cause : error;
  return raw instanceof Error ? raw.name : undefined;
}

/** Was something named that the service does not know (any more)? */
export function isNotFound(error: unknown): boolean {
  return /\.NotFound$/.test(codeOf(error) ?? '');
}

/** Is this error one of EC2's with that code? */
export function isCode(error: unknown, code: string): boolean {
  return codeOf(error) === code;
}

/** May the group hold no more rules? */
export function isFull(error: unknown): boolean {
  return error instanceof JitError && error.code === 'groupFull';
}

/** The one table from what the SDK throws to what Drawbridge says. What is neither the service nor the network is a bug and stays as it is. */
export function asJitError(error: unknown): unknown {
  if (error instanceof JitError || !(error instanceof Error)) return error;
  const { name, code, $metadata, $response } = error as SdkError;
  const words = { cloud: CLOUD, code: name };
  const extra = { cause: error };
  if (name === 'RulesPerSecurityGroupLimitExceeded') return new JitError('groupFull', {}, extra);
  if (BUSY.has(name)) return new JitError('cloudBusy', words, { ...extra, ...retryAfter($response?.headers) });
  if (DENIED.has(name)) return new JitError('cloudDenied', words, extra);
  const status = $metadata?.httpStatusCode ?? $response?.statusCode;
  if (SILENT.has(name) || (status !== undefined && status >= 500)) return new JitError('cloudSilent', words, extra);
  if (status !== undefined) return new JitError('cloudRefused', words, extra);
  // Node's network errors carry a code such as ECONNRESET.
  return typeof code === 'string' && /^E[A-Z_]+$/.test(code) && !code.startsWith('ERR_')
    ? new JitError('cloudSilent', words, extra)
    : error;
}

function retryAfter(headers: Readonly<Record<string, string>> | undefined): { retryAfterMs?: number } {
  const seconds = Number(headers?.['retry-after']);
  return Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * 1000 } : {};
}
