import { type LockdownPlan, NO_PUT_BACK, type PutBackPlan, type Stay } from '../../src/core/machine/lockdown.ts';
import { type MachineId, providerIdOf } from '../../src/core/machine/machine.ts';
import type { Port } from '../../src/core/rule/port.ts';
import type { PutBackAsk } from '../../src/ports/lockdown.ts';
import { type Azure, siteOf } from './arm/context.ts';
import { readPresent } from './arm/reading.ts';
import type { LockdownTarget } from './backend.ts';
import { backendAt } from './backends.ts';
import { look } from './observe.ts';

/**
 * What a lockdown would write: rules of ours that deny, before the rules of others that open these ports of this machine, in
 * its groups and on its firewalls. Nothing of others is changed, so there is nothing to copy, and no undo record to keep.
 */
export async function planLockdown(
  azure: Azure,
  machine: MachineId,
  ports: readonly Port[],
  signal: AbortSignal,
): Promise<LockdownPlan> {
  return currentBackend(azure, machine).planLockdown(azure, await targetOf(azure, machine, ports, signal), signal);
}

/** Writes them, and gives what cannot be closed. */
export async function lockDown(
  azure: Azure,
  machine: MachineId,
  ports: readonly Port[],
  signal: AbortSignal,
): Promise<readonly Stay[]> {
  return currentBackend(azure, machine).lockDown(azure, await targetOf(azure, machine, ports, signal), signal);
}

/** What taking these rules away would open, for these ports or all. */
export async function planPutBack(
  azure: Azure,
  { machine, ports }: PutBackAsk,
  signal: AbortSignal,
): Promise<PutBackPlan> {
  if (!machine) return NO_PUT_BACK;
  const vm = await readPresent(azure, machine, signal);
  return {
    reopenings: await currentBackend(azure, machine).planPutBack(azure, vm, ports, signal),
    stays: [],
    records: [],
  };
}

/** Takes these rules away, for these ports or all. */
export async function putBack(
  azure: Azure,
  { machine, ports }: PutBackAsk,
  signal: AbortSignal,
): Promise<readonly string[]> {
  // What is closed here is told by our rules alone.
  if (!machine) return [];
  const vm = await readPresent(azure, machine, signal);
  await currentBackend(azure, machine).putBack(azure, vm, ports, signal);
  return [];
}

function currentBackend(azure: Azure, machine: MachineId) {
  return backendAt(siteOf(azure, providerIdOf(machine)));
}

async function targetOf(
  azure: Azure,
  machine: MachineId,
  ports: readonly Port[],
  signal: AbortSignal,
): Promise<LockdownTarget> {
  const vm = await readPresent(azure, machine, signal);
  return { vm, ports, standing: async () => (await look(azure, machine, signal)).standing };
}
