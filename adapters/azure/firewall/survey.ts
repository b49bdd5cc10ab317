import type { RouteTable, VirtualNetwork } from '@azure/arm-network';
import type { FirewallFacts } from '../../../src/core/machine/assessment.ts';
import type { Azure } from '../arm/context.ts';
import { type ArmId, armIds } from '../arm/ids.ts';
import type { Nic } from '../arm/machine.ts';
import { peersOf, vnetOf } from '../arm/virtual-networks.ts';
import { allowsTo } from './evaluate.ts';
import { addressOf, type Firewall, hopOf, readFirewall, readFirewalls, subnetOf } from './in-front.ts';

/** The firewall that traffic to these interfaces comes through, with what it lets through to management ports. */
type FirewallOf = (nics: readonly Nic[]) => FirewallFacts | undefined;

/**
 * Knows the firewalls in front of all machines of a subscription by its lists, and one reading for each firewall that a route
 * leads to.
 */
export async function surveyFirewalls(
  azure: Azure,
  { vnets, tables }: { readonly vnets: readonly VirtualNetwork[]; readonly tables: readonly RouteTable[] },
  signal: AbortSignal,
): Promise<FirewallOf> {
  const hops = new Map<ArmId, string>();
  for (const table of tables) {
    const hop = hopOf(table);
    if (hop) for (const subnet of armIds((table.subnets ?? []).map(({ id }) => id))) hops.set(subnet, hop);
  }
  if (hops.size === 0) return () => undefined;
  const resources = await readFirewalls(azure, signal);
  const peers = new Map(vnets.map((vnet) => [(vnet.id ?? '').toLowerCase(), peersOf(vnet)]));
  const firewalls = new Map<ArmId, Firewall>();
  for (const [subnet, hop] of hops) {
    const near = [vnetOf(subnet), ...(peers.get(vnetOf(subnet)) ?? [])];
    const resource = resources.find((one) => addressOf(one) === hop && near.includes(vnetOf(subnetOf(one) ?? '')));
    const known = [...firewalls.values()].find(({ id }) => id === resource?.id?.toLowerCase());
    const firewall = known ?? (resource && (await readFirewall(azure, resource, signal)));
    if (firewall) firewalls.set(subnet, firewall);
  }
  return (nics) => {
    const behind = nics.flatMap(({ subnets, addresses }) =>
      subnets.flatMap(({ id }) => {
        const firewall = firewalls.get(id);
        return firewall ? [{ firewall, addresses }] : [];
      }),
    );
    const [first] = behind;
    return (
      first && {
        name: first.firewall.name,
        allows: behind.flatMap(({ firewall, addresses }) => allowsTo(firewall, addresses)),
        unread: behind.flatMap(({ firewall }) => firewall.unread ?? []),
      }
    );
  };
}
