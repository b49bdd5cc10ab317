import { JitError } from '../../src/core/errors/errors.ts';
import { say } from '../../src/core/language/say.ts';

/** How errors name this cloud. */
export const CLOUD = 'AWS';

interface Said {
  readonly cloud: string;
  /** The service's own code. */
  readonly code: string;
}

type Extra = { readonly cause: unknown; readonly retryAfterMs?: number };

interface ErrorRow {
  /** What the service means. */
  readonly means: string;
  readonly codes: readonly string[] | RegExp;
  readonly as: (said: Said, extra: Extra) => JitError;
}

const FULL = { machine: 'The machine', count: 'as many as it may have', most: 'no more' };

/**
 * The errors of EC2 and STS that mean something of their own here, the first that fits (Amazon EC2 API reference, "Error
 * codes"; STS API reference, "Common errors"). That a rule, or a group of that name, is there already is looked at where it is
 * written; what is in no row is shown by its code.
 */
const TABLE: readonly ErrorRow[] = [
  {
    means: 'too many requests, or another change to the same is under way: later it works (with the SDK v3’s own list)',
    codes: [
      'RequestLimitExceeded',
      'Throttling',
      'ThrottlingException',
      'ThrottledException',
      'RequestThrottled',
      'RequestThrottledException',
      'TooManyRequestsException',
      'EC2ThrottledException',
      'BandwidthLimitExceeded',
      'ConcurrentTagAccess',
      'IncorrectState',
    ],
    as: (said, extra) => new JitError('cloudBusy', said, extra),
  },
  {
    means: 'the account has not switched this region or service on: no role helps',
    codes: ['OptInRequired', 'RegionDisabledException'],
    as: (said, extra) => new JitError('regionOff', said, extra),
  },
  {
    means: 'who we are, or what we may: nothing changes by trying again soon',
    codes: [
      'UnauthorizedOperation',
      'AccessDenied',
      'AccessDeniedException',
      'AuthFailure',
      'Blocked',
      'ExpiredToken',
      'ExpiredTokenException',
      'InvalidClientTokenId',
      'MissingAuthenticationToken',
      'PendingVerification',
      'RequestExpired',
      'SignatureDoesNotMatch',
      'UnrecognizedClientException',
    ],
    as: (said, extra) => new JitError('cloudDenied', said, extra),
  },
  {
    means: 'the SDK found no credentials at all, and asked nobody',
    codes: ['CredentialsProviderError'],
    as: (said, extra) => new JitError('cloudDenied', { ...said, code: say`no credentials were found` }, extra),
  },
  {
    // A prefix list counts with its largest size, one of AWS with its weight ("Amazon VPC quotas"). That groups times rules are
    // at most 1,000 on an interface is refused when a quota is raised, not when a rule is written.
    means: 'a group has as many rules as it may have',
    codes: ['RulesPerSecurityGroupLimitExceeded'],
    as: (_, extra) => new JitError('groupFull', {}, extra),
  },
  {
    means: 'an interface has as many groups as it may have; the quota could not be read before',
    codes: ['SecurityGroupsPerInterfaceLimitExceeded', 'SecurityGroupsPerInstanceLimitExceeded'],
    as: (_, extra) => new JitError('interfaceFull', FULL, extra),
  },
  {
    means: 'a region has as many groups as it may have',
    codes: ['SecurityGroupLimitExceeded'],
    as: (_, extra) => new JitError('tooManyGroups', {}, extra),
  },
  {
    means: 'an interface, a rule of another group, or an association with a VPC uses the group',
    codes: ['DependencyViolation', 'InvalidGroup.InUse'],
    as: (_, extra) => new JitError('groupInUse', {}, extra),
  },
  {
    // InvalidGroup.NotFound, InvalidGroupId.NotFound, InvalidSecurityGroupID.NotFound, InvalidSecurityGroupRuleId.NotFound,
    // InvalidPermission.NotFound, InvalidInstanceID.NotFound, InvalidNetworkInterfaceID.NotFound, InvalidPrefixListID.NotFound
    means:
      'what was named is not there, or not known everywhere yet: success where it was to go, else tried again for a while',
    codes: /\.NotFound$/,
    as: (said, extra) => new JitError('goneInAws', said, extra),
  },
];

function rowOf(name: string): ErrorRow | undefined {
  return TABLE.find(({ codes }) => (codes instanceof RegExp ? codes.test(name) : codes.includes(name)));
}

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

/** Is the security group that was named not there? EC2's calls do not agree on how to say so. */
export function isGroupGone(error: unknown): boolean {
  return /^Invalid(?:Group|GroupId|SecurityGroupI[dD])\.NotFound$/.test(codeOf(error) ?? '');
}

/** Is a security group in use, so that it cannot be deleted? */
export function isInUse(error: unknown): boolean {
  return error instanceof JitError && error.code === 'groupInUse';
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
  const extra = { cause: error, ...retryAfter($response?.headers) };
  const row = rowOf(name);
  if (row) return row.as(words, extra);
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
