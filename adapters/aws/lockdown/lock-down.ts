import { JitError } from '../../../src/core/errors/errors.ts';
import type { Stay } from '../../../src/core/machine/lockdown.ts';
import { type Port, uniquePorts } from '../../../src/core/rule/port.ts';
import type { LockdownAsk } from '../../../src/ports/lockdown.ts';
import type { UndoRecords } from '../../../src/ports/undo.ts';
import type { Aws } from '../ec2/context.ts';
import { groupAt } from '../ec2/ids.ts';
import { type Onboarding, onboardingOf } from '../ec2/onboarding.ts';
import { TAG, tagsOf } from '../ec2/tags.ts';
import { codeOf, isFull } from '../errors.ts';
import { isCopied, isCopy } from './copied.ts';
import { copyFor, narrowCopy } from './copy.ts';
import { type Permission, permissionIn, permissionKey, without } from './permission.ts';
import { leasesOf, staysOf, whyNot } from './plan.ts';
import { type CopyRecord, type RuleRecord, readRecord, recordOf, ruleRecordId } from './record.ts';
import { tightenedIn } from './restoration.ts';
import { inOrder, originOf } from './room.ts';
import { type OpenGroup, openGroups } from './survey.ts';
import { writeRemainder } from './write-back.ts';

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
    const why = (await whyNot(work, open, ports, how)) ?? (await take(work, open, { machine, ports, how }, undo));
    if (why !== undefined) stays.push(...staysOf(work, open, ports, why));
  }
  return stays;
}

/** Gives why a group had to be left as it was. */
async function take(
  work: Onboarding,
  open: OpenGroup,
  { ports, how }: LockdownAsk,
  undo: UndoRecords,
): Promise<string | undefined> {
  const { installation } = work.aws;
  try {
    if (isCopy(open.group, installation)) await takeOutOfCopy(work, open, ports, undo);
    else if (isCopied(open, how, installation)) await copyFor(work, open.group, ports, undo);
    else await takeOutOfGroup(work, open, ports, undo);
    return undefined;
  } catch (error) {
    // Somebody else took the room since it was counted.
    if (!isFull(error)) throw error;
    return 'AWS had no room for the rules that it needs; the group is as it was';
  }
}

/** A record as it was before a rule was taken on, if there was one, and as it is then. */
interface Taking {
  readonly before: RuleRecord;
  readonly isKnown: boolean;
  readonly next: RuleRecord;
  /** What somebody removed since: closing more brings nothing back. */
  readonly tightened: readonly Permission[];
}

/** All of a group, or nothing: what cannot be gone on with goes back. */
async function takeOutOfGroup(
  work: Onboarding,
  open: OpenGroup,
  ports: readonly Port[],
  undo: UndoRecords,
): Promise<void> {
  const { site, signal } = work;
  const begun: Taking[] = [];
  try {
    for (const taking of await takingsOf(work, open, ports, await recordsOf(undo))) {
      begun.push(taking);
      await undo.keep(recordOf(site, taking.next));
      await writeRemainder(work, taking.next, { tightened: taking.tightened });
    }
  } catch (error) {
    // A program that stops has no time to go back: whoever comes next goes on, or back.
    if (!signal.aborted) await goBack(work, begun, undo, error);
    throw error;
  }
}

/** The records of the rules that are open; pieces of one rule are in one. */
async function takingsOf(
  work: Onboarding,
  open: OpenGroup,
  ports: readonly Port[],
  known: ReadonlyMap<string, RuleRecord | CopyRecord>,
): Promise<readonly Taking[]> {
  const { site, machine } = work;
  const { GroupId: group = '', GroupName: called = group } = open.group;
  const origins = new Map<string, Omit<Taking, 'next' | 'tightened'>>();
  for (const rule of inOrder([...Map.groupBy(open.rules, originOf).values()], ports).flat()) {
    const id = tagsOf(rule.Tags)[TAG.undo] ?? ruleRecordId(groupAt(site, group), permissionIn(rule));
    const record = known.get(id);
    const isKnown = record?.kind === 'rule';
    const fresh: RuleRecord = { kind: 'rule', group, called, ports: [], machines: [], rule: permissionIn(rule) };
    origins.set(id, { isKnown, before: isKnown ? record : fresh });
  }
  return Promise.all(
    [...origins.values()].map(async ({ before, isKnown }) => ({
      before,
      isKnown,
      next: {
        ...before,
        ports: uniquePorts([...before.ports, ...ports.filter((port) => isIn(before, port))]),
        machines: [...new Set([...before.machines, machine])],
      },
      tightened: isKnown ? (await tightenedIn(work, before)).tightened : [],
    })),
  );
}

/** Throws `halfClosed` where what was begun cannot be undone. */
async function goBack(work: Onboarding, begun: readonly Taking[], undo: UndoRecords, because: unknown): Promise<void> {
  try {
    // What grew most comes last, and goes first.
    for (const { before, isKnown, tightened } of begun.toReversed()) {
      await writeRemainder(work, before, { tightened, wasOther: true });
      const record = recordOf(work.site, before);
      if (isKnown) await undo.keep(record);
      else await undo.drop(record.id);
    }
  } catch (error) {
    const [first] = begun;
    const code = codeOf(error) ?? 'unknown';
    work.aws.log.error({ error, because, group: first?.before.group }, 'a lockdown that failed could not be undone');
    throw new JitError('halfClosed', { group: first?.before.called ?? '', code }, { cause: because });
  }
}

async function recordsOf(undo: UndoRecords): Promise<ReadonlyMap<string, RuleRecord | CopyRecord>> {
  return new Map((await undo.all('aws')).map((record) => [record.id, readRecord(record)]));
}

function isIn({ rule }: RuleRecord, port: Port): boolean {
  return without(rule, [port]).length !== 1 || permissionKey(without(rule, [port])[0] ?? rule) !== permissionKey(rule);
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
  await narrowCopy(work, open.group.GroupId ?? '', next.ports);
}
