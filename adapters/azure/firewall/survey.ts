import type { RouteTable, VirtualNetwork } from '@azure/arm-network';
import type { FirewallFacts } from '../../../src/core/machine/assessment.ts';
import type { Azure } from '../arm/context.ts';
import { type ArmId, armIds, partsOf } from '../arm/ids.ts';
import type { Nic } from '../arm/machine.ts';
import { nearOf, vnetOf } from '../arm/virtual-networks.ts';
import { orDenied } from '../reach/or-unknown.ts';
import { addressOf, type Firewall, hopOf, readFirewall, subnetOf } from './in-front.ts';
import { type LeadingFirewalls, leadingFirewalls } from './leading.ts';
import { hiddenIn, readFirewalls } from './lists.ts';
import { allowsTo } from './through.ts';

interface Survey {
  /** Subscriptions whose firewalls were read, in lower case. */
  readonly sites: ReadonlySet<string>;
  /** The firewall that traffic to these interfaces comes through, with what it lets through to management ports. */
  before(nics: readonly Nic[]): FirewallFacts | undefined;
  /** What stands there, or may, and could not be read. */
  unread(nics: readonly Nic[]): readonly string[];
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
  const lists = await readFirewalls(azure, signal);
  const vnetsById = new Map(vnets.map((vnet) => [(vnet.id ?? '').toLowerCase(), vnet]));
  const around = (subnet: ArmId) => nearOf(vnetOf(subnet), vnetsById.get(vnetOf(subnet)) ?? {});
  const firewalls = new Map<ArmId, Firewall>();
  const unread = new Map<ArmId, readonly string[]>();
  for (const [subnet, hop] of hops) {
    const near = around(subnet).map(({ id }) => id);
    const resource = lists.all.find((one) => addressOf(one) === hop && near.includes(vnetOf(subnetOf(one) ?? '')));
    const known = [...firewalls.values()].find(({ id }) => id === resource?.id?.toLowerCase());
    const firewall = known ?? (resource && (await orDenied(readFirewall(azure, resource, signal))));
    if (firewall) firewalls.set(subnet, firewall);
    else if (resource) unread.set(subnet, [`rules of the firewall ${partsOf(resource.id ?? '').name}`]);
    else
      unread.set(
        subnet,
        [...hiddenIn(around(subnet), lists)].map(({ name }) => `firewalls of the virtual network ${name}`),
      );
  }
  const leading = (nics: readonly Nic[]) => {
    const known = new Map(
      nics.flatMap(({ id, subnets }) => subnets.flatMap((one) => firewalls.get(one.id) ?? []).map((one) => [id, one])),
    );
    return leadingFirewalls(azure, nics, { known, nearOf: around, lists }, signal);
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
  const unreadBefore = (nics: readonly Nic[]) =>
    nics.flatMap(({ subnets }) => subnets.flatMap(({ id }) => unread.get(id) ?? []));
  return { sites: lists.sites, before, unread: unreadBefore, leading };
}
