import { JitError } from '../../../src/core/errors/errors.ts';
import { scopeText } from './ids.ts';

/**
 * Another write came first, or is under way; the same call passes later (Resource Manager, "Throttling requests"; a lock, not
 * a quota).
 */
const LATER = new Set([
  'AnotherOperationInProgress',
  'CanceledAndSupersededDueToAnotherOperation',
  'ConcurrentOperationInProgress',
  'FirewallPolicyUpdateNotAllowedWhenUpdatingOrDeleting',
  'OperationPreempted',
  'ReferencedResourceNotProvisioned',
  'RetryableError',
  'RetryableErrorDueToAnotherOperation',
]);

/** Limits that rules run into ("Azure virtual network limits"). */
const LIMITS: Readonly<Record<string, string>> = {
  NetworkSecurityGroupAddressCountLimitReached: 'a network security group holds 4,000 addresses on each side',
  NetworkSecurityGroupRuleCountLimitReached: 'a network security group holds 1,000 rules',
};
const LIMIT = /(?:Limit(?:Reached|Exceeded)|QuotaExceeded)$/;

/** What may be shown of a message of Azure's: names and ids, no more. */
const NAME = String.raw`[\w .:()\/-]{1,200}`;
const DENIED_BY = new RegExp(`deny assignment with name '(${NAME})'`, 'i');
const ACTION = /perform action '([\w./*-]{1,200})'/i;
const LOCKED = /locked: '(\/[\w/.()-]{1,400})'/i;
const ASSIGNED = new RegExp(`"policyAssignment":\\s*\\{\\s*"name":\\s*"(${NAME})"`, 'i');
const SUBSET = /(?:not|n't) (?:\w+ )?subset of/i;

/** What Azure answered, as far as it is looked at. */
export interface AzureRefusal {
  readonly status: number | undefined;
  readonly code: string;
  readonly message: string;
  readonly body?: string | null | undefined;
}

/** Does this code of the service say that something else is being written? */
export const isLock = (code: string): boolean => LATER.has(code);

/** The one table of what Azure refuses for a reason that can be named; undefined for what has none. */
export function refusalOf({ status, code, message, body }: AzureRefusal, cause: Error): JitError | undefined {
  const extra = { cause };
  if (code === 'ScopeLocked') return new JitError('scopeLocked', { scope: lockedIn(message) }, extra);
  if (code === 'RequestDisallowedByPolicy')
    return new JitError('policyForbids', { policy: assignmentIn(message, body) }, extra);
  if (code === 'DenyAssignmentAuthorizationFailed') {
    const [, by = 'a deny assignment'] = DENIED_BY.exec(message) ?? [];
    return new JitError('denyAssignment', { by, action: ACTION.exec(message)?.[1] ?? 'this' }, extra);
  }
  if (status === 400 && SUBSET.test(message)) return new JitError('outsidePolicy', { what: subsetOf(message) }, extra);
  if (LIMITS[code] !== undefined || LIMIT.test(code))
    return new JitError('azureLimit', { limit: LIMITS[code] ?? code }, extra);
  return undefined;
}

/** The code, and the right that is missing where Azure names it. */
export function deniedText({ code, message }: Pick<AzureRefusal, 'code' | 'message'>): string {
  const [, action] = ACTION.exec(message) ?? [];
  return action === undefined ? code : `${code}: ${action}`;
}

function lockedIn(message: string): string {
  const [, id = ''] = LOCKED.exec(message) ?? [];
  return id === '' ? 'the resource, or on what it is in,' : scopeText(id);
}

/** The display name, else the name: in `additionalInfo`, or in the message. */
function assignmentIn(message: string, body: string | null | undefined): string {
  const [, inMessage] = ASSIGNED.exec(message) ?? [];
  const found = ['policyAssignmentDisplayName', 'policyAssignmentName'].flatMap(
    (word) => new RegExp(`"${word}":\\s*"(${NAME})"`, 'i').exec(body ?? '')?.[1] ?? [],
  );
  return found[0] ?? inMessage ?? 'of this scope';
}

function subsetOf(message: string): string {
  if (/address|source|prefix|cidr/i.test(message)) return 'the source';
  if (/duration|time|hour/i.test(message)) return 'the time';
  return /port/i.test(message) ? 'the port' : 'what is asked for';
}
