import { JitError } from '../../../src/core/errors/errors.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import { looksMarked } from '../../../src/core/rule/mark.ts';
import { samePort } from '../../../src/core/rule/port.ts';
import type { PutBackAsk } from '../../../src/ports/lockdown.ts';
import type { UndoRecord, UndoRecords } from '../../../src/ports/undo.ts';
import type { Aws } from '../ec2/context.ts';
import { groupAt, groupRef, instanceRef } from '../ec2/ids.ts';
import { readGroups } from '../ec2/read.ts';
import { attachedGroups, readGroup } from '../ec2/security-group.ts';
import { TAG } from '../ec2/tags.ts';
import { codeOf } from '../errors.ts';
import { copyName } from './copied.ts';
import { dropCopy, syncCopy } from './copy.ts';
import { needingIn, stillNeeded, waiting } from './needing.ts';
import { permissionText, trafficText, without } from './permission.ts';
import { type CopyRecord, copyRecordId, type RuleRecord, readRecord, recordOf } from './record.ts';
import { type Reading, restorationOf, type Terms } from './restoration.ts';
import { writeBack } from './write-back.ts';

/** One record on its way back. */
interface Returning extends Reading {
  readonly undo: UndoRecords;
  readonly record: UndoRecord;
  readonly terms: Terms;
}

/** A record of ours that is meant, and where it is. */
export interface Meant {
  readonly record: UndoRecord;
  readonly kept: RuleRecord | CopyRecord;
}

/**
 * Puts back what was closed, as far as no protected machine that shares it needs it closed. What frees room comes first. What
 * one record cannot have back does not keep others from it. Says what could not be, and who else needs what stays.
 */
export async function putBack(
  aws: Aws,
  which: PutBackAsk,
  undo: UndoRecords,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const notes: string[] = [];
  const busy: unknown[] = [];
  for (const { record, kept } of await meantBy(aws, which, undo, signal)) {
    const site = aws.sites.of(groupRef(record.at), true);
    const returning = { aws, site, undo, record, signal, terms: termsOf(which) };
    try {
      notes.push(...(kept.kind === 'rule' ? await putRuleBack(returning, kept) : await putCopyBack(returning, kept)));
    } catch (error) {
      if (signal.aborted || !(error instanceof JitError)) throw error;
      if (error.kind === 'busy') busy.push(error);
      else notes.push(stuckText(record, kept, error));
      aws.log.warn({ record: record.id, error }, 'something that was closed could not be put back; it stays recorded');
    }
  }
  if (busy.length > 0) throw busy[0];
  return notes;
}

export function termsOf({ machine, records, ports, whole }: PutBackAsk): Terms {
  return {
    isForAll: machine === undefined && records === undefined,
    ...(ports ? { ports } : {}),
    ...(whole ? { whole } : {}),
  };
}

/** The records that are meant, those first that free most room in their groups. */
export async function meantBy(
  aws: Aws,
  { machine, ports, records }: PutBackAsk,
  undo: UndoRecords,
  signal: AbortSignal,
): Promise<readonly Meant[]> {
  const groups = machine === undefined ? undefined : await groupsOf(aws, machine, signal);
  const meant = (await undo.all('aws'))
    .filter(({ id }) => records?.includes(id) ?? true)
    .map((record) => ({ record, kept: readRecord(record) }))
    .filter(({ record, kept }) => {
      const isOfMachine =
        !machine || kept.machines.includes(machine) || (kept.kind === 'rule' && groups?.has(record.at));
      return isOfMachine && (!ports || kept.ports.some((port) => ports.some((one) => samePort(one, port))));
    });
  const pieces = ({ kept }: Meant) => (kept.kind === 'rule' ? without(kept.rule, kept.ports).length : 0);
  return meant.toSorted((a, b) => pieces(b) - pieces(a) || a.record.id.localeCompare(b.record.id));
}

/** What a machine's groups are `at`. */
async function groupsOf(aws: Aws, machine: MachineId, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const ref = instanceRef(machine);
  const instance = await aws.sites.find(ref)?.now.instance(ref.instance, signal);
  return new Set([...attachedGroups(instance).keys()].map((group) => groupAt(ref, group)));
}

async function putRuleBack(returning: Returning, kept: RuleRecord): Promise<readonly string[]> {
  const { aws, undo, record, terms } = returning;
  const why = await whyNever(returning, kept);
  if (why !== undefined) {
    await undo.drop(record.id);
    return [why];
  }
  const restoration = await restorationOf(returning, kept, terms);
  const { left, needing, tightened, isWithheld } = restoration;
  const stays = tightenedText(record, kept, restoration);
  const waits = waiting(left, needing, kept.called);
  if (isWithheld) return [...stays, ...waits];
  try {
    await writeBack(returning, restoration, undo);
  } catch (error) {
    const code = codeOf(error) ?? '';
    // What the rule names (a group, a prefix list) is gone: it can never be put back.
    if (!/^Invalid(?:Group|SecurityGroup|SecurityGroupID|PrefixListID|PrefixListId)\.?(?:Id)?\.?NotFound$/i.test(code))
      throw error;
    aws.log.warn({ record: record.was, code }, 'a rule cannot be put back: what it names is gone');
    await undo.drop(record.id);
    return [`${whatOf(kept)} cannot be put back: ${kept.rule.peer.value} no longer exists (${code}).`];
  }
  const { taken: _, ...rest } = kept;
  if (left.length === 0) await undo.drop(record.id);
  else if (tightened.length === 0 || left.length < kept.ports.length)
    await undo.keep(recordOf(returning.site, { ...rest, ports: left }));
  return [...stays, ...waits];
}

/** Why a rule is never to be put back; undefined where it may be. */
export async function whyNever({ site, signal }: Reading, kept: RuleRecord): Promise<string | undefined> {
  if (!(await readGroup(site, kept.group, signal)))
    return `${whatOf(kept)} cannot be put back: the group (${kept.group}) no longer exists.`;
  // A record of an earlier version may hold a lease of another Drawbridge, and its end is long past.
  return looksMarked(kept.rule.tags[TAG.mark] ?? '')
    ? `${whatOf(kept)} is not put back: it was a lease of Drawbridge, not a standing rule.`
    : undefined;
}

/** What somebody removed since, in sentences. */
export function tightenedText(
  { id }: UndoRecord,
  kept: RuleRecord,
  { tightened, isWithheld }: Pick<Awaited<ReturnType<typeof restorationOf>>, 'tightened' | 'isWithheld'>,
): readonly string[] {
  const parts = tightened.map(trafficText).join(', ');
  if (isWithheld)
    return [
      `${whatOf(kept)} is not put back: all that a lockdown left of it was removed since. \`/jit restore ${id} everything\` brings it back.`,
    ];
  return tightened.length > 0
    ? [`${parts} from ${kept.rule.peer.value} in security group ${kept.called} was removed since, and stays closed.`]
    : [];
}

function whatOf(kept: RuleRecord | CopyRecord): string {
  return kept.kind === 'rule'
    ? `${permissionText(kept.rule)} in security group ${kept.called}`
    : `Security group ${kept.called} (${kept.group})`;
}

function stuckText({ id }: UndoRecord, kept: RuleRecord | CopyRecord, error: JitError): string {
  return `${whatOf(kept)} could not be put back and stays closed: ${error.say} ${error.hint} Then \`/jit restore ${id}\` puts it back.`;
}

async function putCopyBack(returning: Returning, kept: CopyRecord): Promise<readonly string[]> {
  const { aws, site, undo, record, signal, terms } = returning;
  const needing = terms.isForAll ? [] : await needingIn(returning, kept);
  const left = stillNeeded(kept.ports, needing);
  const work = { aws, site, signal };
  const waits = waiting(left, needing, kept.called);
  // What its original has come to say since is not brought in where nothing comes back.
  if (left.length > 0 && left.length === kept.ports.length) return waits;
  if (left.length > 0) {
    const next = { ...kept, ports: left };
    const name = copyName(aws.installation, copyRecordId(groupAt(site, kept.group), kept.instance));
    for await (const { GroupId = '' } of readGroups(site, [{ Name: 'group-name', Values: [name] }], signal))
      await syncCopy(work, next, GroupId);
    await undo.keep(recordOf(site, next));
    return waits;
  }
  const why = await dropCopy(work, kept);
  await undo.drop(record.id);
  return why === undefined ? [] : [why];
}
