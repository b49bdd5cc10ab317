import { JitError } from '../../../src/core/errors/errors.ts';
import { type MachineId, providerIdOf } from '../../../src/core/machine/machine.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import { allOf, outcomeOf } from '../../../src/kit/outcome.ts';
import type { Subscription } from '../arm/clients.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import { deleteEach, deleteUntilGone } from '../arm/delete-rules.ts';
import { forgetDeleted, noteDeleted, wasJustDeleted } from '../arm/deleted.ts';
import { type GroupRule, readGroups } from '../arm/groups.ts';
import type { ArmId } from '../arm/ids.ts';
import { listGroups } from '../arm/interfaces.ts';
import { locationNow, locationOf, mergedLocation } from '../arm/location.ts';
import { readVm } from '../arm/machine.ts';
import { isLocked, isScopeLocked } from '../errors.ts';
import { nameAt } from './lease-rules.ts';
import { shut } from './shut.ts';

/**
 * Takes rules away by their names, in every group where they were placed and where the machine is now. They are asked
 * away even where a reading does not show them: it may be older than the opening. Where a lock forbids it they deny instead.
 */
export async function close(azure: Azure, placements: readonly Placement[], allowed: Allowed): Promise<void> {
  await closeIn(azure, placements, (placement) => nameAt(azure, placement), allowed);
}

/** Was it not even sent, or refused as too much at once? Then nothing was done. */
function isNotTaken(error: unknown): boolean {
  return error instanceof JitError && error.code === 'cloudBusy' && !isLocked(error);
}

type NameOf = (placement: Placement) => string;

/** The same for rules that are called otherwise. */
export async function closeIn(
  azure: Azure,
  placements: readonly Placement[],
  nameOf: NameOf,
  allowed: Allowed,
): Promise<void> {
  const byMachine = [...Map.groupBy(placements, ({ rule }) => rule.machine)];
  await allOf(byMachine, ([machine, those]) => closeOn(azure, { machine, placements: those }, nameOf, allowed));
}

async function closeOn(
  azure: Azure,
  { machine, placements }: { readonly machine: MachineId; readonly placements: readonly Placement[] },
  nameOf: NameOf,
  allowed: Allowed,
): Promise<void> {
  const { signal } = allowed;
  const site = siteOf(azure, providerIdOf(machine));
  const recorded = placements.flatMap((placement) =>
    locationOf(placement).groups.map((group) => ({ group, name: nameOf(placement) })),
  );
  const named = new Map(placements.map((placement) => [nameOf(placement).toLowerCase(), placement]));
  const kept = new Set<ArmId>();
  // What a lock keeps lets nobody in from then on: it is left.
  const instead = async (rule: GroupRule, why: unknown) => {
    const placement = named.get(rule.name.toLowerCase());
    if (placement) await shut(azure, { ...rule, isLocked: isScopeLocked(why) }, placement, allowed);
    kept.add(rule.group);
  };
  // Where they were placed they go at once: others may wait to write to the same group, and readings take their time.
  const gone = (rule: GroupRule) => noteDeleted(azure, rule);
  const going = recorded.filter((rule) => !wasJustDeleted(azure, rule));
  const atOnce = outcomeOf(() => deleteEach(azure, site, going, { allowed, instead, gone }));
  const vm = await outcomeOf(() => readVm(site, machine, signal));
  const now = vm.ok && vm.value ? [locationNow(vm.value)] : [];
  const elsewhere = vm.ok && !vm.value ? await groupsWith(site, named, signal) : [];
  const ids = [...new Set([...mergedLocation([...placements.map(locationOf), ...now]).groups, ...elsewhere])];
  const left = async (): Promise<readonly GroupRule[]> => {
    const groups = await readGroups(site, ids, signal);
    return [...groups].flatMap(([group, rules]) =>
      rules
        .filter(({ name, access }) => named.has(name.toLowerCase()) && !(access === 'deny' && kept.has(group)))
        .map(({ name }) => ({ group, name })),
    );
  };
  const deleted = await atOnce;
  // It comes back soon: readings are kept for those whose rules are gone, and would have to wait for longer.
  if (!deleted.ok && isNotTaken(deleted.error)) throw deleted.error;
  const found = await left();
  await deleteUntilGone(azure, site, { found, again: left, instead }, allowed);
  const isFound = ({ group, name }: GroupRule) => found.some((one) => one.group === group && one.name === name);
  // What was not answered, and is not seen: the reading may be older than the opening.
  if (!deleted.ok)
    await deleteEach(
      azure,
      site,
      recorded.filter((one) => !isFound(one)),
      { allowed, instead },
    );
  // Where the machine's own groups could not be read, a rule may be left in one that it got meanwhile.
  if (!vm.ok) throw vm.error;
  // It is over: what is closed under this name from now on may have been opened by another process, before any reading shows it.
  for (const rule of recorded) forgetDeleted(azure, rule);
}

/**
 * The groups of the subscription that have one of these rules. A machine that is not where it was may be in another resource group now,
 * with its groups: they have another id there, and the same rules.
 */
async function groupsWith(
  site: Subscription,
  named: ReadonlyMap<string, Placement>,
  signal: AbortSignal,
): Promise<readonly ArmId[]> {
  const groups = await listGroups(site, signal);
  return [...groups].flatMap(([id, rules]) => (rules.some(({ name }) => named.has(name.toLowerCase())) ? [id] : []));
}
