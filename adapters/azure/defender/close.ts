import { JitError } from '../../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import { type MachineId, providerIdOf } from '../../../src/core/machine/machine.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import { allOf, outcomeOf } from '../../../src/kit/outcome.ts';
import { type Azure, nowAt, siteOf } from '../arm/context.ts';
import { deleteUntilGone } from '../arm/delete-rules.ts';
import { type GroupRule, readGroups } from '../arm/groups.ts';
import { locationNow, locationOf, mergedLocation, type RuleLocation } from '../arm/location.ts';
import { readVm } from '../arm/machine.ts';
import { CLOUD } from '../errors.ts';
import { accessAt, type FoundAccess, readAccesses } from './reading.ts';
import { isPending } from './records.ts';

/**
 * Takes Defender's allow rules away, by where they were placed and by where the machine is now. Defender has no verb for
 * it, and is never asked again: an initiate opens. Its record says `Initiated` until its end.
 */
export async function close(azure: Azure, placements: readonly Placement[], allowed: Allowed): Promise<void> {
  const machines = [...Map.groupBy(placements, ({ rule }) => rule.machine)];
  await allOf(machines, ([machine, those]) => closeOn(azure, machine, those, allowed));
}

async function closeOn(
  azure: Azure,
  machine: MachineId,
  placements: readonly Placement[],
  allowed: Allowed,
): Promise<void> {
  const { signal } = allowed;
  const site = siteOf(azure, providerIdOf(machine));
  const reading = outcomeOf(() => readVm(site, machine, signal));
  const asking = outcomeOf(() => readAccesses(azure, site, { machine, placements }, signal));
  const takeFrom = async ({ groups: ids, addresses }: RuleLocation): Promise<readonly FoundAccess[]> => {
    const look = async () => {
      const [groups, records] = await Promise.all([readGroups(site, ids, signal), asking]);
      // NB. Without the records nobody can tell whether somebody else asked for the very same in the portal. We had these rules
      // written, and nothing may stay open past its time: they go, and whoever still needs one asks again.
      const where = { accesses: records.ok ? records.value : [], groups, addresses, now: nowAt(azure, site) };
      return placements.map((placement) => accessAt(where, placement));
    };
    const found = await look();
    await deleteUntilGone(azure, site, { found: unwanted(found), again: async () => unwanted(await look()) }, allowed);
    return found;
  };
  // Where they were placed they go first: the machine itself is read meanwhile, one call after the other.
  const before = mergedLocation(placements.map(locationOf));
  let found = await takeFrom(before);
  const [vm, records] = await Promise.all([reading, asking]);
  const whole = mergedLocation([before, ...(vm.ok && vm.value ? [locationNow(vm.value)] : [])]);
  if (isMore(whole, before)) found = await takeFrom(whole);
  // Where the machine's own groups could not be read, a rule may be left in one that it got meanwhile.
  if (!vm.ok) throw vm.error;
  if (!records.ok) throw records.error;
  const coming = found.some(({ ours }) => ours && isPending(ours, nowAt(azure, site)));
  // Asked for, and not written yet: there will be something to close.
  if (coming) throw new JitError('cloudBusy', { cloud: CLOUD }, { retryAfterMs: 2 * SECOND_MS });
}

function isMore(one: RuleLocation, other: RuleLocation): boolean {
  return one.groups.length > other.groups.length || one.addresses.length > other.addresses.length;
}

/** A rule that somebody else has asked for too is left to them; Defender takes it away at the later end. */
function unwanted(all: readonly FoundAccess[]): readonly GroupRule[] {
  return all.flatMap(({ written, foreign }) => (foreign ? [] : written));
}
