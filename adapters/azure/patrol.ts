import { type MachineId, providerIdOf } from '../../src/core/machine/machine.ts';
import { placementKey } from '../../src/core/rule/rule.ts';
import type { Found } from '../../src/ports/cloud.ts';
import type { Subscription } from './arm/clients.ts';
import { type Azure, nowAt } from './arm/context.ts';
import { type ArmId, partsOf } from './arm/ids.ts';
import { type Network, readNetwork } from './arm/interfaces.ts';
import { isDefenders } from './arm/nsg-rules.ts';
import { located, merge, type RuleLocation, standingIn } from './arm/reading.ts';
import { allPolicies, orNoPlan, policyRef } from './defender/policy.ts';
import { type Access, accessesOf, BACKEND, isFor, isLive } from './defender/records.ts';
import { firewallRulesFound, readRuleSources } from './firewall/patrol.ts';
import type { RuleSource } from './firewall/rule-source.ts';
import { BACKEND as NSG } from './nsg/names.ts';
import { nsgRulesFound } from './nsg/patrol.ts';

/**
 * Every rule that a record with our mark accounts for, or that bears our name, in all subscriptions. One that cannot be read does not keep the
 * others from being gone through; its error comes last.
 */
export async function* patrol(azure: Azure, signal: AbortSignal): AsyncGenerator<Found> {
  const errors: unknown[] = [];
  const networks: Network[] = [];
  const ruleSources: RuleSource[] = [];
  for (const site of azure.subscriptions) {
    try {
      const { found, network } = await patrolOne(azure, site, signal);
      networks.push(network);
      yield* found;
      if (site.backend === NSG) ruleSources.push(...(await readRuleSources(azure, site, signal)));
    } catch (error) {
      signal.throwIfAborted();
      errors.push(error);
    }
  }
  // A firewall may be in another subscription than the machines behind it.
  yield* firewallRulesFound(azure, ruleSources, networks, networks.length === azure.subscriptions.length);
  if (errors.length > 0) throw errors[0];
}

async function patrolOne(
  azure: Azure,
  site: Subscription,
  signal: AbortSignal,
): Promise<{ readonly found: readonly Found[]; readonly network: Network }> {
  const policies = site.backend === BACKEND ? ((await orNoPlan(allPolicies(site, signal))) ?? []) : [];
  const accesses = policies.flatMap((policy) => accessesOf(policy, azure.marks));
  const newest = new Map(
    accesses.flatMap((access) => (access.ours ? [[placementKey(access.ours.placement), access]] : [])),
  );
  const network = await readNetwork(site, signal);
  const now = nowAt(azure, site);
  const found = [
    ...[...newest.values()].flatMap((access) => foundAt(access, accesses, network, now)),
    ...nsgRulesFound(azure, network.groups, network.nics, now),
  ];
  return { found, network };
}

function foundAt({ ours, machine }: Access, all: readonly Access[], network: Network, now: number): readonly Found[] {
  if (!ours) return [];
  const { placement, until } = ours;
  const { rule } = placement;
  // Somebody else asked for the same: it is theirs as much as ours, and Defender takes it away.
  if (all.some((one) => !one.ours && isLive(one, now) && isFor(one, rule))) return [];
  const own = network.nics.get(machine);
  const where: RuleLocation = own ? merge(own) : leftBehind(network, placement.at, machine);
  const near = new Map(where.groups.flatMap((id) => [[id, network.groups.get(id) ?? []]]));
  if (standingIn(near, rule, where.addresses).length === 0) return [];
  return [{ placement: located(placement, where), mark: 'valid', until, fixedEnd: true, cloudNow: now }];
}

/**
 * Of a machine that is gone only the descriptions of Defender's rules still tell which ones were its. One in front of a
 * machine that is there is that one's: in another resource group it may have the same name, and so may its policy.
 */
function leftBehind({ groups, nics }: Network, at: ArmId, machine: MachineId): RuleLocation {
  const ending = `for policy '${policyRef(at).name}' of vm '${partsOf(providerIdOf(machine)).name}'.`;
  const there = [...nics.values()].flat();
  const isTaken = (id: ArmId, address: string) =>
    there.some((nic) => nic.groups.includes(id) && nic.addresses.includes(address));
  const left = [...groups].flatMap(([id, rules]) =>
    rules
      .filter((rule) => isDefenders(rule) && rule.description.toLowerCase().endsWith(ending))
      .map(({ destinations }) => ({ groups: [id], addresses: destinations }))
      .filter(({ addresses }) => !addresses.some((address) => isTaken(id, address))),
  );
  return merge(left);
}
