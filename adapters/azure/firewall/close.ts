import { type MachineId, providerIdOf } from '../../../src/core/machine/machine.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import type { Allowed } from '../arm/clients.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import { type ArmId, armIds } from '../arm/ids.ts';
import { readVm } from '../arm/machine.ts';
import { ruleSourcesIn } from '../arm/reading.ts';
import { settle } from '../arm/settle.ts';
import { closeIn } from '../nsg/lease.ts';
import { firewallsBefore } from './in-front.ts';
import { behindName, ruleName } from './names.ts';
import type { Role } from './rules.ts';
import { writeUntil } from './write.ts';

/**
 * Takes rules away by their names: in the groups, which closes at once, and on the firewalls where they were placed and
 * that stand in front of the machine now, all of one in one call, which takes minutes.
 */
export async function close(azure: Azure, placements: readonly Placement[], allowed: Allowed): Promise<void> {
  const inGroups = closeIn(azure, placements, (placement) => behindName(azure.installation, placement), allowed);
  const onFirewalls = closeOnFirewalls(azure, placements, allowed);
  const done = await Promise.allSettled([inGroups, onFirewalls]);
  const failed = done.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

async function closeOnFirewalls(azure: Azure, placements: readonly Placement[], allowed: Allowed): Promise<void> {
  const names = new Map<ArmId, string[]>();
  const now = await settle(ruleSourcesNow(azure, placements, allowed.signal));
  for (const placement of placements) {
    const current = now.ok ? (now.value.get(placement.rule.machine) ?? []) : [];
    for (const id of armIds([...ruleSourcesIn(placement), ...current]))
      names.set(id, [...(names.get(id) ?? []), ruleName(placement)]);
  }
  const done = await Promise.allSettled(
    [...names].map(([id, own]) =>
      writeUntil(
        azure,
        id,
        ({ rules }) => {
          const there = (role: Role) => {
            return own.filter((name) => rules.some((rule) => rule.ours === role && rule.name === name));
          };
          return { leases: { put: [], remove: there('lease') }, passes: { put: [], remove: there('pass') } };
        },
        allowed,
      ),
    ),
  );
  const failed = done.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  // Where it could not be read, a rule may be left on a firewall that the machine got meanwhile.
  if (!now.ok) throw now.error;
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
