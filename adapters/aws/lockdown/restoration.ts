import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import { type Port, samePort } from '../../../src/core/rule/port.ts';
import type { Aws } from '../ec2/context.ts';
import { READ_LAG_MS } from '../ec2/read.ts';
import type { Site } from '../ec2/sites.ts';
import { rulesNow } from './make-rules.ts';
import { type Needing, needingIn, stillNeeded } from './needing.ts';
import { lacking, type Permission, permissionIn, permissionKey, samePeer, without } from './permission.ts';
import type { RuleRecord } from './record.ts';

export interface Reading {
  readonly aws: Aws;
  readonly site: Site;
  readonly signal: AbortSignal;
}

/** How records are to come back. */
export interface Terms {
  /** These ports alone. */
  readonly ports?: readonly Port[];
  /** Also what somebody removed since of what was left. */
  readonly whole?: boolean;
  /** Whoever needs it closed. */
  readonly isForAll: boolean;
}

/** What putting back one rule would make of its group now. */
export interface Restoration {
  readonly kept: RuleRecord;
  /** Ports that stay out of it, and the machines that need that. */
  readonly left: readonly Port[];
  readonly needing: Needing;
  /** What was left of the rule and somebody removed since: it stays away. */
  readonly tightened: readonly Permission[];
  /** All of it was: then nothing comes back. */
  readonly isWithheld: boolean;
  readonly wanted: readonly Permission[];
  /** What of that is not let in now. */
  readonly opens: readonly Permission[];
}

export async function restorationOf(
  reading: Reading,
  kept: RuleRecord,
  { ports, whole = false, isForAll }: Terms,
): Promise<Restoration> {
  const needing = isForAll ? [] : await needingIn(reading, kept);
  const needed = stillNeeded(kept.ports, needing);
  const left = kept.ports.filter(
    (port) => needed.includes(port) || (ports !== undefined && !ports.some((one) => samePort(one, port))),
  );
  const { there, tightened: missing } = await tightenedIn(reading, kept);
  const tightened = whole ? [] : missing;
  const isWithheld = tightened.length > 0 && lacking(without(kept.rule, kept.ports), tightened).length === 0;
  const goal = left.length === 0 ? [kept.rule] : without(kept.rule, left);
  const wanted = isWithheld ? [] : lacking(goal, tightened);
  return { kept, left, needing, tightened, isWithheld, wanted, opens: lacking(wanted, there) };
}

/**
 * What was left of a rule when it was closed and is not there any more: somebody took it away, and it is not ours to bring
 * back. Believed when two readings show it that are further apart than readings lag.
 */
export async function tightenedIn(
  { aws, site, signal }: Reading,
  kept: RuleRecord,
): Promise<{ readonly there: readonly Permission[]; readonly tightened: readonly Permission[] }> {
  const read = async () => {
    const rules = await rulesNow({ aws, site, group: kept.group, egress: false, signal });
    const there = alike(rules, kept.rule);
    return { there, tightened: missingOf(kept, there) };
  };
  const first = await read();
  if (first.tightened.length === 0) return first;
  await aws.pause(READ_LAG_MS, signal);
  return read();
}

function alike(rules: readonly SecurityGroupRule[], rule: Permission): readonly Permission[] {
  return rules.map(permissionIn).filter((one) => samePeer(one, rule));
}

function missingOf(kept: RuleRecord, there: readonly Permission[]): readonly Permission[] {
  // The rule itself stands there: it was never split to the end, or is back.
  if (there.some((one) => permissionKey(one) === permissionKey(kept.rule))) return [];
  const taken = new Set(kept.taken ?? []);
  const left = without(kept.rule, kept.ports).filter((one) => !taken.has(permissionKey(one)));
  return lacking(left, there);
}
