import { JitError } from '../../src/core/errors/errors.ts';
import type { LockdownPlan, Stay } from '../../src/core/machine/lockdown.ts';
import { type MachineId, providerIdOf } from '../../src/core/machine/machine.ts';
import type { Port } from '../../src/core/rule/port.ts';
import { type Azure, siteOf } from './arm/context.ts';
import { partsOf } from './arm/ids.ts';
import { readVm } from './arm/machine.ts';
import { firewallsBefore } from './firewall/in-front.ts';
import { closeOnFirewalls, openOnFirewalls, planOnFirewalls } from './firewall/lockdown.ts';
import { closeInGroups, openInGroups, planInGroups } from './nsg/lockdown.ts';
import { look } from './observe.ts';

/**
 * What closing would write: rules of ours that deny, before the rules of others that open these ports of this machine, in
 * its groups and on its firewalls. Nothing of others is changed, so there is nothing to copy, and no undo record to keep.
 */
export async function planLockdown(
  azure: Azure,
  machine: MachineId,
  ports: readonly Port[],
  signal: AbortSignal,
): Promise<LockdownPlan> {
  const { vm, firewalls, isDefenders } = await readClosing(azure, machine, signal);
  if (isDefenders) {
    const { standing } = await look(azure, machine, signal);
    const stays = staysWithDefender(standing.filter(({ port }) => ports.some((one) => one.number === port.number)));
    return { remedies: [], stays, isShared: false };
  }
  const inGroups = await planInGroups(azure, vm, ports, signal);
  const onFirewalls = planOnFirewalls(azure, vm, firewalls, ports);
  return {
    remedies: [...inGroups.remedies, ...onFirewalls.remedies],
    stays: [...inGroups.stays, ...onFirewalls.stays],
    isShared: false,
  };
}

/** Writes them, and gives what cannot be closed. */
export async function lockDown(
  azure: Azure,
  machine: MachineId,
  ports: readonly Port[],
  signal: AbortSignal,
): Promise<readonly Stay[]> {
  const { vm, firewalls, isDefenders } = await readClosing(azure, machine, signal);
  if (isDefenders) return (await planLockdown(azure, machine, ports, signal)).stays;
  const inGroups = await closeInGroups(azure, vm, ports, signal);
  return [...inGroups, ...(await closeOnFirewalls(azure, vm, firewalls, ports, signal))];
}

/** Takes these rules away, for these ports or all. */
export async function putBack(
  azure: Azure,
  { machine, ports }: { readonly machine?: MachineId; readonly ports?: readonly Port[] },
  signal: AbortSignal,
): Promise<readonly string[]> {
  // What is closed here is told by our rules alone.
  if (!machine) return [];
  const { vm, firewalls, isDefenders } = await readClosing(azure, machine, signal);
  if (isDefenders) return [];
  await openOnFirewalls(azure, vm, firewalls, signal, ports);
  await openInGroups(azure, vm, signal, ports);
  return [];
}

function staysWithDefender(standing: readonly Stay['rule'][]): readonly Stay[] {
  return standing.map((rule) => ({
    rule,
    why: 'Defender writes these groups; change the rule in Azure, or use the nsg backend for this subscription',
  }));
}

async function readClosing(azure: Azure, machine: MachineId, signal: AbortSignal) {
  const site = siteOf(azure, providerIdOf(machine));
  const vm = await readVm(site, machine, signal);
  if (!vm) throw new JitError('machineGone', { machine: partsOf(machine).name });
  const isDefenders = site.backend === 'defender';
  return { vm, firewalls: await firewallsBefore(azure, vm, signal), isDefenders };
}
