import { type MachineId, providerIdOf } from '../../../src/core/machine/machine.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import { allOf, outcomeOf } from '../../../src/kit/outcome.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import { type ArmId, armIds } from '../arm/ids.ts';
import { readVm } from '../arm/machine.ts';
import { closeIn } from '../nsg/close.ts';
import { firewallsBefore } from './in-front.ts';
import { ruleSourcesIn } from './lease-rules.ts';
import { behindName, ruleName } from './names.ts';
import { removalsOn } from './removals.ts';

/**
 * Takes rules away by their names: in the groups, which closes at once, and on the firewalls where they were placed and
 * that stand in front of the machine now, all of one in one call, which takes minutes.
 */
export async function close(azure: Azure, placements: readonly Placement[], allowed: Allowed): Promise<void> {
  const nameOf = (placement: Placement) => behindName(azure.installation, placement);
  const both = [() => closeIn(azure, placements, nameOf, allowed), () => closeOnFirewalls(azure, placements, allowed)];
  await allOf(both, (part) => part());
}

async function closeOnFirewalls(azure: Azure, placements: readonly Placement[], allowed: Allowed): Promise<void> {
  const removals = removalsOn(azure, armIds(placements.flatMap(ruleSourcesIn)));
  try {
    const names = new Map<ArmId, string[]>();
    const now = await outcomeOf(() => ruleSourcesNow(azure, placements, allowed.signal));
    for (const placement of placements) {
      const current = now.ok ? (now.value.get(placement.rule.machine) ?? []) : [];
      for (const id of armIds([...ruleSourcesIn(placement), ...current]))
        names.set(id, [...(names.get(id) ?? []), ruleName(placement)]);
    }
    await allOf([...names], ([id, own]) => removals.remove(id, own, allowed));
    // Where it could not be read, a rule may be left on a firewall that the machine got meanwhile.
    if (!now.ok) throw now.error;
  } finally {
    removals.end();
  }
}

/** The machines' firewalls may be others by now. */
async function ruleSourcesNow(
  azure: Azure,
  placements: readonly Placement[],
  signal: AbortSignal,
): Promise<ReadonlyMap<MachineId, readonly ArmId[]>> {
  const machines = new Set(placements.map(({ rule }) => rule.machine));
  const all = await Promise.all(
    [...machines].map(async (machine): Promise<[MachineId, readonly ArmId[]]> => {
      const vm = await readVm(siteOf(azure, providerIdOf(machine)), machine, signal);
      const firewalls = vm ? await firewallsBefore(azure, vm, signal) : undefined;
      return [machine, [...(firewalls?.values() ?? [])].map(({ ruleSource }) => ruleSource.id)];
    }),
  );
  return new Map(all);
}
