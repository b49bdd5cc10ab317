import type { Subscription } from './clients.ts';
import type { ArmId } from './ids.ts';
import { readGroup } from './machine.ts';
import { type NsgRule, rulesOf } from './nsg-rules.ts';

/** Network security groups with their inbound rules, as far as they are there. */
export type Groups = ReadonlyMap<ArmId, readonly NsgRule[]>;

/** One rule in one group. */
export interface GroupRule {
  readonly group: ArmId;
  readonly name: string;
}

export async function readGroups(site: Subscription, ids: readonly ArmId[], signal: AbortSignal): Promise<Groups> {
  return (await readFlushing(site, ids, signal)).groups;
}

/** One group; undefined where it is not there, or is not to be read as one that is not there. */
type ReadGroup = typeof readGroup;

/** The groups, and which of them look at open connections again when their rules change. */
export async function readFlushing(
  site: Subscription,
  ids: readonly ArmId[],
  signal: AbortSignal,
  read: ReadGroup = readGroup,
): Promise<{ readonly groups: Groups; readonly flushing: ReadonlySet<ArmId> }> {
  const all = await Promise.all(ids.map(async (id) => ({ id, group: await read(site, id, signal) })));
  const groups = new Map(all.flatMap(({ id, group }) => (group ? [[id, rulesOf(group)]] : [])));
  return { groups, flushing: new Set(all.flatMap(({ id, group }) => (group?.flushConnection ? [id] : []))) };
}
