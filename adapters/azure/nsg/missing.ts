import { JitError } from '../../../src/core/errors/errors.ts';
import type { Instant } from '../../../src/core/language/instant.ts';
import { type MachineId, providerIdOf } from '../../../src/core/machine/machine.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import { allowedUntil } from '../../../src/kit/call.ts';
import type { Misplaced } from '../../../src/ports/places.ts';
import { type Azure, nowAt, siteOf } from '../arm/context.ts';
import { partsOf } from '../arm/ids.ts';
import type { SiteNetwork } from '../arm/interfaces.ts';
import { located } from '../arm/location.ts';
import type { Nic } from '../arm/machine.ts';
import { readMachine } from '../arm/reading.ts';
import { allowIn } from './allow.ts';
import {
  allowRulesIn,
  byName,
  type FoundLease,
  type GuardingGroup,
  guardsOf,
  leasesIn,
  locksOf,
} from './lease-rules.ts';
import { ownersAmong } from './patrol.ts';

/** A lease in force, and the groups in front of its machine in which its rule is not: nobody gets in by it. */
interface Missing {
  readonly lease: FoundLease;
  readonly until: Instant;
  readonly guards: readonly GuardingGroup[];
}

/** What was found with each: where the rules of its leases stand is told by no machine once their group was taken off it. */
const leasesOf = new WeakMap<Misplaced, readonly FoundLease[]>();

/**
 * Machines in front of which another group was put after a lease was opened: on the subnet, on an interface, or with one more
 * interface. What lists say is read again for each, as a list may be older than the opening.
 */
export async function* missingIn(azure: Azure, network: SiteNetwork, signal: AbortSignal): AsyncGenerator<Misplaced> {
  const { installation, marks } = azure;
  const known = { installation, marks, placements: new Map(), owners: ownersAmong(network.nics), claims: false };
  const leases = leasesIn(allowRulesIn(network.groups, installation), known);
  for (const [machine, all] of Map.groupBy(leases, ({ placement }) => placement.rule.machine)) {
    if (missingOf(azure, machine, network.nics.get(machine) ?? [], all).length === 0) continue;
    const missing = await readMissing(azure, machine, all, signal);
    const added = [...new Set(missing.flatMap(({ guards }) => guards.map(({ group }) => group)))].sort();
    const [first] = added;
    if (first === undefined) continue;
    const name = added.map((id) => partsOf(id).name).join(', ');
    const found: Misplaced = {
      what: 'missing',
      machine,
      at: machine,
      locks: [...new Set([...added, ...all.flatMap(({ placement }) => placement.locks)])].sort(),
      id: first,
      name,
      error: new JitError('groupsChanged', { machine: partsOf(providerIdOf(machine)).name, group: name }),
      isRepairable: true,
      placements: missing.map(({ lease, guards }) => withGuards(lease.placement, guards)),
    };
    leasesOf.set(found, all);
    yield found;
  }
}

function withGuards(placement: Placement, guards: readonly GuardingGroup[]): Placement {
  const where = { groups: guards.map(({ group }) => group), addresses: guards.flatMap(({ addresses }) => addresses) };
  return { ...located(placement, where), locks: locksOf(placement, where) };
}

/** Writes the rules there too. Throws `azureInTheWay` where nothing can go before what denies the same in the group. */
export async function openMissing(azure: Azure, found: Misplaced, signal: AbortSignal): Promise<void> {
  const { machine } = found;
  const site = siteOf(azure, providerIdOf(machine));
  for (const { lease, until, guards } of await readMissing(azure, machine, leasesOf.get(found) ?? [], signal)) {
    const { placement, description } = lease;
    const { port, source } = placement.rule;
    const allow = { name: placement.id ?? '', placement, until, port, sources: [source], description };
    for (const guard of guards) await allowIn(azure, site, guard, allow, allowedUntil(signal));
  }
}

async function readMissing(
  azure: Azure,
  machine: MachineId,
  leases: readonly FoundLease[],
  signal: AbortSignal,
): Promise<readonly Missing[]> {
  const { installation, marks } = azure;
  const placements = leases.map(({ placement }) => placement);
  const { vm, groups } = await readMachine(azure, machine, placements, signal);
  const known = { installation, marks, placements: byName(placements, installation), owners: () => [], claims: false };
  const now = leasesIn(allowRulesIn(groups, installation), known);
  return missingOf(azure, machine, vm?.nics ?? [], now);
}

function missingOf(
  azure: Azure,
  machine: MachineId,
  nics: readonly Nic[],
  leases: readonly FoundLease[],
): readonly Missing[] {
  const now = nowAt(azure, siteOf(azure, providerIdOf(machine)));
  return leases.flatMap((lease) => {
    const { until, written, placement } = lease;
    if (until === undefined || until <= now || placement.rule.machine !== machine) return [];
    const guards = guardsOf({ nics }, placement.rule.source).filter(
      ({ group }) => !written.some((one) => one.group === group),
    );
    return guards.length > 0 ? [{ lease, until, guards }] : [];
  });
}
