import { type MachineId, providerIdOf } from '../../src/core/machine/machine.ts';
import type { Port } from '../../src/core/rule/port.ts';
import type { MachineState, Protection } from '../../src/ports/cloud.ts';
import { type Azure, siteOf } from './arm/context.ts';
import { readPresent } from './arm/reading.ts';
import { backendAt } from './backends.ts';
import { look } from './observe.ts';

/** Makes a machine protected at these ports, as its subscription's backend does it. */
export async function protect(
  azure: Azure,
  machine: MachineId,
  protection: Protection,
  signal: AbortSignal,
): Promise<MachineState> {
  const vm = await readPresent(azure, machine, signal);
  await backendAt(siteOf(azure, providerIdOf(machine))).protect(azure, vm, protection, signal);
  return look(azure, machine, signal);
}

/** Takes away what protecting wrote, for these ports or all. */
export async function unprotect(
  azure: Azure,
  machine: MachineId,
  ports: readonly Port[] | undefined,
  signal: AbortSignal,
): Promise<MachineState> {
  const vm = await readPresent(azure, machine, signal);
  await backendAt(siteOf(azure, providerIdOf(machine))).unprotect(azure, vm, ports, signal);
  return look(azure, machine, signal);
}
