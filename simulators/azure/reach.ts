import ipaddr from 'ipaddr.js';
import { collectionsOf, decidingRule, matches } from './firewall-match.ts';
import type { Firewall } from './firewall-model.ts';
import { publicAddresses } from './firewalls.ts';
import { type Nic, type Snapshot, sameId, type Vm } from './model.ts';
import { judge, type Packet, type Verdict } from './packet.ts';
import { isWithin } from './prefix.ts';
import { balancedWays } from './reach-balancers.ts';
import { connectedVnets } from './tags.ts';
import { vnetIdOf } from './topology-model.ts';

/** Somebody who wants to connect to a machine. */
export interface Approach {
  /** Address that they come from. */
  readonly from: string;
  /** Name of the machine. */
  readonly machine: string;
  /** Port of the machine, not that of a firewall in front of it. */
  readonly port: number;
  readonly protocol?: 'Tcp' | 'Udp';
}

/** One way from a client to a machine's port: where the client connects to, and whether that gets through. */
export interface Way extends Verdict {
  readonly through: 'public address' | 'load balancer' | 'firewall' | 'network';
  readonly address: string;
  readonly port: number;
}

const isV6 = (address: string): boolean => address.includes(':');

const isPrivate = (address: string): boolean => ['private', 'uniqueLocal'].includes(ipaddr.parse(address).range());

/** Address that everything from a subnet is sent to first, by its route table. */
function nextHop(view: Snapshot, subnetId: string): string | undefined {
  const subnet = view.subnets.get(subnetId.toLowerCase());
  const table = view.routeTables.get(subnet?.routeTableId?.toLowerCase() ?? '');
  const hopFor = (prefix: string) =>
    table?.routes.find((r) => r.prefix === prefix && r.nextHopType === 'VirtualAppliance')?.nextHopIp;
  const [low, high] = [hopFor('0.0.0.0/1'), hopFor('128.0.0.0/1')];
  const { hub } = view.vnets.get(vnetIdOf(subnetId).toLowerCase()) ?? {};
  const sent = hub?.sendsDefault ? `the firewall of ${hub.name}` : undefined;
  return low !== undefined && low === high ? low : (hopFor('0.0.0.0/0') ?? sent);
}

/** The firewall that everything from a subnet is sent through. */
export function firewallOnRoute(view: Snapshot, subnetId: string): Firewall | undefined {
  const hop = nextHop(view, subnetId);
  return [...view.firewalls.values()].find((f) => f.privateIp === hop && subnetOf(f) !== undefined);
}

/** The subnet that a firewall is in; none when it is deallocated. */
export function subnetOf({ configurations }: Firewall): string | undefined {
  return configurations.find(({ subnetId }) => subnetId)?.subnetId;
}

/**
 * Addresses of the firewall's instances, which is where a translated packet comes from. They change, so all of them
 * have to be let in; `privateIp` itself belongs to the load balancer in front of them.
 */
function instances({ privateIp }: Firewall): readonly string[] {
  const last = Number(privateIp.slice(privateIp.lastIndexOf('.') + 1));
  return [1, 2].map((n) => privateIp.replace(/\d+$/, String(last + n)));
}

function throughPublicAddress(
  view: Snapshot,
  nic: Nic,
  packet: Packet,
  publicIpId: string | undefined,
): readonly Way[] {
  const ip = view.publicIps.get(publicIpId?.toLowerCase() ?? '');
  if (!ip || isPrivate(packet.from)) return [];
  const way = { through: 'public address', address: ip.address, port: packet.port } as const;
  const hop = isV6(ip.address) ? undefined : nextHop(view, nic.subnetId);
  // The answers would leave through a firewall that knows nothing of the connection, or that is no longer there.
  if (hop !== undefined) return [{ ...way, open: false, by: `answers leave through ${hop}` }];
  return [{ ...way, ...judge(view, nic, packet) }];
}

/** A load balancer keeps the client's address, and answers leave as those of a public address do. */
function throughBalancers(view: Snapshot, nic: Nic, packet: Packet, index: number): readonly Way[] {
  return balancedWays(view, nic, index, packet).flatMap(({ name, address, port, isPublic, to }): readonly Way[] => {
    const way = { through: 'load balancer', address, port } as const;
    const hop = isV6(address) || !isPublic ? undefined : nextHop(view, nic.subnetId);
    if (isPrivate(packet.from) === isPublic || (!isPublic && !isNear(view, nic, packet.from))) return [];
    if (hop !== undefined) return [{ ...way, open: false, by: `answers leave through ${hop}` }];
    const { open, by } = judge(view, nic, { ...packet, to });
    return [{ ...way, open, by: `${name}, ${by}` }];
  });
}

/** Is the client in a network that the interface's is connected with? */
function isNear(view: Snapshot, nic: Nic, from: string): boolean {
  return connectedVnets(view, vnetIdOf(nic.subnetId))
    .flatMap((id) => {
      const vnet = view.vnets.get(id.toLowerCase());
      return [...(vnet?.prefixes ?? []), ...(vnet?.hub?.branches ?? [])];
    })
    .some((prefix) => isWithin(from, prefix));
}

/** An address that Microsoft's list of threats has. */
export const LISTED_THREAT = '192.0.2.66';

/** Threat intelligence comes before all rules; the list of those it leaves alone is an exception to it. */
function isDeniedAsThreat(view: Snapshot, { policyId, settings }: Firewall, from: string): boolean {
  const policy = view.firewallPolicies.get(policyId?.toLowerCase() ?? '');
  const { additionalProperties } = settings as { additionalProperties?: Readonly<Record<string, string>> };
  const never = policy
    ? (policy.neverThreats ?? [])
    : (additionalProperties?.['ThreatIntel.Whitelist.IpAddresses'] ?? '').split(',');
  const mode = policy ? policy.threatIntelMode : settings.threatIntelMode;
  return mode === 'Deny' && from === LISTED_THREAT && !never.includes(from);
}

function throughFirewall(view: Snapshot, firewall: Firewall, nic: Nic, packet: Packet, nowMs: number): readonly Way[] {
  const own = subnetOf(firewall);
  const near = own && connectedVnets(view, vnetIdOf(own)).some((id) => sameId(id, vnetIdOf(nic.subnetId)));
  if (!near || isPrivate(packet.from) || isDeniedAsThreat(view, firewall, packet.from)) return [];
  const collections = collectionsOf(view, firewall, nowMs);
  const protocol = packet.protocol.toUpperCase();
  const addresses = publicAddresses(view, firewall);
  const judged = (path: string): Verdict => {
    // DNAT allows what it translates: in a policy no network rule is asked, in a classic firewall one that denies overrides
    // it ("Azure Firewall rule processing logic"; "Configure rules: DNAT rules implicitly add a corresponding network rule").
    const deny = firewall.policyId ? undefined : decidingRule(collections, { ...packet, protocol });
    if (deny && !deny.allows) return { open: false, by: `${firewall.name}: ${deny.path}` };
    const inside = instances(firewall).map((from) => judge(view, nic, { ...packet, from }));
    const closed = inside.find(({ open }) => !open);
    return closed ?? { open: true, by: `${firewall.name}: ${path}, ${inside[0]?.by}` };
  };
  const translations = collections.filter(({ kind }) => kind === 'nat').flatMap(({ rules }) => rules);
  // The first translation that takes a packet decides where it goes.
  const first = (address: string, port: number) =>
    translations.find((one) => matches(one, { from: packet.from, to: address, port, protocol }));
  return collections
    .filter(({ kind }) => kind === 'nat')
    .flatMap(({ path, rules }) =>
      rules.flatMap((rule) => {
        const [address = ''] = rule.destinations;
        const port = Number(rule.ports[0]);
        const meant = rule.to?.address === packet.to && rule.to.port === packet.port && addresses.includes(address);
        if (!meant || first(address, port) !== rule) return [];
        return [{ through: 'firewall', address, port, ...judged(`${path}/${rule.name}`) } as const];
      }),
    );
}

function throughNetwork(view: Snapshot, nic: Nic, packet: Packet, nowMs: number): readonly Way[] {
  if (!isPrivate(packet.from)) return [];
  const way = { through: 'network', address: packet.to, port: packet.port } as const;
  if (isNear(view, nic, packet.from)) return [{ ...way, ...judge(view, nic, packet) }];
  const firewall = firewallOnRoute(view, nic.subnetId);
  if (!firewall) return [];
  const protocol = packet.protocol.toUpperCase();
  const rule = decidingRule(collectionsOf(view, firewall, nowMs), { ...packet, protocol });
  if (!rule?.allows) return [{ ...way, open: false, by: `${firewall.name}: ${rule?.path ?? 'no rule'}` }];
  const inside = judge(view, nic, packet);
  return [{ ...way, open: inside.open, by: inside.open ? `${firewall.name}: ${rule.path}, ${inside.by}` : inside.by }];
}

/**
 * Every way by which a client could connect to a machine's port at that instant (UTC ms), open or not: its public
 * addresses, DNAT rules of firewalls that match the client, and the networks that the client is in. A client with a
 * private address outside all networks comes from on-premises, and gets in only through a firewall.
 */
export function waysTo(view: Snapshot, nowMs: number, approach: Approach): readonly Way[] {
  const { from, machine, port, protocol = 'Tcp' } = approach;
  const vm: Vm | undefined = [...view.vms.values()].find((one) => sameId(one.name, machine));
  if (!vm) throw new Error(`no machine ${machine}`);
  const nics = [...view.nics.values()].filter((nic) => sameId(nic.vmId, vm.id));
  const ways = nics.flatMap((nic) =>
    nic.addresses
      .map((address, index) => ({ ...address, index }))
      .filter(({ privateIp }) => isV6(privateIp) === isV6(from))
      .flatMap(({ privateIp, publicIpId, index }) => {
        const packet = { from, to: privateIp, port, protocol };
        return [
          ...throughPublicAddress(view, nic, packet, publicIpId),
          ...throughBalancers(view, nic, packet, index),
          ...[...view.firewalls.values()].flatMap((f) => throughFirewall(view, f, nic, packet, nowMs)),
          ...throughNetwork(view, nic, packet, nowMs),
        ];
      }),
  );
  if (vm.power === 'running') return ways;
  return ways.map((way) => ({ ...way, open: false, by: 'the machine is stopped' }));
}
