import type { RouteTable, VirtualNetwork } from '@azure/arm-network';
import type { FirewallFacts } from '../../../src/core/machine/assessment.ts';
import type { Azure } from '../arm/context.ts';
import { type ArmId, armIds } from '../arm/ids.ts';
import type { Nic } from '../arm/machine.ts';
import { peersOf, vnetOf } from '../arm/virtual-networks.ts';
import { addressOf, type Firewall, hopOf, readFirewall, readFirewalls, subnetOf } from './in-front.ts';
import { type LeadingFirewalls, leadingFirewalls, readableFirewalls } from './leading.ts';
import { allowsTo } from './through.ts';

interface Survey {
  /** The firewall that traffic to these interfaces comes through, with what it lets through to management ports. */
  before(nics: readonly Nic[]): FirewallFacts | undefined;
  /** All by which packets may come to them. */
  leading(nics: readonly Nic[]): Promise<LeadingFirewalls>;
}

/**
 * Knows the firewalls in front of all machines of a subscription by its lists, and one reading for each firewall that a route
 * leads to.
 */
export async function surveyFirewalls(
  azure: Azure,
  { vnets, tables }: { readonly vnets: readonly VirtualNetwork[]; readonly tables: readonly RouteTable[] },
  signal: AbortSignal,
): Promise<Survey> {
  const hops = new Map<ArmId, string>();
  for (const table of tables) {
    const hop = hopOf(table);
    if (hop) for (const subnet of armIds((table.subnets ?? []).map(({ id }) => id))) hops.set(subnet, hop);
  }
  const resources = await (hops.size > 0 ? readFirewalls : readableFirewalls)(azure, signal);
  const peers = new Map(vnets.map((vnet) => [(vnet.id ?? '').toLowerCase(), peersOf(vnet)]));
  const firewalls = new Map<ArmId, Firewall>();
  for (const [subnet, hop] of hops) {
    const near = [vnetOf(subnet), ...(peers.get(vnetOf(subnet)) ?? [])];
    const resource = resources.find((one) => addressOf(one) === hop && near.includes(vnetOf(subnetOf(one) ?? '')));
    const known = [...firewalls.values()].find(({ id }) => id === resource?.id?.toLowerCase());
    const firewall = known ?? (resource && (await readFirewall(azure, resource, signal)));
    if (firewall) firewalls.set(subnet, firewall);
  }
  const nearOf = async (vnet: ArmId) => [vnet, ...(peers.get(vnet) ?? [])];
  const leading = (nics: readonly Nic[]) => {
    const known = new Map(
      nics.flatMap(({ id, subnets }) => subnets.flatMap((one) => firewalls.get(one.id) ?? []).map((one) => [id, one])),
    );
    return leadingFirewalls(azure, nics, { known, nearOf, all: resources }, signal);
  };
  const before = (nics: readonly Nic[]) => {
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
        unread: behind.flatMap(({ firewall: { path } }) => ('unknown' in path.rules ? path.rules.unknown : [])),
      }
    );
  };
  return { before, leading };
}
