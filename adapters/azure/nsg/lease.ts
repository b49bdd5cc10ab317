import { JitError } from '../../../src/core/errors/errors.ts';
import { type MachineId, providerIdOf } from '../../../src/core/machine/machine.ts';
import type { Placement, Rule } from '../../../src/core/rule/rule.ts';
import type { Opened, Opening } from '../../../src/ports/cloud.ts';
import type { Allowed } from '../arm/clients.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import { deleteFrom, deleteUntilGone } from '../arm/delete-rules.ts';
import { partsOf } from '../arm/ids.ts';
import { readVm, type Vm } from '../arm/machine.ts';
import { type GroupRule, located, merge, readGroups, whereNow, whereOf } from '../arm/reading.ts';
import { settle } from '../arm/settle.ts';
import { allowIn, describe } from './allow.ts';
import { guardsOf, locksOf } from './lease-rules.ts';
import { allowName, placementOn } from './names.ts';

/** Where a rule of a machine goes: into every group in front of its addresses of the source's family. */
export function placeInGroups(vm: Vm, rule: Rule): Placement {
  const guards = guardsOf(vm, rule.source);
  if (guards.length === 0) throw new JitError('machineUnreachable', { machine: vm.machine.name });
  const where = { groups: guards.map(({ group }) => group), addresses: guards.flatMap(({ addresses }) => addresses) };
  const placement = placementOn(rule);
  return { ...located(placement, where), locks: locksOf(placement, where) };
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
  const description = describe(azure, opening);
  const allow = { name, placement, until: opening.until, port: placement.rule.port, sources: [source], description };
  for (const guard of guards) {
    const one = await allowIn(azure, site, guard, allow, allowed);
    written += one.written;
    existed ||= one.existed;
  }
  const where = { groups: guards.map(({ group }) => group), addresses: guards.flatMap(({ addresses }) => addresses) };
  return {
    placement: { ...located(placement, where), id: name },
    outcome: written === 0 ? 'present' : existed ? 'remarked' : 'opened',
  };
}

/**
 * Takes rules away by their names, in every group where they were placed and where the machine is now. They are asked
 * away even where a reading does not show them: it may be older than the opening.
 */
export async function close(azure: Azure, placements: readonly Placement[], allowed: Allowed): Promise<void> {
  await closeIn(azure, placements, (placement) => nameAt(azure, placement), allowed);
}

type NameOf = (placement: Placement) => string;

/** The same for rules that are called otherwise. */
export async function closeIn(
  azure: Azure,
  placements: readonly Placement[],
  nameOf: NameOf,
  allowed: Allowed,
): Promise<void> {
  const done = await Promise.allSettled(
    [...Map.groupBy(placements, ({ rule }) => rule.machine)].map(([machine, those]) =>
      closeOn(azure, machine, those, nameOf, allowed),
    ),
  );
  const failed = done.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

async function closeOn(
  azure: Azure,
  machine: MachineId,
  placements: readonly Placement[],
  nameOf: NameOf,
  allowed: Allowed,
): Promise<void> {
  const { signal } = allowed;
  const site = siteOf(azure, providerIdOf(machine));
  const vm = await settle(readVm(site, machine, signal));
  const now = vm.ok && vm.value ? [whereNow(vm.value)] : [];
  const ids = merge([...placements.map(whereOf), ...now]).groups;
  const names = new Set(placements.map((placement) => nameOf(placement).toLowerCase()));
  const left = async (): Promise<readonly GroupRule[]> => {
    const groups = await readGroups(site, ids, signal);
    return [...groups].flatMap(([group, rules]) =>
      rules.filter(({ name }) => names.has(name.toLowerCase())).map(({ name }) => ({ group, name })),
    );
  };
  const found = await left();
  const unseen = placements.flatMap((placement) =>
    whereOf(placement).groups.flatMap((group) => {
      const name = nameOf(placement);
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
