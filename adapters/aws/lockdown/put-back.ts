import type { MachineId } from '../../../src/core/machine/machine.ts';
import { looksMarked } from '../../../src/core/rule/mark.ts';
import { type Port, portText, samePort } from '../../../src/core/rule/port.ts';
import type { UndoRecord, UndoRecords } from '../../../src/ports/undo.ts';
import type { Aws } from '../ec2/context.ts';
import { groupAt, groupRef, instanceRef, machineAt } from '../ec2/ids.ts';
import { readGroups } from '../ec2/read.ts';
import { attachedGroups, attachedJitGroup, protectionOf, readGroup } from '../ec2/security-group.ts';
import type { Site } from '../ec2/sites.ts';
import { TAG, tagsOf } from '../ec2/tags.ts';
import { codeOf } from '../errors.ts';
import { copyName } from './copied.ts';
import { dropCopy, syncCopy } from './copy.ts';
import { writeRemainder } from './lock-down.ts';
import { permissionText } from './permission.ts';
import { type CopyRecord, copyRecordId, type RuleRecord, readRecord, recordOf } from './record.ts';
import { interfacesOf } from './survey.ts';

interface Which {
  readonly machine?: MachineId;
  readonly ports?: readonly Port[];
}

/** One record on its way back. */
interface Returning {
  readonly aws: Aws;
  readonly site: Site;
  readonly undo: UndoRecords;
  readonly record: UndoRecord;
  readonly signal: AbortSignal;
}

/** Machines that are protected at these ports and share what was closed. */
type Needing = readonly { readonly name: string; readonly ports: readonly Port[] }[];

/**
 * Puts back what was closed for a machine, as far as no protected machine that shares it needs it closed; without a machine,
 * all there is. Says what could not be, and who else needs what stays.
 */
export async function putBack(
  aws: Aws,
  { machine, ports }: Which,
  undo: UndoRecords,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const notes: string[] = [];
  const groups = machine === undefined ? undefined : await groupsOf(aws, machine, signal);
  for (const record of await undo.all('aws')) {
    const kept = readRecord(record);
    const isMeant = !machine || kept.machines.includes(machine) || (kept.kind === 'rule' && groups?.has(record.at));
    const isAsked = !ports || kept.ports.some((port) => ports.some((one) => samePort(one, port)));
    if (!isMeant || !isAsked) continue;
    const site = aws.sites.of(groupRef(record.at), true);
    const returning = { aws, site, undo, record, signal };
    notes.push(
      ...(kept.kind === 'rule'
        ? await putRuleBack(returning, kept, !machine)
        : await putCopyBack(returning, kept, !machine)),
    );
  }
  return notes;
}

/** What a machine's groups are `at`. */
async function groupsOf(aws: Aws, machine: MachineId, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const ref = instanceRef(machine);
  const instance = await aws.sites.find(ref)?.now.instance(ref.instance, signal);
  return new Set([...attachedGroups(instance).keys()].map((group) => groupAt(ref, group)));
}

async function putRuleBack(returning: Returning, kept: RuleRecord, all: boolean): Promise<readonly string[]> {
  const { aws, site, undo, record, signal } = returning;
  const what = `${permissionText(kept.rule)} in security group ${kept.called}`;
  if (!(await readGroup(site, kept.group, signal))) {
    await undo.drop(record.id);
    return [`${what} cannot be put back: the group (${kept.group}) no longer exists.`];
  }
  // A record of an earlier version may hold a lease of another Drawbridge, and its end is long past.
  if (looksMarked(kept.rule.tags[TAG.mark] ?? '')) {
    await undo.drop(record.id);
    return [`${what} is not put back: it was a lease of Drawbridge, not a standing rule.`];
  }
  const needing = all ? [] : await needingIn(returning, kept);
  const left = stillNeeded(kept.ports, needing);
  const next = { ...kept, ports: left };
  try {
    await writeRemainder({ aws, site, signal }, next, left.length < kept.ports.length);
  } catch (error) {
    const code = codeOf(error) ?? '';
    // What the rule names (a group, a prefix list) is gone: it can never be put back.
    if (!/^Invalid(?:Group|SecurityGroup|SecurityGroupID|PrefixListID|PrefixListId)\.?(?:Id)?\.?NotFound$/i.test(code))
      throw error;
    aws.log.warn({ record: record.was, code }, 'a rule cannot be put back: what it names is gone');
    await undo.drop(record.id);
    return [`${what} cannot be put back: ${kept.rule.peer.value} no longer exists (${code}).`];
  }
  if (left.length === 0) await undo.drop(record.id);
  else await undo.keep(recordOf(site, next));
  return waiting(left, needing, kept.called);
}

async function putCopyBack(returning: Returning, kept: CopyRecord, all: boolean): Promise<readonly string[]> {
  const { aws, site, undo, record, signal } = returning;
  const left = all ? [] : stillNeeded(kept.ports, await needingIn(returning, kept));
  const work = { aws, site, signal };
  if (left.length > 0) {
    const next = { ...kept, ports: left };
    const name = copyName(aws.installation, copyRecordId(groupAt(site, kept.group), kept.instance));
    for await (const { GroupId = '' } of readGroups(site, [{ Name: 'group-name', Values: [name] }], signal))
      await syncCopy(work, next, GroupId);
    await undo.keep(recordOf(site, next));
    return [];
  }
  const why = await dropCopy(work, kept);
  await undo.drop(record.id);
  return why === undefined ? [] : [why];
}

function stillNeeded(ports: readonly Port[], needing: Needing): readonly Port[] {
  return ports.filter((port) => needing.some((one) => one.ports.some((known) => samePort(known, port))));
}

function waiting(ports: readonly Port[], needing: Needing, group: string): readonly string[] {
  if (ports.length === 0) return [];
  const names = needing.filter((one) => stillNeeded(ports, [one]).length > 0).map(({ name }) => name);
  const list = ports.map(portText).join(', ');
  return [
    `${list} in security group ${group} stays closed while ${names.join(', ')} ${names.length === 1 ? 'is' : 'are'} protected.`,
  ];
}

/** For a rule all machines on its group; for a copy the one that has it. */
async function needingIn({ aws, site, signal }: Returning, kept: RuleRecord | CopyRecord): Promise<Needing> {
  const shared = kept.kind === 'rule' ? await interfacesOf(site, kept.group, signal) : [];
  const named = kept.machines.map((machine) => instanceRef(machine).instance);
  const ids = new Set([...named, ...shared.flatMap(({ Attachment }) => Attachment?.InstanceId ?? [])]);
  const needing = await Promise.all(
    [...ids].map(async (id) => {
      const instance = await site.now.instance(id, signal);
      const jitGroup = instance && attachedJitGroup(instance, aws.installation);
      if (!instance || jitGroup === undefined || !machineAt(site, id)) return [];
      // A machine that left the group needs nothing of it.
      if (kept.kind === 'rule' && !attachedGroups(instance).has(kept.group)) return [];
      const protection = protectionOf(await readGroup(site, jitGroup, signal), aws.installation);
      const ports = (protection?.ports ?? []).map(({ port }) => port);
      return [{ name: tagsOf(instance.Tags).Name || id, ports }];
    }),
  );
  return needing.flat();
}
