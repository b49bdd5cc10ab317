import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Stay } from '../../../src/core/machine/lockdown.ts';
import { type Port, uniquePorts } from '../../../src/core/rule/port.ts';
import type { LockdownAsk } from '../../../src/ports/lockdown.ts';
import type { UndoRecords } from '../../../src/ports/undo.ts';
import type { Aws } from '../ec2/context.ts';
import { groupAt } from '../ec2/ids.ts';
import { type Onboarding, onboardingOf } from '../ec2/onboarding.ts';
import { TAG, tagsOf } from '../ec2/tags.ts';
import { copyFor, syncCopy } from './copy.ts';
import { makeRules } from './make-rules.ts';
import { permissionIn, permissionKey, without } from './permission.ts';
import { isCopied, leasesOf, staysOf, whyNot } from './plan.ts';
import { type CopyRecord, type RuleRecord, readRecord, recordOf, ruleRecordId } from './record.ts';
import { isCopy, type OpenGroup, openGroups } from './survey.ts';

/**
 * Takes ports out of the rules of others that open them on a machine: split, or revoked; or gives the machine copies of
 * groups that it shares. Each is kept in `undo` first. Gives what could not be closed.
 */
export async function lockDown(
  aws: Aws,
  { machine, ports, how }: LockdownAsk,
  undo: UndoRecords,
  signal: AbortSignal,
): Promise<readonly Stay[]> {
  const work = await onboardingOf(aws, machine, signal);
  const stays: Stay[] = [];
  for (const open of await openGroups(work, ports)) {
    stays.push(...leasesOf(work, open, ports));
    if (open.rules.length === 0) continue;
    const why = whyNot(work, open, how);
    if (why !== undefined) stays.push(...staysOf(work, open, ports, why));
    else if (isCopy(open.group, aws.installation)) await takeOutOfCopy(work, open, ports, undo);
    else if (isCopied(open, how, aws.installation)) await copyFor(work, open.group, ports, undo);
    else await takeOutOfGroup(work, open, ports, undo);
  }
  return stays;
}

async function takeOutOfGroup(
  work: Onboarding,
  open: OpenGroup,
  ports: readonly Port[],
  undo: UndoRecords,
): Promise<void> {
  const { site, machine } = work;
  const { GroupId: group = '', GroupName: called = group } = open.group;
  const known = await recordsOf(undo);
  const origins = new Map<string, RuleRecord>();
  for (const rule of open.rules) {
    const id = tagsOf(rule.Tags)[TAG.undo] ?? ruleRecordId(groupAt(site, group), permissionIn(rule));
    const record = known.get(id);
    const before: RuleRecord =
      record?.kind === 'rule'
        ? record
        : { kind: 'rule', group, called, ports: [], machines: [], rule: permissionIn(rule) };
    origins.set(id, before);
  }
  for (const before of origins.values()) {
    const next: RuleRecord = {
      ...before,
      ports: uniquePorts([...before.ports, ...ports.filter((port) => isIn(before, port))]),
      machines: [...new Set([...before.machines, machine])],
    };
    await undo.keep(recordOf(site, next));
    await writeRemainder(work, next);
  }
}

async function recordsOf(undo: UndoRecords): Promise<ReadonlyMap<string, RuleRecord | CopyRecord>> {
  return new Map((await undo.all('aws')).map((record) => [record.id, readRecord(record)]));
}

function isIn({ rule }: RuleRecord, port: Port): boolean {
  return without(rule, [port]).length !== 1 || permissionKey(without(rule, [port])[0] ?? rule) !== permissionKey(rule);
}

/** Makes the group say of the rule that was there that it allows all it did, but the ports of the record. */
export async function writeRemainder(
  { aws, site, signal }: Pick<Onboarding, 'aws' | 'site' | 'signal'>,
  kept: RuleRecord,
  wasOther = false,
): Promise<void> {
  const id = ruleRecordId(groupAt(site, kept.group), kept.rule);
  const origin = permissionKey(kept.rule);
  const tag = { [TAG.undo]: id };
  const wanted =
    kept.ports.length === 0 ? [kept.rule] : without(kept.rule, kept.ports).map((one) => ({ ...one, tags: tag }));
  const isMine = (rule: SecurityGroupRule) =>
    tagsOf(rule.Tags)[TAG.undo] === id || permissionKey(permissionIn(rule)) === origin;
  await makeRules({ aws, site, group: kept.group, egress: false, signal, wasOther }, wanted, isMine);
}

async function takeOutOfCopy(
  work: Onboarding,
  open: OpenGroup,
  ports: readonly Port[],
  undo: UndoRecords,
): Promise<void> {
  const id = tagsOf(open.group.Tags)[TAG.undo] ?? '';
  const record = (await recordsOf(undo)).get(id);
  if (record?.kind !== 'copy') return takeOutOfGroup(work, open, ports, undo);
  const next = { ...record, ports: uniquePorts([...record.ports, ...ports]) };
  await undo.keep(recordOf(work.site, next));
  await syncCopy(work, next, open.group.GroupId ?? '');
}
