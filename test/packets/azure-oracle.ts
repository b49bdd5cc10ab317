import type {
  AzureRoute,
  Forwarding,
  InterfaceAddress,
  ManagerRules,
  SecurityGroup,
  TrafficRule,
} from '../../adapters/azure/reach/model.ts';
import { isApplied, type Wall, wallRuleTakes } from './azure-wall-oracle.ts';
import { isAddressText, isInAny, isInPorts, isPublic, type PlainAddress, plainAddress } from './plain-address.ts';

/**
 * One packet at one entrance of one network of which everything is known, judged rule by rule as an engineer would do it by
 * hand. It shares no code with the evaluation that it judges, only the words of the model.
 */

/** Everything that decides, as it really is. */
export interface AzureTruth {
  /** The groups, with the rules that are in force; absent where there is none. */
  readonly subnetGroup?: SecurityGroup;
  readonly ownGroup?: SecurityGroup;
  /** The manager of the highest scope first; of two rules with one number that of the collection that comes first counts. */
  readonly managers: readonly ManagerRules[];
  /** Written down nowhere: does a child's Deny or AlwaysAllow still count after the parent's Allow? */
  readonly childCountsAfterAllow: boolean;
  /** Written down nowhere: does AlwaysAllow let in from outside where there is no group? */
  readonly alwaysAllowIsEnough: boolean;
  /** Written down nowhere: does a rule without any source (destination, port) take all of them? */
  readonly absentIsAny: boolean;
  /** Written down nowhere: does a floating IP count as an address of the application security groups behind it? */
  readonly frontendIsMember: boolean;
  /** Does what an appliance in front may hold up arrive? */
  readonly doubtfulArrive: boolean;
  /** Is there a load balancer that could not be read? One with a floating IP shows that to the filters. */
  readonly unreadLeads?: { readonly frontend?: string };
  /** Networks from which packets come with their own source: the network itself, its peers, and what a gateway leads to. */
  readonly inside: readonly string[];
  /** What each tag holds for this interface, by the tag in lower case, for sources and destinations. */
  readonly tags: ReadonlyMap<string, readonly string[]>;
  /** "Outside the virtual network": written down nowhere of a family with a default route. */
  readonly internetIsOutside: readonly string[];
  readonly members: ReadonlyMap<string, readonly string[]>;
  readonly firewalls: readonly Wall[];
}

/** Where a client sends a packet to. */
export interface Entrance {
  readonly kind: 'network' | 'publicAddress' | 'forwarded' | 'firewall';
  readonly at: string;
  readonly port: number;
  /** What the address is dialled behind: a private address of the machine, one of a block where it is one. */
  readonly address: InterfaceAddress;
  readonly private: string;
  readonly forwarding?: Forwarding;
  /** What could not be read may lead here. */
  readonly isUnread?: true;
  readonly wall?: string;
}

/** A packet as a filter sees it. */
interface Packet {
  readonly source: PlainAddress;
  readonly sourcePort: number;
  readonly destination: PlainAddress;
  readonly port: number;
  readonly protocol: string;
  /** Application security groups of the destination. */
  readonly groups: readonly string[];
}

/** Can some client at this address get a packet to the machine's port? The client chooses its own port. */
export function delivered(truth: AzureTruth, entrance: Entrance, source: string, asked: Asked): boolean {
  return portsToSendFrom(truth).some((sourcePort) => isDelivered(truth, entrance, { source, sourcePort, asked }));
}

export interface Asked {
  readonly number: number;
  readonly protocol: 'tcp' | 'udp';
}

interface Sent {
  readonly source: string;
  readonly sourcePort: number;
  readonly asked: Asked;
}

/** Every port at which some rule begins or ends, one before and one behind, and the ends of all. */
function portsToSendFrom({ subnetGroup, ownGroup, managers }: AzureTruth): readonly number[] {
  const rules = [
    ...(subnetGroup?.rules ?? []),
    ...(ownGroup?.rules ?? []),
    ...managers.flatMap(({ collections }) => collections.flatMap((one) => one.rules)),
  ];
  const edges = rules.flatMap((rule) => rule.sourcePorts.flatMap((text) => (text === '*' ? [] : text.split('-'))));
  const ports = edges.map(Number).flatMap((port) => [port - 1, port, port + 1]);
  return [...new Set([0, 65_535, ...ports])].filter((port) => port >= 0 && port <= 65_535);
}

function isDelivered(truth: AzureTruth, entrance: Entrance, { source, sourcePort, asked }: Sent): boolean {
  const from = plainAddress(source);
  const { groups } = entrance.address;
  const direct = { source: from, sourcePort, destination: plainAddress(entrance.private), port: asked.number };
  const packet: Packet = { ...direct, protocol: asked.protocol, groups };
  if (entrance.kind === 'firewall') return passesWall(truth, entrance, packet);
  if (entrance.isUnread) return passesUnread(truth, packet);
  if (entrance.kind === 'network')
    // "VPN, ExpressRoute, peering: real private source": from wherever no Internet is, and the networks that are known.
    return (!isPublic(from) || isInAny(from, truth.inside)) && passesFilters(truth, packet, true);
  const doubt = entrance.kind === 'publicAddress' ? entrance.address.publicAddress?.doubt : entrance.forwarding?.doubt;
  if (doubt !== undefined && !truth.doubtfulArrive) return false;
  if (entrance.kind === 'publicAddress')
    // "NSG sees private address": the address is rewritten before any filter (network security groups, overview).
    return isPublic(from) && passesFilters(truth, packet, entrance.address.publicAddress?.sku === 'basic');
  const rule = entrance.forwarding;
  if (!rule || (rule.protocol !== '*' && rule.protocol !== asked.protocol)) return false;
  const comesIn = rule.frontend.isPublic ? isPublic(from) : !isPublic(from) || isInAny(from, truth.inside);
  const isUnguarded = !rule.frontend.isPublic || rule.sku === 'basic';
  if (!comesIn) return false;
  // Floating IP: the machine gets the packet as it was sent to the frontend (load balancer, floating IP).
  if (!rule.floating) return passesFilters(truth, packet, isUnguarded);
  return passesFilters(
    truth,
    { ...packet, destination: plainAddress(entrance.at), groups: truth.frontendIsMember ? groups : [] },
    isUnguarded,
  );
}

/** From anywhere, to the machine's own address, or with a floating IP to the frontend's. */
function passesUnread(truth: AzureTruth, packet: Packet): boolean {
  if (!truth.unreadLeads) return false;
  const { frontend } = truth.unreadLeads;
  if (frontend === undefined) return passesFilters(truth, packet, false);
  const destination = plainAddress(frontend);
  if (destination.family !== packet.source.family) return false;
  return passesFilters(truth, { ...packet, destination, groups: truth.frontendIsMember ? packet.groups : [] }, false);
}

/**
 * Threat intelligence; DNAT; then, in a classic firewall alone, its network rules on what was translated; then the groups, from
 * its subnet. Without DNAT the network rules, then the application rules (Azure Firewall, "rule processing logic").
 */
function passesWall(truth: AzureTruth, entrance: Entrance, packet: Packet): boolean {
  const wall = truth.firewalls.find(({ name }) => name === entrance.wall);
  if (!wall?.isNear || packet.source.family !== 'ipv4') return false;
  if (isInAny(packet.source, wall.listed) && !isInAny(packet.source, wall.neverListed)) return false;
  const hidden: Packet = { ...packet, source: plainAddress(wall.sendsFrom) };
  const network = wall.rules.find((rule) => rule.kind === 'network' && wallRuleTakes(wall, rule, packet));
  if (entrance.at === entrance.address.address) {
    if (isPublic(packet.source) && !isInAny(packet.source, truth.inside)) return false;
    if (network?.access === 'allow') {
      const isKept = isInAny(packet.destination, wall.keepsSourceTo);
      if (passesFilters(truth, isKept ? packet : hidden, true)) return true;
    }
    return (!network || wall.isProxy) && isApplied(wall, packet) && passesFilters(truth, hidden, true);
  }
  const dialled = { ...packet, destination: plainAddress(entrance.at), port: entrance.port };
  const nat = wall.rules.find((rule) => rule.kind === 'nat' && wallRuleTakes(wall, rule, dialled));
  if (!nat?.to || Number(nat.to.port) !== packet.port) return false;
  const targets = isAddressText(nat.to.address) ? [nat.to.address] : (wall.words.get(nat.to.address) ?? []);
  if (!isInAny(packet.destination, targets)) return false;
  if (wall.isClassic && network?.access === 'deny') return false;
  return passesFilters(truth, hidden, true);
}

/** Admin rules, then the subnet's group, then the interface's (network security groups, "how traffic is evaluated"). */
function passesFilters(truth: AzureTruth, packet: Packet, passesUnguarded: boolean): boolean {
  const admin = adminAccess(truth, packet);
  if (admin === 'deny') return false;
  const groups = [truth.subnetGroup, truth.ownGroup].filter((group) => group !== undefined);
  // A standard public address lets nothing in where there is no group, a basic one lets everything in (SKUs).
  if (groups.length === 0) return passesUnguarded || (admin === 'alwaysAllow' && truth.alwaysAllowIsEnough);
  if (admin === 'alwaysAllow') return true;
  return groups.every((group) => firstOf(truth, group.rules, packet)?.access === 'allow');
}

function firstOf(truth: AzureTruth, rules: readonly TrafficRule[], packet: Packet): TrafficRule | undefined {
  // A tag has one content in a list: what a Deny of it lacks, no rule behind that lets in by the same tag.
  let isDenied = false;
  for (const rule of rules.toSorted((a, b) => a.priority - b.priority)) {
    const isDeny = rule.access === 'deny';
    if (ruleTakes(truth, rule, packet, isDeny || isDenied)) return rule;
    isDenied ||= isDeny && ruleTakes(truth, rule, packet, false);
  }
  return undefined;
}

/** "On conflict the rules of the manager with the higher scope": but nobody says what comes after its Allow. */
function adminAccess(truth: AzureTruth, packet: Packet): TrafficRule['access'] | undefined {
  let decided: TrafficRule['access'] | undefined;
  for (const { collections } of truth.managers) {
    const rules = collections.flatMap((one) => one.rules);
    const access = firstOf(truth, rules, packet)?.access;
    if (decided === undefined || (decided === 'allow' && truth.childCountsAfterAllow)) decided = access ?? decided;
  }
  return decided;
}

/** "A rule matches if protocol, source, source port, destination and port all match." */
function ruleTakes(truth: AzureTruth, rule: TrafficRule, packet: Packet, isDenied: boolean): boolean {
  const holds = (texts: readonly string[], address: PlainAddress) =>
    texts.some((text) => {
      if (text === '*') return true;
      if (isAddressText(text)) return isInAny(address, [text]);
      return isInTag(truth, text.toLowerCase(), isDenied, address);
    });
  const ports = (texts: readonly string[], port: number) =>
    texts.length === 0 ? truth.absentIsAny : texts.some((text) => isInPorts(port, text));
  const isFrom =
    rule.sources.length + rule.sourceGroups.length === 0
      ? truth.absentIsAny
      : holds(rule.sources, packet.source) ||
        rule.sourceGroups.some((id) => isInAny(packet.source, truth.members.get(id) ?? []));
  const isTo =
    rule.destinations.length + rule.destinationGroups.length === 0
      ? truth.absentIsAny
      : holds(rule.destinations, packet.destination) || rule.destinationGroups.some((id) => packet.groups.includes(id));
  return (
    (rule.protocol === '*' || rule.protocol === 'any' || rule.protocol === packet.protocol) &&
    ports(rule.ports, packet.port) &&
    ports(rule.sourcePorts, packet.sourcePort) &&
    isFrom &&
    isTo
  );
}

/**
 * Service tags overview. Printed expansions of Internet have holes, so that a Deny of it is not sure to hold what an Allow is
 * taken to hold.
 */
function isInTag(truth: AzureTruth, tag: string, isDenied: boolean, address: PlainAddress): boolean {
  const { tags } = truth;
  if (tag !== 'internet') return isInAny(address, tags.get(tag) ?? []);
  if (truth.internetIsOutside.includes(address.family) && isInAny(address, tags.get('virtualnetwork') ?? []))
    return false;
  const denied = isDenied ? tags.get('internet when denied') : undefined;
  return isInAny(address, denied ?? tags.get(tag) ?? []);
}

/** What becomes of the answer: the route of the subnet for the client decides (virtual network traffic routing). */
export function answered(
  routes: readonly AzureRoute[],
  tags: AzureTruth['tags'],
  source: string,
  kind: Entrance['kind'],
) {
  if (kind === 'firewall') return 'yes';
  const to = plainAddress(source);
  const rank = { user: 0, gateway: 1, system: 2 };
  let best: { readonly route: AzureRoute; readonly length: number; readonly isTag: boolean } | undefined;
  for (const route of routes) {
    const isTag = !isAddressText(route.prefix);
    for (const prefix of isTag ? (tags.get(route.prefix.toLowerCase()) ?? []) : [route.prefix]) {
      if (!isInAny(to, [prefix])) continue;
      const length = Number(prefix.split('/')[1] ?? to.bits.length);
      const isBetter =
        !best ||
        length > best.length ||
        (length === best.length &&
          (rank[route.origin] < rank[best.route.origin] ||
            (rank[route.origin] === rank[best.route.origin] && best.isTag && !isTag)));
      if (isBetter) best = { route, length, isTag };
    }
  }
  const hop = best?.route.nextHop.toLowerCase() ?? 'none';
  if (hop === 'none') return 'no';
  // An appliance that nobody knows may still pass answers.
  if (hop.startsWith('virtualappliance') || hop === 'virtualhub') return 'maybe';
  if (kind === 'network') return hop === 'internet' ? 'no' : 'yes';
  return hop === 'internet' ? 'yes' : 'no';
}
