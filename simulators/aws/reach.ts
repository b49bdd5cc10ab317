import ipaddr from 'ipaddr.js';
import type { AclEntry, Interface, Peer, Route, Rule } from './model.ts';
import { effectiveBlock } from './public-access.ts';
import type { Region } from './region.ts';

/** Somebody who wants to connect to a machine. */
export interface Approach {
  /** Address that they come from. */
  readonly from: string;
  /** Name of the machine, or its instance id. */
  readonly machine: string;
  readonly port: number;
  readonly protocol?: 'tcp' | 'udp';
  /** Port that they come from; one that all common systems choose unless told. */
  readonly fromPort?: number;
  /** Does the packet alone get there, whatever becomes of the answer? Harm needs no answer. */
  readonly oneWay?: boolean;
}

interface Packet extends Required<Omit<Approach, 'machine'>> {
  readonly family: 'ipv4' | 'ipv6';
}

/** Over the Internet gateway, or privately. */
type Way = 'internet' | 'network';

const NUMBERS = { tcp: '6', udp: '17' } as const;
const USUAL_PORT = 50_000;
/** What the Internet gateway drops ("Internet gateways drop packets from private sources", Reachability Analyzer). */
const OWN = new Set(['private', 'carrierGradeNat', 'uniqueLocal', 'linkLocal', 'loopback']);

/** Does a packet get to a port of a running machine, at any of its addresses, and the answer back? */
export function isReached(regions: Iterable<Region>, approach: Approach): boolean {
  const { from, machine, port, protocol = 'tcp', fromPort = USUAL_PORT, oneWay = false } = approach;
  const packet: Packet = { from, port, protocol, fromPort, oneWay, family: from.includes(':') ? 'ipv6' : 'ipv4' };
  for (const region of regions)
    for (const { id, state, tags } of region.instances.all()) {
      if (state !== 'running' || (id !== machine && tags.get('Name') !== machine)) continue;
      const interfaces = region.interfaces.by('instance', id);
      // What a machine sends to itself never leaves it.
      if (interfaces.some(({ privateIp, ipv6 }) => [privateIp, ...ipv6].includes(from))) continue;
      if (interfaces.some((one) => isReachedAt(region, one, packet))) return true;
    }
  return false;
}

function isReachedAt(region: Region, one: Interface, packet: Packet): boolean {
  const { from, family, oneWay } = packet;
  const subnet = region.subnets.get(one.subnetId);
  const own = family === 'ipv6' ? one.ipv6 : [one.privateIp].filter(Boolean);
  if (!subnet || own.length === 0) return false;
  const routes = routesOf(region, one);
  // A packet between two interfaces of one subnet meets neither a network ACL nor a route ("Network ACL basics").
  const isNear = [subnet.cidr, subnet.ipv6Cidr ?? ''].some((cidr) => isIn(from, cidr));
  return waysOf(routes, one, packet).some((way) => {
    if (way === 'internet' && !gatewayLets(region, one, packet)) return false;
    if (!isNear && !aclLets(region, one, false, packet, packet.port)) return false;
    if (!one.groups.some((group) => groupLets(region, group, way, packet))) return false;
    // Security groups know the connection; network ACLs do not, and answers go to the port that the client chose.
    return isNear || oneWay || (aclLets(region, one, true, packet, packet.fromPort) && isAnswered(routes, way, packet));
  });
}

/**
 * The Internet gateway of the VPC, which VPC Block Public Access may close ("Block public access to VPCs and subnets"), and
 * whose own route table may send packets to an appliance ("Gateway route tables"): the ones here drop everything.
 */
function gatewayLets(
  region: Region,
  { vpcId, subnetId, deniesGateway = false, ...one }: Interface,
  { family }: Packet,
) {
  const gateways = [...region.gateways.all()].filter((gateway) => gateway.vpcId === vpcId).map(({ id }) => id);
  if (gateways.length === 0 || effectiveBlock(region, [subnetId, vpcId]) !== 'off') return false;
  // "DenyAllIgwTraffic" (NetworkInterface, Amazon EC2 API reference).
  if (family === 'ipv6' && deniesGateway) return false;
  const edge = region.routeTables
    .by('vpc', vpcId)
    .find(({ gatewayIds = [] }) => gatewayIds.some((id) => gateways.includes(id)));
  const to = family === 'ipv6' ? (one.ipv6[0] ?? '') : one.privateIp;
  const target = longest(edge?.routes ?? [], to)?.target;
  return target === undefined || target === 'local';
}

/** What leads to other networks: the VPC, peerings, transit and private gateways, Outposts, Cloud WAN. */
const TO_NETWORKS = /^(?:local$|pcx-|tgw-|vgw-|lgw-|arn:)/;
/** The same without the VPC, and peerings, over which only the other VPC comes ("Edge to edge routing"). */
const TO_ANYWHERE = /^(?:tgw-|vgw-|lgw-|arn:)/;
/** Appliances of the customer: those here hand on what comes from where they lead to. */
const TO_APPLIANCE = /^(?:eni-|vpce-)/;

/** Through the gateway, to a public address; or from the VPC, and networks that it is connected with. */
function waysOf(routes: readonly Route[], one: Interface, { from, family }: Packet): readonly Way[] {
  const live = routes.filter(({ isBlackhole }) => !isBlackhole);
  const isFrom = ({ target, destination }: Route) =>
    !destination.endsWith('/0') && (TO_NETWORKS.test(target) || TO_APPLIANCE.test(target)) && isIn(from, destination);
  if (live.some(isFrom)) return ['network'];
  const isDefault = ({ destination }: Route) => destination.endsWith('/0') && isIn(from, destination);
  // A network that is connected may send with any private address: only answers need a route.
  const isConnected = live.some(({ target }) => target !== 'local' && TO_NETWORKS.test(target));
  if (OWN.has(ipaddr.parse(from).range())) return isConnected ? ['network'] : [];
  // What everything leaves by may lead to networks that use public addresses of their own.
  return [
    ...(family === 'ipv6' || one.publicIp !== undefined ? (['internet'] as const) : []),
    ...(live.some((route) => isDefault(route) && TO_ANYWHERE.test(route.target)) ? (['network'] as const) : []),
  ];
}

/** Answers leave by the route with the longest prefix ("Route priority"): they get back the way that the packet came. */
function isAnswered(routes: readonly Route[], way: Way, { from }: Packet): boolean {
  const best = longest(routes, from);
  if (!best || best.isBlackhole) return false;
  return (way === 'internet' ? /^igw-/ : TO_NETWORKS).test(best.target);
}

function longest(routes: readonly Route[], address: string): Route | undefined {
  return routes
    .filter(({ destination }) => isIn(address, destination))
    .toSorted((a, b) => lengthOf(b.destination) - lengthOf(a.destination))[0];
}

/** The subnet's own route table, or the VPC's main one. */
function routesOf(region: Region, { subnetId, vpcId }: Interface): readonly Route[] {
  const [own] = region.routeTables.by('subnet', subnetId);
  const main = region.routeTables.by('vpc', vpcId).find(({ isMain }) => isMain);
  return (own ?? main)?.routes ?? [];
}

/** The entry with the lowest number that matches; without one the packet is dropped. */
function aclLets(region: Region, { subnetId }: Interface, egress: boolean, packet: Packet, port: number): boolean {
  const [acl] = region.acls.by('subnet', subnetId);
  const matching = (acl?.entries ?? []).filter((entry) => entry.egress === egress && entryTakes(entry, packet, port));
  return matching.toSorted((a, b) => a.number - b.number)[0]?.action === 'allow';
}

function entryTakes({ protocol, cidr, fromPort, toPort }: AclEntry, packet: Packet, port: number): boolean {
  if (!isIn(packet.from, cidr)) return false;
  if (protocol === '-1') return true;
  if (protocol !== NUMBERS[packet.protocol]) return false;
  return fromPort === undefined || (fromPort <= port && port <= (toPort ?? fromPort));
}

function groupLets(region: Region, group: string, way: Way, packet: Packet): boolean {
  return region.rules.by('group', group).some((rule) => {
    return !rule.egress && portsTake(rule, packet) && peerTakes(region, rule.peer, way, packet.from);
  });
}

/** Protocols without ports open all of them (AuthorizeSecurityGroupIngress). */
function portsTake({ protocol, fromPort, toPort }: Rule, packet: Packet): boolean {
  if (protocol === '-1') return true;
  return protocol === packet.protocol && fromPort <= packet.port && packet.port <= toPort;
}

/** A group stands for the private addresses of its members, which a packet to a public address does not come from. */
function peerTakes(region: Region, { kind, value, peeringStatus = 'active' }: Peer, way: Way, from: string): boolean {
  if (kind === 'prefixList') return (region.prefixLists.get(value)?.entries ?? []).some(({ cidr }) => isIn(from, cidr));
  if (kind !== 'group') return isIn(from, value);
  // "Stale": the connection to the VPC of the group is gone ("Security group referencing", VPC peering guide).
  const members = peeringStatus === 'active' ? region.interfaces.by('group', value) : [];
  return way === 'network' && members.some(({ privateIp, ipv6 }) => [privateIp, ...ipv6].includes(from));
}

function lengthOf(cidr: string): number {
  return Number(cidr.split('/')[1]);
}

function isIn(address: string, cidr: string): boolean {
  if (!ipaddr.isValidCIDR(cidr)) return false;
  const [one, range] = [ipaddr.parse(address), ipaddr.parseCIDR(cidr)];
  return one.kind() === range[0].kind() && one.match(range);
}
