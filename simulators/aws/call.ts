import type { Caller } from './credentials.ts';
import { AwsError, invalidCombination, missing, noGroup } from './errors.ts';
import type { Group } from './model.ts';
import type { Query } from './query.ts';
import type { Reading, Region } from './region.ts';

/** One verified call of EC2. */
export interface Call {
  readonly action: string;
  readonly query: Query;
  /** What writes change, as it is now. */
  readonly region: Region;
  /** What this call sees: it may lag behind. */
  readonly reading: Reading;
  readonly caller: Caller;
  readonly nowMs: number;
  /** The names of all regions that are enabled for the account. */
  readonly regionNames: readonly string[];
  /** All parameters were read: refuses those that were not, and stops here when this is a dry run. */
  readonly checked: () => void;
}

/** An action of EC2. It answers with the inside of its response element. */
export interface Action {
  readonly mutating: boolean;
  readonly run: (call: Call) => string;
}

/** How ids look: the short form of old resources, or the long one. */
const ID_TAIL = '(?:[0-9a-f]{8}|[0-9a-f]{17})';

const KINDS = {
  group: { pattern: new RegExp(`^sg-${ID_TAIL}$`), code: 'InvalidGroupId.Malformed' },
  rule: { pattern: new RegExp(`^sgr-${ID_TAIL}$`), code: 'InvalidSecurityGroupRuleId.Malformed' },
  interface: { pattern: new RegExp(`^eni-${ID_TAIL}$`), code: 'InvalidNetworkInterfaceId.Malformed' },
  instance: { pattern: new RegExp(`^i-${ID_TAIL}$`), code: 'InvalidInstanceID.Malformed' },
} as const;

/** Refuses an id that cannot be one of its kind. */
export function checkId(kind: keyof typeof KINDS, id: string): string {
  if (!KINDS[kind].pattern.test(id)) throw new AwsError(KINDS[kind].code, `Invalid id: "${id}"`);
  return id;
}

/** A group by id. Right after it was made, a call that lags behind does not know it yet. */
export function groupById(call: Call, id: string): Group {
  const group = call.region.groups.get(checkId('group', id));
  if (!group || !call.reading.groups.get(id)) throw noGroup(id);
  return group;
}

/** Reads `GroupId`, or `GroupName` (which names a group of the default VPC only). */
export function readGroup(query: Query): (call: Call) => Group {
  const id = query.text('GroupId');
  const name = query.text('GroupName');
  if (id !== undefined && name !== undefined)
    throw invalidCombination("The parameter 'groupName' may not be used in combination with 'groupId'");
  if (id !== undefined) return (call) => groupById(call, id);
  if (name === undefined) throw missing('groupName or groupId');
  return (call) => {
    const group = call.region.groups.by('name', name).find((one) => call.region.vpcs.get(one.vpcId)?.isDefault);
    if (!group || !call.reading.groups.get(group.id)) throw noGroup(name);
    return group;
  };
}

/** The rows of these ids; the first that is not there is refused with `code`. */
export function rowsById<T>(
  ids: readonly string[],
  get: (id: string) => T | undefined,
  code: string,
  what: string,
): readonly T[] {
  return [...new Set(ids)].map((id) => {
    const row = get(id);
    if (row === undefined) throw new AwsError(code, `The ${what} ID '${id}' does not exist`);
    return row;
  });
}
