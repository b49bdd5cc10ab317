import { JitError } from '../../../src/core/errors/errors.ts';
import type { Instant } from '../../../src/core/language/instant.ts';
import { type MachineId, providerIdOf } from '../../../src/core/machine/machine.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import type { Subscription } from './clients.ts';
import { type Azure, nowAt, siteOf } from './context.ts';
import { type Groups, readFlushing } from './groups.ts';
import { type ArmId, partsOf } from './ids.ts';
import { locationNow, locationOf, mergedLocation } from './location.ts';
import { readVm, type Vm } from './machine.ts';

/** What one look at a machine and the groups in front of it showed. */
export interface MachineReading {
  readonly site: Subscription;
  readonly now: Instant;
  /** Undefined when the machine is gone. */
  readonly vm?: Vm;
  /** Groups where its rules were placed and those it has now, as far as they are there. */
  readonly groups: Groups;
  /** Those of the groups that look at open connections again when their rules change. */
  readonly flushing: ReadonlySet<ArmId>;
  /** Addresses that it had when it was placed, and those it has now. */
  readonly addresses: readonly string[];
}

/** Reads a machine as it is, and the groups in front of it and at these placements; throws where one may not be read. */
export async function readMachine(
  azure: Azure,
  machine: MachineId,
  placements: readonly Placement[],
  signal: AbortSignal,
): Promise<MachineReading> {
  const site = siteOf(azure, providerIdOf(machine));
  return readAround(azure, { site, vm: await readVm(site, machine, signal) }, placements, signal);
}

interface Around {
  readonly site: Subscription;
  readonly vm: Vm | undefined;
  /** How a group is read; throws for one that may not be read unless told otherwise. */
  readonly read?: Parameters<typeof readFlushing>[3];
}

/** The groups in front of a machine that was read, and at these placements. */
export async function readAround(
  azure: Azure,
  { site, vm, read }: Around,
  placements: readonly Placement[],
  signal: AbortSignal,
): Promise<MachineReading> {
  const { groups: ids, addresses } = mergedLocation([...placements.map(locationOf), ...(vm ? [locationNow(vm)] : [])]);
  const { groups, flushing } = await readFlushing(site, ids, signal, read);
  return { site, now: nowAt(azure, site), ...(vm ? { vm } : {}), groups, flushing, addresses };
}

/** The machine as it is now. Throws `machineGone`. */
export async function readPresent(azure: Azure, machine: MachineId, signal: AbortSignal): Promise<Vm> {
  return present(await readVm(siteOf(azure, providerIdOf(machine)), machine, signal), machine);
}

/** Throws `machineGone` for a machine that is not there. */
export function present(vm: Vm | undefined, machine: MachineId): Vm {
  if (!vm) throw new JitError('machineGone', { machine: partsOf(machine).name });
  return vm;
}
