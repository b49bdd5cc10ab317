import type { AzureFirewall } from '@azure/arm-network';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import { Recent } from '../../../src/kit/recent.ts';
import type { Azure } from '../arm/context.ts';
import { type ArmId, partsOf } from '../arm/ids.ts';
import type { Nic, Vm } from '../arm/machine.ts';
import { type NearNetwork, vnetOf } from '../arm/virtual-networks.ts';
import type { FirewallInPath } from '../reach/model.ts';
import type { Networks } from '../reach/networks.ts';
import { orDenied } from '../reach/or-unknown.ts';
import { type Firewall, readWithoutAddresses, subnetOf } from './in-front.ts';
import { type FirewallLists, hiddenIn, readFirewalls, unreadFirewall } from './lists.ts';
import type { FirewallRule } from './rules.ts';
import { withoutLeases } from './through.ts';

/** Firewalls by which packets may come to an interface, whatever its routes say: answers to what one translates go back to it. */
export type LeadingFirewalls = ReadonlyMap<ArmId, readonly FirewallInPath<FirewallRule>[]>;

const KEPT_MS = 10 * SECOND_MS;
const recentLists = new Recent<FirewallLists>(KEPT_MS);
const recentFirewalls = new Recent<FirewallInPath<FirewallRule> | undefined>(KEPT_MS);

interface Surroundings {
  /** Those that stand in the interfaces' way, as they were just read. */
  readonly known: ReadonlyMap<ArmId, Firewall>;
  /** The networks that a subnet's is connected with, itself too. */
  readonly nearOf: (subnet: ArmId) => readonly NearNetwork[];
  /** Every firewall there is, where it was read already. */
  readonly lists?: FirewallLists;
}

/**
 * Reads them: those in networks that are connected with the interface's, and those in virtual hubs, of which the pages do not
 * say which networks they serve. Where a network is in a subscription that could not be read, there may be some in it.
 */
export async function leadingFirewalls(
  azure: Azure,
  nics: readonly Nic[],
  { known, nearOf, lists: given }: Surroundings,
  signal: AbortSignal,
): Promise<LeadingFirewalls> {
  const lists = given ?? (await listed(azure, signal));
  const found = await Promise.all(
    nics.map(async (nic): Promise<readonly [ArmId, readonly FirewallInPath<FirewallRule>[]]> => {
      const own = known.get(nic.id);
      const others = lists.all.filter(({ id }) => id?.toLowerCase() !== own?.id);
      const near = [
        ...new Map(nic.subnets.flatMap((subnet) => nearOf(subnet.id)).map((one) => [one.id, one])).values(),
      ];
      const isNear = (one: AzureFirewall) => near.some(({ id }) => id === vnetOf(subnetOf(one) ?? ''));
      const read = await Promise.all(
        others.filter((one) => isHub(one) || isNear(one)).map((one) => readOne(azure, one, signal)),
      );
      const all = [...(own ? [withoutLeases(own)] : []), ...read.flatMap((one) => one ?? [])];
      return [nic.id, [...all, ...hiddenIn(near, lists)]];
    }),
  );
  return new Map(found);
}

/** Those of one machine, whose networks were read. */
export function leadingTo(
  azure: Azure,
  { nics }: Pick<Vm, 'nics'>,
  { known, networks }: { readonly known: Surroundings['known']; readonly networks: Networks },
  signal: AbortSignal,
): Promise<LeadingFirewalls> {
  const nearOf = (subnet: ArmId) => networks.get(subnet)?.near ?? [];
  return leadingFirewalls(azure, nics, { known, nearOf }, signal);
}

function listed(azure: Azure, signal: AbortSignal): Promise<FirewallLists> {
  return recentLists.read(azure, 'all', (shared) => readFirewalls(azure, shared), signal);
}

function isHub({ virtualHub }: AzureFirewall): boolean {
  return virtualHub?.id !== undefined;
}

function readOne(
  azure: Azure,
  firewall: AzureFirewall,
  signal: AbortSignal,
): Promise<FirewallInPath<FirewallRule> | undefined> {
  const id = (firewall.id ?? '').toLowerCase();
  const { name } = partsOf(id);
  return recentFirewalls.read(
    azure,
    `${id} ${firewall.etag}`,
    async (shared) => {
      const read = await orDenied(readWithoutAddresses(azure, firewall, shared));
      const path = read && withoutLeases(read);
      if (!path) return unreadFirewall(name, `the rules of the firewall ${name}, which could not be read`);
      return isHub(firewall) ? { ...path, doubt: `whether the virtual hub of the firewall ${name} leads there` } : path;
    },
    signal,
  );
}
