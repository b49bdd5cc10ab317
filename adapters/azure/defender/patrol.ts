import type { MachineId } from '../../../src/core/machine/machine.ts';
import { placementKey } from '../../../src/core/rule/rule.ts';
import type { Found } from '../../../src/ports/cloud.ts';
import { type Azure, nowAt } from '../arm/context.ts';
import type { ArmId } from '../arm/ids.ts';
import type { SiteNetwork } from '../arm/interfaces.ts';
import { located, mergedLocation, type RuleLocation } from '../arm/location.ts';
import { isDefenders } from '../arm/nsg-rules.ts';
import type { SiteSurvey } from '../backend.ts';
import { allPolicies, isWrittenFor, orNoPlan } from './policy.ts';
import { rulesFor } from './reading.ts';
import { type Access, accessesOf, isFor, isLive } from './records.ts';

/** Every rule of Defender's in a subscription that a record with our mark accounts for. */
export async function rulesFound(
  azure: Azure,
  { site, network, isCurrent }: SiteSurvey,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  // What Defender never wrote it need not be asked about; the role may not even let us.
  if (!isCurrent) return [];
  const policies = (await orNoPlan(allPolicies(site, signal))) ?? [];
  const accesses = policies.flatMap((policy) => accessesOf(policy, azure.marks));
  const newest = new Map(
    accesses.flatMap((access) => (access.ours ? [[placementKey(access.ours.placement), access]] : [])),
  );
  const now = nowAt(azure, site);
  return [...newest.values()].flatMap((access) => foundAt(access, accesses, network, now));
}

function foundAt(
  { ours, machine }: Access,
  all: readonly Access[],
  network: SiteNetwork,
  now: number,
): readonly Found[] {
  if (!ours) return [];
  const { placement, until } = ours;
  const { rule } = placement;
  // Somebody else asked for the same: it is theirs as much as ours, and Defender takes it away.
  if (all.some((one) => !one.ours && isLive(one, now) && isFor(one, rule))) return [];
  const own = network.nics.get(machine);
  const location: RuleLocation = own ? mergedLocation(own) : leftBehind(network, placement.at, machine);
  const near = new Map(location.groups.flatMap((id) => [[id, network.groups.get(id) ?? []]]));
  if (rulesFor(near, rule, location.addresses).length === 0) return [];
  return [{ placement: located(placement, location), mark: 'valid', until, fixedEnd: true, cloudNow: now }];
}

/**
 * Of a machine that is gone only the descriptions of Defender's rules still tell which ones were its. One in front of a
 * machine that is there is that one's: in another resource group it may have the same name, and so may its policy.
 */
function leftBehind({ groups, nics }: SiteNetwork, at: ArmId, machine: MachineId): RuleLocation {
  const there = [...nics.values()].flat();
  const isTaken = (id: ArmId, address: string) =>
    there.some((nic) => nic.groups.includes(id) && nic.addresses.includes(address));
  const left = [...groups].flatMap(([id, rules]) =>
    rules
      .filter((rule) => isDefenders(rule) && isWrittenFor(rule, { policy: at, machine }))
      .map(({ destinations }) => ({ groups: [id], addresses: destinations }))
      .filter(({ addresses }) => !addresses.some((address) => isTaken(id, address))),
  );
  return mergedLocation(left);
}
