import ipaddr from 'ipaddr.js';
import type { ClassicCollection, Firewall, PolicyCollection } from './firewall-model.ts';
import { groupsOf } from './firewall-policies.ts';
import { addressesOf } from './ip-groups.ts';
import type { Snapshot } from './model.ts';
import { network } from './rule-schema.ts';

/** A rule of either form of firewall. */
export interface PlainRule {
  readonly name: string;
  readonly protocols: readonly string[];
  readonly sources: readonly string[];
  readonly destinations: readonly string[];
  readonly ports: readonly string[];
  /** Where a NAT rule sends the packet. */
  readonly to?: { readonly address: string; readonly port: number } | undefined;
}

export interface PlainCollection {
  /** Name, with those of its policy and group in front of it where it is in one. */
  readonly path: string;
  readonly name: string;
  readonly kind: 'nat' | 'network';
  readonly priority: number;
  readonly action: string;
  readonly rules: readonly PlainRule[];
}

/** A packet as a firewall sees it; `protocol` is `TCP` or `UDP`. */
export interface FirewallPacket {
  readonly from: string;
  readonly to: string;
  readonly port: number;
  readonly protocol: string;
}

const byPriority = (a: { readonly priority: number }, b: { readonly priority: number }) => a.priority - b.priority;

function plainRule(view: Snapshot, rule: Omit<ClassicCollection['rules'][number], 'destinationPorts' | 'protocols'>) {
  const { name, sourceAddresses = [], destinationAddresses = [], translatedAddress, translatedPort } = rule;
  const to = translatedAddress === undefined ? undefined : { address: translatedAddress, port: Number(translatedPort) };
  const sources = [...sourceAddresses, ...addressesOf(view, rule.sourceIpGroups)];
  return { name, sources, destinations: [...destinationAddresses, ...addressesOf(view, rule.destinationIpGroups)], to };
}

function classic(
  view: Snapshot,
  kind: PlainCollection['kind'],
  { name, priority, action, rules }: ClassicCollection,
): PlainCollection {
  const plain = rules.map((r) => ({ ...plainRule(view, r), protocols: r.protocols, ports: r.destinationPorts }));
  return { path: name, name, kind, priority, action: action.type, rules: plain };
}

function governed(view: Snapshot, path: string, collection: PolicyCollection): PlainCollection {
  const { name, priority, action, ruleCollectionType } = collection;
  const rules = collection.rules.flatMap((r) =>
    r.ruleType === 'ApplicationRule'
      ? []
      : [{ ...plainRule(view, r), protocols: r.ipProtocols ?? [], ports: r.destinationPorts ?? [] }],
  );
  const kind = ruleCollectionType === 'FirewallPolicyNatRuleCollection' ? 'nat' : 'network';
  return { path: `${path}/${name}`, name, kind, priority, action: action.type, rules };
}

/** Collections of a policy in their order: the parent's first, but none of its NAT ("Firewall policy hierarchy"). */
function ofPolicy(view: Snapshot, id: string, nowMs: number | undefined): readonly PlainCollection[] {
  const policy = view.firewallPolicies.get(id.toLowerCase());
  if (!policy) return [];
  const updating = nowMs !== undefined && policy.busyUntilMs > nowMs;
  const groups = updating && policy.before ? policy.before : groupsOf(view, policy.id);
  const own = [...groups]
    .sort(byPriority)
    .flatMap((group) =>
      [...group.collections].sort(byPriority).map((c) => governed(view, `${policy.name}/${group.name}`, c)),
    );
  const parent = policy.basePolicyId ? ofPolicy(view, policy.basePolicyId, nowMs) : [];
  return [...parent.filter((collection) => collection.kind !== 'nat'), ...own];
}

/**
 * What a firewall's rules say, in the order in which they are judged: what is in force at that instant (UTC ms), or
 * without one what it will be when no update is under way.
 */
export function collectionsOf(view: Snapshot, firewall: Firewall, nowMs?: number): readonly PlainCollection[] {
  if (firewall.policyId) return ofPolicy(view, firewall.policyId, nowMs);
  const updating = nowMs !== undefined && (firewall.busyUntilMs > nowMs || firewall.failed);
  const { nat, network: filters } = (updating && firewall.before) || firewall.rules;
  return [
    ...[...nat].sort(byPriority).map((one) => classic(view, 'nat', one)),
    ...[...filters].sort(byPriority).map((one) => classic(view, 'network', one)),
  ];
}

/** Whether an address is in what a rule of a firewall says: any, an address, a prefix or a range. */
function spans(text: string, address: string): boolean {
  if (text === '*') return true;
  const [first = '', last] = text.split('-');
  const wanted = ipaddr.parse(address);
  if (wanted.kind() !== 'ipv4') return false;
  const number = (ip: string) => ipaddr.IPv4.parse(ip).octets.reduce((sum, octet) => sum * 256 + octet, 0);
  if (last !== undefined) return number(first) <= number(address) && number(address) <= number(last);
  const prefix = network(first);
  return prefix?.[0].kind() === 'ipv4' && wanted.match(prefix[0], prefix[1]);
}

function hasPort(text: string, port: number): boolean {
  const [first, last = first] = text.split('-');
  return text === '*' || (Number(first) <= port && port <= Number(last));
}

/** Whether a rule is about this packet. */
export function matches(rule: PlainRule, packet: FirewallPacket): boolean {
  return (
    rule.protocols.some((p) => p === 'Any' || p === packet.protocol) &&
    rule.sources.some((text) => spans(text, packet.from)) &&
    rule.destinations.some((text) => spans(text, packet.to)) &&
    rule.ports.some((text) => hasPort(text, packet.port))
  );
}

/** The network rule that decides about a packet, if one does. */
export function decidingRule(collections: readonly PlainCollection[], packet: FirewallPacket) {
  for (const { kind, path, action, rules } of collections) {
    if (kind !== 'network') continue;
    const rule = rules.find((one) => matches(one, packet));
    if (rule) return { allows: action === 'Allow', path: `${path}/${rule.name}` };
  }
  return undefined;
}
