import { type MachineId, providerIdOf } from '../../src/core/machine.ts';
import { placementKey } from '../../src/core/rule.ts';
import type { Found } from '../../src/ports/cloud.ts';
import type { Subscription } from './clients.ts';
import { type Azure, nowAt } from './context.ts';
import { type ArmId, partsOf } from './ids.ts';
import { type Network, readNetwork } from './network.ts';
import { nsgRulesFound } from './nsg/patrol.ts';
import { allPolicies, orNoPlan, policyRef } from './policy.ts';
import { located, merge, standingIn, type Where } from './reading.ts';
import { type Access, accessesOf, BACKEND, isFor, isLive } from './records.ts';
import { isDefenders } from './rules.ts';

/**
 * Every rule that a record with our mark accounts for, or that bears our name, in all subscriptions. One that cannot be read does not keep the
 * others from being gone through; its error comes last.
 */
export async function* patrol(azure: Azure, signal: AbortSignal): AsyncGenerator<Found> {
  const errors: unknown[] = [];
  for (const site of azure.subscriptions) {
    try {
      yield* await patrolOne(azure, site, signal);
    } catch (error) {
      signal.throwIfAborted();
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
}

async function patrolOne(azure: Azure, site: Subscription, signal: AbortSignal): Promise<readonly Found[]> {
  const policies = site.backend === BACKEND ? ((await orNoPlan(allPolicies(site, signal))) ?? []) : [];
  const accesses = policies.flatMap((policy) => accessesOf(policy, azure.marks));
  const newest = new Map(
    accesses.flatMap((access) => (access.ours ? [[placementKey(access.ours.placement), access]] : [])),
  );
  const network = await readNetwork(site, signal);
  const now = nowAt(azure, site);
  return [
    ...[...newest.values()].flatMap((access) => foundAt(access, accesses, network, now)),
    ...nsgRulesFound(azure, network.groups, network.faces, now),
  ];
}

function foundAt({ ours, machine }: Access, all: readonly Access[], network: Network, now: number): readonly Found[] {
  if (!ours) return [];
  const { placement, until } = ours;
  const { rule } = placement;
  // Somebody else asked for the same: it is theirs as much as ours, and Defender takes it away.
  if (all.some((one) => !one.ours && isLive(one, now) && isFor(one, rule))) return [];
  const own = network.faces.get(machine);
  const where: Where = own ? merge(own) : leftBehind(network, placement.at, machine);
  const near = new Map(where.groups.flatMap((id) => [[id, network.groups.get(id) ?? []]]));
  if (standingIn(near, rule, where.addresses).length === 0) return [];
  return [{ placement: located(placement, where), mark: 'valid', until, fixedEnd: true, cloudNow: now }];
}

/**
 * Of a machine that is gone only the descriptions of Defender's rules still tell which ones were its. One in front of a
 * machine that is there is that one's: in another resource group it may have the same name, and so may its policy.
 */
function leftBehind({ groups, faces }: Network, at: ArmId, machine: MachineId): Where {
  const ending = `for policy '${policyRef(at).name}' of vm '${partsOf(providerIdOf(machine)).name}'.`;
  const there = [...faces.values()].flat();
  const isTaken = (id: ArmId, address: string) =>
    there.some((face) => face.groups.includes(id) && face.addresses.includes(address));
  const left = [...groups].flatMap(([id, rules]) =>
    rules
      .filter((rule) => isDefenders(rule) && rule.description.toLowerCase().endsWith(ending))
      .map(({ destinations }) => ({ groups: [id], addresses: destinations }))
      .filter(({ addresses }) => !addresses.some((address) => isTaken(id, address))),
  );
  return merge(left);
}
