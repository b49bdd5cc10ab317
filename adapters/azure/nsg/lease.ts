import { JitError } from '../../../src/core/errors.ts';
import { type MachineId, providerIdOf } from '../../../src/core/machine.ts';
import { portText, samePort } from '../../../src/core/port.ts';
import type { Placement, Rule } from '../../../src/core/rule.ts';
import { parseSource } from '../../../src/core/source.ts';
import { tidy } from '../../../src/core/text.ts';
import type { Opened, Opening } from '../../../src/ports/cloud.ts';
import type { Allowed } from '../clients.ts';
import { type Azure, siteOf } from '../context.ts';
import { deleteFrom, deleteUntilGone } from '../delete-rules.ts';
import { CLOUD } from '../errors.ts';
import { partsOf } from '../ids.ts';
import { keepsOut } from '../judge.ts';
import { readVm } from '../machine.ts';
import { located, merge, readGroups, type Standing, whereNow, whereOf } from '../reading.ts';
import type { NsgRule } from '../rules.ts';
import { settle } from '../settle.ts';
import { allowName, placementOn } from './names.ts';
import { priorityToAllow } from './priority.ts';
import { many, protectionIn } from './protection.ts';
import { type Guard, guardsOf, locksOf } from './spots.ts';
import { type Wanted, writeUntil } from './write.ts';

const LONGEST_TEXT = 140;

/** Where rules of one machine go: into every group in front of its addresses of the source's family. */
export async function place(azure: Azure, rules: readonly Rule[], signal: AbortSignal): Promise<readonly Placement[]> {
  const [first] = rules;
  if (!first) return [];
  const site = siteOf(azure, providerIdOf(first.machine));
  const vm = await readVm(site, first.machine, signal);
  if (!vm) throw new JitError('machineGone', { machine: partsOf(first.machine).name });
  const groups = await readGroups(site, whereNow(vm).groups, signal);
  const ports = protectionIn(groups, vm, azure.installation)?.ports.map(({ port }) => port) ?? [];
  return rules.map((rule) => {
    if (!ports.some((port) => samePort(port, rule.port))) {
      const known = ports.map(portText).join(', ') || 'nothing';
      throw new JitError('notProtected', { machine: vm.machine.name, port: portText(rule.port), protected: known });
    }
    const guards = guardsOf(vm, rule.source);
    if (guards.length === 0) throw new JitError('machineUnreachable', { machine: vm.machine.name });
    const where = { groups: guards.map(({ group }) => group), addresses: guards.flatMap(({ addresses }) => addresses) };
    const placement = placementOn(rule);
    return { ...located(placement, where), locks: locksOf(placement, where) };
  });
}

/** Makes one rule be there, with its mark, in every group in front of the machine as it is now. */
export async function openOne(azure: Azure, opening: Opening, allowed: Allowed): Promise<Opened> {
  const { placement } = opening;
  const { machine, source } = placement.rule;
  const site = siteOf(azure, providerIdOf(machine));
  const vm = await readVm(site, machine, allowed.signal);
  if (!vm) throw new JitError('machineGone', { machine: partsOf(machine).name });
  const guards = guardsOf(vm, source);
  if (guards.length === 0) throw new JitError('machineUnreachable', { machine: vm.machine.name });
  const name = nameAt(azure, placement);
  let written = 0;
  let existed = false;
  for (const guard of guards) {
    let isFirst = true;
    const next = (rules: readonly NsgRule[]) => {
      existed ||= isFirst && rules.some((rule) => rule.name === name);
      isFirst = false;
      return nextAllow(azure, opening, guard, rules);
    };
    written += await writeUntil(azure, site, guard.group, next, allowed);
  }
  const where = { groups: guards.map(({ group }) => group), addresses: guards.flatMap(({ addresses }) => addresses) };
  return {
    placement: { ...located(placement, where), id: name },
    outcome: written === 0 ? 'present' : existed ? 'remarked' : 'opened',
  };
}

function nextAllow(
  azure: Azure,
  { placement, until, note }: Opening,
  { addresses }: Guard,
  rules: readonly NsgRule[],
): Wanted | 'wait' | undefined {
  const { rule } = placement;
  const name = nameAt(azure, placement);
  const before = rules.find((one) => one.name === name);
  const others = rules.filter((one) => one !== before);
  const end = Math.min(...others.filter((one) => keepsOut(one, rule, addresses)).map(({ priority }) => priority));
  const mark = azure.marks.sign(placement, until);
  const isRight =
    before !== undefined &&
    before.priority < end &&
    isFor(before, rule, addresses) &&
    azure.marks.verify(before.description, placement).until === until;
  if (isRight) return before.settled ? undefined : 'wait';
  const inTime = before && before.priority < end ? before.priority : undefined;
  const priority = inTime ?? priorityToAllow(others, (one) => keepsOut(one, rule, addresses));
  if (priority === undefined) throw new JitError('cloudRefused', { cloud: CLOUD, code: 'NoFreePriority' });
  const words = `req=${note.request} for=${note.requester} by=${note.approver}`;
  return {
    name,
    properties: {
      access: 'Allow',
      direction: 'Inbound',
      priority,
      protocol: rule.port.protocol === 'udp' ? 'Udp' : 'Tcp',
      sourceAddressPrefix: rule.source,
      sourcePortRange: '*',
      destinationPortRange: String(rule.port.number),
      ...many('destinationAddressPrefix', addresses),
      description: `${mark} ${tidy(words, LONGEST_TEXT)}`.slice(0, LONGEST_TEXT).trim(),
    },
  };
}

function isFor(found: NsgRule, { port, source }: Rule, addresses: readonly string[]): boolean {
  return (
    found.access === 'allow' &&
    found.protocol === port.protocol &&
    String(found.ports) === String(port.number) &&
    String(found.sources.map(parseSource)) === source &&
    String([...found.destinations].map(parseSource).sort()) === String([...addresses].map(parseSource).sort())
  );
}

/**
 * Takes rules away by their names, in every group where they were placed and where the machine is now. They are asked
 * away even where a reading does not show them: it may be older than the opening.
 */
export async function close(azure: Azure, placements: readonly Placement[], allowed: Allowed): Promise<void> {
  const done = await Promise.allSettled(
    [...Map.groupBy(placements, ({ rule }) => rule.machine)].map(([machine, those]) =>
      closeOn(azure, machine, those, allowed),
    ),
  );
  const failed = done.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

async function closeOn(azure: Azure, machine: MachineId, placements: readonly Placement[], allowed: Allowed) {
  const { signal } = allowed;
  const site = siteOf(azure, providerIdOf(machine));
  const vm = await settle(readVm(site, machine, signal));
  const now = vm.ok && vm.value ? [whereNow(vm.value)] : [];
  const ids = merge([...placements.map(whereOf), ...now]).groups;
  const names = new Set(placements.map((placement) => nameAt(azure, placement).toLowerCase()));
  const left = async (): Promise<readonly Standing[]> => {
    const groups = await readGroups(site, ids, signal);
    return [...groups].flatMap(([group, rules]) =>
      rules.filter(({ name }) => names.has(name.toLowerCase())).map(({ name }) => ({ group, name })),
    );
  };
  const found = await left();
  const unseen = placements.flatMap((placement) =>
    whereOf(placement).groups.flatMap((group) => {
      const name = nameAt(azure, placement);
      return found.some((one) => one.group === group && one.name === name) ? [] : [{ group, name }];
    }),
  );
  await deleteUntilGone(azure, site, found, left, allowed);
  for (const { group, name } of unseen) await deleteFrom(site, group, [name], allowed);
  // Where the machine's own groups could not be read, a rule may be left in one that it got meanwhile.
  if (!vm.ok) throw vm.error;
}

function nameAt({ installation }: Azure, placement: Placement): string {
  return placement.id ?? allowName(installation, placement);
}
