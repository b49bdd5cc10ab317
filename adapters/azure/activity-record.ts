import type { EventData } from '@azure/arm-monitor';
import type { LoggedWrite } from '../../src/core/evidence/written.ts';

/** Operations that change a rule, which group stands in front of something, or ask Defender for one, in lower case. */
const WRITES: ReadonlySet<string> = new Set([
  'microsoft.network/networksecuritygroups/write',
  'microsoft.network/networksecuritygroups/delete',
  'microsoft.network/networksecuritygroups/securityrules/write',
  'microsoft.network/networksecuritygroups/securityrules/delete',
  'microsoft.network/networkinterfaces/write',
  'microsoft.network/virtualnetworks/write',
  'microsoft.network/virtualnetworks/subnets/write',
  'microsoft.network/azurefirewalls/write',
  'microsoft.network/azurefirewalls/delete',
  'microsoft.network/firewallpolicies/write',
  'microsoft.network/firewallpolicies/rulecollectiongroups/write',
  'microsoft.network/firewallpolicies/rulecollectiongroups/delete',
  'microsoft.security/locations/jitnetworkaccesspolicies/write',
  'microsoft.security/locations/jitnetworkaccesspolicies/delete',
  'microsoft.security/locations/jitnetworkaccesspolicies/initiate/action',
]);
/** What Defender for Cloud calls the rules that it writes (observed). */
const DEFENDERS = /\/securityRules\/(?:MicrosoftDefenderForCloud|SecurityCenter)-JITRule[-_]-?\d+[-_][0-9A-F]{32}$/i;
const OBJECT_ID = 'http://schemas.microsoft.com/identity/claims/objectidentifier';
const MOST_LETTERS = 200;

/**
 * The writes of these records, each once: of one write there are several (Started, Accepted, Succeeded), which share their
 * `operationId`. One of which only the beginning is there may have succeeded; one that failed is none.
 */
export function foldWrites(
  records: readonly EventData[],
  by: (record: EventData) => LoggedWrite['by'],
): readonly Omit<LoggedWrite, 'account' | 'cloud'>[] {
  const writes = records.filter(({ operationName, eventTimestamp, resourceId }) =>
    Boolean(eventTimestamp && resourceId && WRITES.has((operationName?.value ?? '').toLowerCase())),
  );
  const all = Map.groupBy(writes, (record) => {
    const { operationId, eventDataId, operationName, resourceId } = record;
    return `${operationId || eventDataId}|${operationName?.value}|${resourceId}`.toLowerCase();
  });
  return [...all].flatMap(([id, parts]) => {
    // The words differ by the way they come: `Failed`, `Failure`.
    if (parts.some(({ status }) => /^fail/i.test(status?.value ?? ''))) return [];
    const [first] = parts.toSorted((a, b) => timeOf(a) - timeOf(b));
    return first ? [{ ...toWrite(first, by(first)), id }] : [];
  });
}

/** Whose identity it was; `product` for rules that Defender writes by itself, which no person did. */
export function byOf({ claims = {}, caller = '', resourceId = '' }: EventData, clientId: string): LoggedWrite['by'] {
  const ours = clientId.toLowerCase();
  if ([claims.appid, caller].some((one) => one?.toLowerCase() === ours)) return 'us';
  return DEFENDERS.test(resourceId) && !caller.includes('@') ? 'product' : 'other';
}

function toWrite(record: EventData, by: LoggedWrite['by']): Omit<LoggedWrite, 'account' | 'cloud' | 'id'> {
  const { claims = {}, correlationId: call, operationName, resourceId = '', httpRequest } = record;
  const operation = operationName?.value ?? '';
  const address = httpRequest?.clientIpAddress ?? claims.ipaddr;
  const caller = record.caller || claims[OBJECT_ID] || claims.appid || '?';
  return {
    ...(call ? { call } : {}),
    at: timeOf(record),
    operation,
    resource: resourceId,
    caller: caller.slice(0, MOST_LETTERS),
    ...(address ? { address: address.slice(0, MOST_LETTERS) } : {}),
    by,
    ...(/\/delete$/i.test(operation) ? { isRemoval: true as const } : {}),
  };
}

function timeOf({ eventTimestamp }: EventData): number {
  return eventTimestamp?.getTime() ?? 0;
}
