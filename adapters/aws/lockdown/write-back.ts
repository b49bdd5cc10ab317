import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { UndoRecords } from '../../../src/ports/undo.ts';
import { groupAt } from '../ec2/ids.ts';
import { TAG, tagsOf } from '../ec2/tags.ts';
import { isFull } from '../errors.ts';
import { makeRules, rulesNow } from './make-rules.ts';
import { lacking, type Permission, permissionIn, permissionKey, without } from './permission.ts';
import { type RuleRecord, recordOf, ruleRecordId } from './record.ts';
import type { Reading, Restoration } from './restoration.ts';

/**
 * Makes the group say of the rule that was there that it allows all it did, but the ports of the record, and what somebody
 * took away since.
 */
export async function writeRemainder(
  reading: Reading,
  kept: RuleRecord,
  {
    tightened = [],
    wasOther = false,
  }: { readonly tightened?: readonly Permission[]; readonly wasOther?: boolean } = {},
): Promise<void> {
  const goal = kept.ports.length === 0 ? [kept.rule] : without(kept.rule, kept.ports);
  await write(reading, kept, lacking(goal, tightened), { isSplit: kept.ports.length > 0, wasOther });
}

interface How {
  /** Pieces of a rule bear the id of the record that tells how it was. */
  readonly isSplit: boolean;
  readonly wasOther: boolean;
}

async function write(
  { aws, site, signal }: Reading,
  kept: RuleRecord,
  rules: readonly Permission[],
  { isSplit, wasOther }: How,
): Promise<void> {
  const { id, isMine } = ownIn(site, kept);
  const wanted = isSplit ? rules.map((one) => ({ ...one, tags: { [TAG.undo]: id } })) : rules;
  await makeRules({ aws, site, group: kept.group, egress: false, signal, wasOther }, wanted, isMine);
}

/** Which rules of a group are the rule of a record, or what was left of it. */
function ownIn(site: Reading['site'], kept: RuleRecord) {
  const id = ruleRecordId(groupAt(site, kept.group), kept.rule);
  const origin = permissionKey(kept.rule);
  const isMine = (rule: SecurityGroupRule) =>
    tagsOf(rule.Tags)[TAG.undo] === id || permissionKey(permissionIn(rule)) === origin;
  return { id, isMine };
}

/** Writes a rule as it is to come back, in a group that may have no room for it beside what is left of it. */
export async function writeBack(reading: Reading, restoration: Restoration, undo: UndoRecords): Promise<void> {
  const { kept, left, wanted } = restoration;
  const how = { isSplit: left.length > 0, wasOther: left.length < kept.ports.length };
  try {
    await write(reading, kept, wanted, how);
  } catch (error) {
    if (!isFull(error)) throw error;
    await makeRoom(reading, restoration, undo, error);
    await write(reading, kept, wanted, how).catch(async (reason: unknown) => {
      // What went first comes back, so that nothing is less than it was.
      await writeRemainder(reading, kept, { tightened: restoration.tightened, wasOther: true });
      await undo.keep(recordOf(reading.site, kept));
      throw reason;
    });
  }
}

/** Takes as many pieces away as come, pings and the shortest ranges first. The record says so before, so that nobody else is thought to have done it. */
async function makeRoom(reading: Reading, { kept, wanted }: Restoration, undo: UndoRecords, full: unknown) {
  const { aws, site, signal } = reading;
  const { isMine } = ownIn(site, kept);
  const there = (await rulesNow({ aws, site, group: kept.group, egress: false, signal }))
    .filter(isMine)
    .map(permissionIn);
  const keys = new Set(there.map(permissionKey));
  const goal = new Set(wanted.map(permissionKey));
  const coming = wanted.filter((one) => !keys.has(permissionKey(one))).length;
  const going = there.filter((one) => !goal.has(permissionKey(one))).sort((a, b) => width(a) - width(b));
  if (going.length <= coming) throw full;
  const taken = going.slice(0, coming).map(permissionKey);
  await undo.keep(recordOf(site, { ...kept, taken: [...new Set([...(kept.taken ?? []), ...taken])] }));
  await makeRules(
    { aws, site, group: kept.group, egress: false, signal },
    there.filter((one) => !taken.includes(permissionKey(one))),
    isMine,
  );
}

function width({ protocol, from = 0, to = 0 }: Permission): number {
  return protocol === 'tcp' ? 65_536 + to - from : to - from;
}
