import type { Event } from '@aws-sdk/client-cloudtrail';
import type { LoggedWrite } from '../../src/core/evidence/written.ts';

/** Calls of EC2 that change a rule of a security group, or which groups are on an interface (CloudTrail management events of EC2). */
export const WRITES = [
  'AuthorizeSecurityGroupIngress',
  'RevokeSecurityGroupIngress',
  'ModifySecurityGroupRules',
  'ModifyNetworkInterfaceAttribute',
  'ModifyInstanceAttribute',
  'AttachNetworkInterface',
  'DetachNetworkInterface',
  'CreateNetworkInterface',
  'RunInstances',
] as const;

const REMOVALS: ReadonlySet<string> = new Set(['RevokeSecurityGroupIngress', 'DetachNetworkInterface']);
/** Ids that one event names; more of them is no event about one change. */
const MOST_IDS = 50;
const MOST_LETTERS = 200;

/** Who we are in an account. */
export interface Identities {
  /** ARNs of roles that are assumed there; none where the program's own credentials are used. */
  readonly roles: readonly string[];
  /** Access key of those, where it is known. */
  readonly key?: string;
}

/** A write that succeeded; undefined for one that EC2 refused (CloudTrail user guide, "CloudTrail record contents for management events"). */
export function writeOf(event: Event, account: string, own: Identities): LoggedWrite | undefined {
  const { EventId: id, EventTime: at, EventName: operation } = event;
  if (id === undefined || at === undefined || operation === undefined) return undefined;
  const record = parsed(event.CloudTrailEvent);
  if (record.errorCode !== undefined) return undefined;
  const { requestID: call, requestParameters, responseElements, sourceIPAddress: address, userIdentity } = record;
  const named = [...new Set(idsIn(`${JSON.stringify(requestParameters)} ${JSON.stringify(responseElements)}`))];
  return {
    cloud: 'aws',
    account,
    id,
    ...(typeof call === 'string' ? { call } : {}),
    at: at.getTime(),
    operation,
    resource: named.slice(0, MOST_IDS).join(' ') || '?',
    caller: callerOf(recordIn(userIdentity), event.Username),
    ...(typeof address === 'string' ? { address: address.slice(0, MOST_LETTERS) } : {}),
    by: byOf(recordIn(userIdentity), own),
    ...(REMOVALS.has(operation) ? { isRemoval: true as const } : {}),
  };
}

/** Ids of security groups, interfaces and instances in a text. */
export function idsIn(text: string): readonly string[] {
  return text.match(/\b(?:sg|eni|i)-[0-9a-f]{8,17}\b/g) ?? [];
}

function byOf({ sessionContext, accessKeyId, type, invokedBy }: Fields, { roles, key }: Identities): LoggedWrite['by'] {
  if (type === 'AWSService' || invokedBy !== undefined) return 'other';
  const { arn } = recordIn(recordIn(sessionContext).sessionIssuer);
  if (roles.length > 0) return typeof arn === 'string' && roles.includes(arn) ? 'us' : 'other';
  if (key !== undefined) return accessKeyId === key ? 'us' : 'other';
  return 'unknown';
}

function callerOf({ arn, invokedBy, principalId }: Fields, username: string | undefined): string {
  const said = [arn, invokedBy, principalId, username].find((one) => typeof one === 'string' && one !== '');
  return String(said ?? '?').slice(0, MOST_LETTERS);
}

type Fields = Readonly<Record<string, unknown>>;

function parsed(text: string | undefined): Fields {
  try {
    return recordIn(JSON.parse(text ?? '{}'));
  } catch {
    return {};
  }
}

function recordIn(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}
