import { JitError } from '../../src/core/errors.ts';
import { SECOND_MS } from '../../src/core/instant.ts';
import { type MachineId, providerIdOf } from '../../src/core/machine.ts';
import type { Placement } from '../../src/core/rule.ts';
import type { Allowed, Subscription } from './clients.ts';
import { type Azure, nowAt, siteOf } from './context.ts';
import { CLOUD, isLocked, isNotFound, isSilent } from './errors.ts';
import { type ArmId, partsOf } from './ids.ts';
import { readVm } from './machine.ts';
import { merge, type Reading, readAccesses, readGroups, type Spot, spotOf, whereNow, whereOf } from './reading.ts';
import { isPending } from './records.ts';

/** How often it is looked whether the rules are gone, and at what distance. */
const TRIES = 10;
const BETWEEN_MS = SECOND_MS;

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
  const [vm, accesses] = await Promise.all([
    settle(readVm(site, machine, signal)),
    readAccesses(azure, site, machine, placements, signal),
  ]);
  const now = vm.ok && vm.value ? [whereNow(vm.value)] : [];
  const { groups: ids, addresses } = merge([...placements.map(whereOf), ...now]);
  const spots = async (): Promise<readonly Spot[]> => {
    const groups = await readGroups(site, ids, signal);
    const reading: Reading = { site, accesses, groups, addresses, now: nowAt(azure, site) };
    return placements.map((placement) => spotOf(reading, placement));
  };
  const found = await spots();
  await clear(azure, site, found, spots, allowed);
  // Where the machine's own groups could not be read, a rule may be left in one that it got meanwhile.
  if (!vm.ok) throw vm.error;
  const coming = found.some(({ ours }) => ours && isPending(ours, nowAt(azure, site)));
  // Asked for, and not written yet: there will be something to close.
  if (coming) throw new JitError('cloudBusy', { cloud: CLOUD }, { retryAfterMs: 2 * SECOND_MS });
}

/** Deletes until nothing of ours is there. */
async function clear(
  azure: Azure,
  site: Subscription,
  found: readonly Spot[],
  again: () => Promise<readonly Spot[]>,
  allowed: Allowed,
): Promise<void> {
  let left = unwanted(found);
  let trouble: unknown = new JitError('cloudBusy', { cloud: CLOUD });
  for (let tries = 1; left.length > 0; tries += 1) {
    if (tries > TRIES) throw trouble;
    if (tries > 1) await azure.pause(BETWEEN_MS, allowed.signal);
    const byGroup = Map.groupBy(left, ({ group }) => group);
    const done = await Promise.allSettled(
      [...byGroup].map(([group, rules]) =>
        deleteFrom(
          site,
          group,
          rules.map(({ name }) => name),
          allowed,
        ),
      ),
    );
    const failed = done.find((one) => one.status === 'rejected');
    // What was not answered may have been done, and a group that somebody else writes to is free again soon.
    if (failed) {
      if (!isLocked(failed.reason) && !isSilent(failed.reason)) throw failed.reason;
      trouble = failed.reason;
    }
    left = unwanted(await again());
    if (left.length > 0 && isSilent(trouble)) throw trouble;
  }
}

/** A rule that somebody else has asked for too is left to them; Defender takes it away at the later end. */
function unwanted(spots: readonly Spot[]): readonly { readonly group: ArmId; readonly name: string }[] {
  return spots.flatMap(({ standing, foreign }) => (foreign ? [] : standing));
}

/** One after the other: a group takes one write at a time. It is read back, so the end of the operation is not waited for. */
async function deleteFrom(site: Subscription, id: ArmId, names: readonly string[], allowed: Allowed): Promise<void> {
  const { group, name } = partsOf(id);
  for (const rule of names) {
    try {
      await site.change(allowed, ({ network }, options) =>
        network.securityRules.delete(group, name, rule, options).submitted(),
      );
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}

type Settled<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown };

async function settle<T>(work: Promise<T>): Promise<Settled<T>> {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    return { ok: false, error };
  }
}
