import type { AclEntry, IngressRule, SubnetRoute } from '../../adapters/aws/reach/model.ts';
import type { Asked } from './azure-oracle.ts';
import { isInAny, isInPrefix, isPublic, type PlainAddress, plainAddress } from './plain-address.ts';

/**
 * One packet to one address of an interface of which everything is known, rule by rule. It shares no code with the evaluation
 * that it judges, only the words of the model.
 */
export interface AwsTruth {
  readonly rules: readonly IngressRule[];
  /** What prefix lists and groups hold, by id. */
  readonly contents: ReadonlyMap<string, readonly string[]>;
  readonly inbound: readonly AclEntry[];
  readonly outbound: readonly AclEntry[];
  readonly routes: readonly SubnetRoute[];
  readonly subnet: readonly string[];
  readonly vpc: readonly string[];
  readonly letsInternetIn: boolean;
  /** Addresses that the gateway's own table sends to an appliance, and whether that lets packets through. */
  readonly diverts: readonly string[];
  readonly applianceLets: boolean;
  /** `DenyAllIgwTraffic`. */
  readonly deniesGateway: boolean;
  /** Does a load balancer hand on packets of the Internet privately, with the addresses that they come from? */
  readonly handsOn: boolean;
  /** Targets of routes that let in whoever may come by them: appliances, default routes, load balancers behind a peering. */
  readonly letsIn: readonly string[];
}

/** To a public address by the Internet gateway, or to a private one from a network that is connected. */
export type Kind = 'internet' | 'network';

const NUMBERS: Readonly<Record<string, string>> = { tcp: '6', udp: '17', icmp: '1', icmpv6: '58' };

export function delivered(truth: AwsTruth, kind: Kind, source: string, asked: Asked, address: string): boolean {
  const from = plainAddress(source);
  if (kind === 'internet' && truth.deniesGateway && address.includes(':')) return false;
  if (kind === 'internet' && !truth.applianceLets && meets(address, truth.diverts)) return false;
  const isHandedOn = kind === 'network' && truth.handsOn && isPublic(from);
  if (isHandedOn) return truth.rules.some((rule) => ruleTakes(truth, rule, kind, from, asked));
  // "The Internet gateway drops private sources" (Reachability Analyzer); VPC Block Public Access closes it.
  if (kind === 'internet' && !(truth.letsInternetIn && isPublic(from))) return false;
  if (kind === 'network' && isPublic(from) && !isInAny(from, connected(truth))) return false;
  // "Network ACLs do not apply to traffic within a subnet."
  const isNear = kind === 'network' && isInAny(from, truth.subnet);
  if (!isNear && !aclLets(truth.inbound, from, asked.protocol, asked.number)) return false;
  return truth.rules.some((rule) => ruleTakes(truth, rule, kind, from, asked));
}

/** An address, or a prefix that is delegated, is in one of these, or may be. */
function meets(address: string, prefixes: readonly string[]): boolean {
  const [start = ''] = address.split('/');
  return isInAny(plainAddress(start), prefixes);
}

/** The VPC itself, and what peerings and gateways lead to: packets come from there with the source that they have. */
function connected({ vpc, routes, letsIn }: AwsTruth): readonly string[] {
  const live = routes.filter(({ isDead }) => !isDead);
  const sure = live.filter(leadsSurely).map(({ destination }) => destination);
  // What a prefix list of a route holds is not read: it may be everything. So may be whom a load balancer hands on.
  const more = live
    .filter(({ target }) => letsIn.includes(target))
    .flatMap(({ target, destination }) =>
      isList(destination) || target.startsWith('pcx-') ? EVERYTHING : [destination],
    );
  return [...vpc, ...sure, ...more];
}

const EVERYTHING = ['0.0.0.0/0', '::/0'];
const NETWORKS = ['pcx-', 'tgw-', 'vgw-', 'lgw-', 'arn:'];

/** Peerings, transit and private gateways, local gateways of Outposts, and Cloud WAN. */
function leadsSurely({ target, destination }: SubnetRoute): boolean {
  return startsWithAny(target, NETWORKS) && !destination.endsWith('/0') && !isList(destination);
}

/** Those of which nobody can tell who comes by them. */
export function doubtfulTargets(routes: readonly SubnetRoute[]): readonly string[] {
  const doubtful = routes.filter(({ isDead, target, destination }) => {
    // An appliance hands on what it likes; a load balancer of a peered VPC keeps the addresses of its clients.
    if (startsWithAny(target, ['eni-', 'vpce-', 'pcx-'])) return !isDead;
    return !isDead && startsWithAny(target, NETWORKS) && (destination.endsWith('/0') || isList(destination));
  });
  return [...new Set(doubtful.map(({ target }) => target))];
}

function isList(destination: string): boolean {
  return destination.startsWith('pl-');
}

function startsWithAny(text: string, starts: readonly string[]): boolean {
  return starts.some((start) => text.startsWith(start));
}

/** Security groups: protocol, port and source; the destination is no part of it. */
function ruleTakes(truth: AwsTruth, rule: IngressRule, kind: Kind, from: PlainAddress, asked: Asked): boolean {
  const protocol = NUMBERS[rule.protocol] ?? rule.protocol;
  if (protocol !== '-1' && protocol !== NUMBERS[asked.protocol]) return false;
  // "-1: all ports, regardless of any port range you specify" (AuthorizeSecurityGroupIngress).
  const isEvery = protocol === '-1' || rule.from === undefined || rule.from === -1;
  if (!isEvery && !(Number(rule.from) <= asked.number && asked.number <= Number(rule.to))) return false;
  const { source } = rule;
  if ('cidr' in source) return isInPrefix(from, source.cidr);
  if ('prefixList' in source) return isInAny(from, truth.contents.get(source.prefixList) ?? []);
  // "Private addresses of the interfaces": a call to the public address has a public source and does not match.
  return kind === 'network' && isInAny(from, truth.contents.get(source.group) ?? []);
}

/** By ascending number, the first that matches; then the last entry denies ("Network ACL rules"). */
function aclLets(entries: readonly AclEntry[], other: PlainAddress, protocol: string, port: number): boolean {
  let first: AclEntry | undefined;
  for (const entry of entries) {
    const own = NUMBERS[entry.protocol] ?? entry.protocol;
    const isEvery = own === '-1' || entry.from === undefined || entry.from === -1;
    const takes =
      (own === '-1' || own === NUMBERS[protocol]) &&
      (isEvery || (Number(entry.from) <= port && port <= Number(entry.to))) &&
      isInPrefix(other, entry.cidr);
    if (takes && (!first || entry.number < first.number)) first = entry;
  }
  return first?.allows === true;
}

/** "Ephemeral ports: 1024-65535": the answer goes to the one that the client has chosen, and by the subnet's route. */
export function answered(truth: AwsTruth, kind: Kind, source: string, asked: Asked): 'yes' | 'no' | 'maybe' {
  const to = plainAddress(source);
  if (kind === 'network' && isInAny(to, truth.subnet)) return 'yes';
  const edges = truth.outbound.flatMap(({ from = 0, to: last = 0 }) => [from - 1, from, last, last + 1]);
  const ports = [1024, 65_535, ...edges].filter((port) => port >= 1024 && port <= 65_535);
  const lets = ports.map((port) => aclLets(truth.outbound, to, asked.protocol, port));
  if (!lets.includes(true)) return 'no';
  let best: SubnetRoute | undefined;
  const length = ({ destination }: SubnetRoute) => Number(destination.split('/')[1]);
  for (const route of truth.routes)
    if (!isList(route.destination) && isInPrefix(to, route.destination) && (!best || length(route) > length(best)))
      best = route;
  if (!best || best.isDead || best.target.startsWith('eigw-')) return 'no';
  const isBack = best.target.startsWith('igw-') === (kind === 'internet') && !/^(?:nat|eni|vpce)-/.test(best.target);
  if (kind === 'internet' && !isBack) return 'maybe';
  return isBack && !lets.includes(false) ? 'yes' : 'maybe';
}
