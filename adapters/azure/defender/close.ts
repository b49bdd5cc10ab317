import { JitError } from '../../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import { type MachineId, providerIdOf } from '../../../src/core/machine/machine.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import type { Allowed } from '../arm/clients.ts';
import { type Azure, nowAt, siteOf } from '../arm/context.ts';
import { deleteUntilGone } from '../arm/delete-rules.ts';
import { readVm } from '../arm/machine.ts';
import {
  type GroupRule,
  merge,
  readAccesses,
  readGroups,
  type Spot,
  spotOf,
  whereNow,
  whereOf,
} from '../arm/reading.ts';
import { settle } from '../arm/settle.ts';
import { CLOUD } from '../errors.ts';
import { isPending } from './records.ts';

/**
 * Takes Defender's allow rules away, by where they were placed and by where the machine is now. Defender has no verb for
 * it, and is never asked again: an initiate opens. Its record says `Initiated` until its end.
 */
export async function close(azure: Azure, placements: readonly Placement[], allowed: Allowed): Promise<void> {
  const machines = [...Map.groupBy(placements, ({ rule }) => rule.machine)];
  const done = await Promise.allSettled(machines.map(([machine, those]) => closeOn(azure, machine, those, allowed)));
  const failed = done.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

async function closeOn(
  azure: Azure,
  machine: MachineId,
  placements: readonly Placement[],
  allowed: Allowed,
): Promise<void> {
  const { signal } = allowed;
  const site = siteOf(azure, providerIdOf(machine));
  const [vm, records] = await Promise.all([
    settle(readVm(site, machine, signal)),
    settle(readAccesses(azure, site, machine, placements, signal)),
  ]);
  // NB. Without the records nobody can tell whether somebody else asked for the very same in the portal. We had these rules
  // written, and nothing may stay open past its time: they go, and whoever still needs one asks again.
  const accesses = records.ok ? records.value : [];
  const now = vm.ok && vm.value ? [whereNow(vm.value)] : [];
  const { groups: ids, addresses } = merge([...placements.map(whereOf), ...now]);
  const spots = async (): Promise<readonly Spot[]> => {
    const groups = await readGroups(site, ids, signal);
    const reading = { accesses, groups, addresses, now: nowAt(azure, site) };
    return placements.map((placement) => spotOf(reading, placement));
  };
  const found = await spots();
  await deleteUntilGone(azure, site, unwanted(found), async () => unwanted(await spots()), allowed);
  // Where the machine's own groups could not be read, a rule may be left in one that it got meanwhile.
  if (!vm.ok) throw vm.error;
  if (!records.ok) throw records.error;
  const coming = found.some(({ ours }) => ours && isPending(ours, nowAt(azure, site)));
  // Asked for, and not written yet: there will be something to close.
  if (coming) throw new JitError('cloudBusy', { cloud: CLOUD }, { retryAfterMs: 2 * SECOND_MS });
}

/** A rule that somebody else has asked for too is left to them; Defender takes it away at the later end. */
function unwanted(spots: readonly Spot[]): readonly GroupRule[] {
  return spots.flatMap(({ standing, foreign }) => (foreign ? [] : standing));
}
