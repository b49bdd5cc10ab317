import { addressNumber, everyAddress, readAddresses } from '../../../src/core/packet/addresses.ts';
import {
  type KnownSet,
  known,
  knownUnion,
  NOTHING,
  possibly,
  unclear,
  unknownsOf,
} from '../../../src/core/packet/known.ts';
import { difference, holds, intersection, type NumberSet, union } from '../../../src/core/packet/ranges.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import type {
  FirewallInPath,
  FirewallRuleFacts,
  InterfaceAddress,
  NetworkInterfaceFacts,
  WayToMachine,
} from './model.ts';

/**
 * The ways that a firewall's DNAT rules make to a port of an interface ("Azure Firewall rule processing logic": DNAT before
 * network rules; a policy's DNAT asks no network rule, a classic one's can be denied by one). IPv4 alone is translated.
 */
export function waysThrough(
  { name, isClassic, rules, inside }: FirewallInPath,
  { id, addresses }: NetworkInterfaceFacts,
  port: Port,
): readonly WayToMachine[] {
  const way = (address: InterfaceAddress, path: string, where: Where, clients: KnownSet) =>
    ({
      kind: 'firewall',
      name: `${name}: ${path}`,
      address: where.at,
      port: where.port,
      family: 'ipv4',
      interface: id,
      clients,
      seen: { destination: where.to ?? address.address, port: port.number, groups: address.groups },
      translated: { rule: `${name}: ${path}`, inside },
      unguarded: 'all',
    }) as const satisfies WayToMachine;
  return addresses
    .filter(({ family }) => family === 'ipv4')
    .flatMap((address): readonly WayToMachine[] => {
      if ('unknown' in rules) {
        const anybody = unclear(rules.unknown, everyAddress('ipv4'));
        return [way(address, 'unread', { at: name, port: port.number }, anybody)];
      }
      return rules.is.flatMap((rule) => {
        if (rule.kind !== 'nat' || !hasProtocol(rule, port)) return [];
        const leads = leadsTo(rule, address.address, port);
        if (leads === 'no') return [];
        return frontendsOf(rule, name, port).map((where) => {
          const reaching = decidedBy(rules.is, 'nat', where, port).get(rule) ?? NOBODY;
          const to = leads === 'yes' ? rule.to?.address : undefined;
          const denied = isClassic ? deniedBy(rules.is, to ?? address.address, port) : NOBODY;
          const surely = leads === 'yes' ? difference(reaching.surely, denied.possibly) : [];
          const perhaps = difference(difference(reaching.possibly, denied.surely), surely);
          const cause =
            leads === 'yes' ? (reaching.unknown ?? denied.unknown ?? `who the rule ${rule.path} takes`) : leads.unknown;
          const clients = knownUnion([known(surely), unclear(cause, perhaps)]);
          return way(address, rule.path, { ...where, ...(to === undefined ? {} : { to }) }, clients);
        });
      });
    });
}

/** Where a client connects to, and where the packet is sent on to. */
interface Where {
  readonly at: string;
  readonly port: number;
  readonly to?: string;
}

/** Sources that something takes for sure, and all that it may take. */
interface Taken {
  readonly surely: NumberSet;
  readonly possibly: NumberSet;
  readonly unknown?: string;
}

const NOBODY: Taken = { surely: [], possibly: [] };

/** One way for each address and port that the rule names. */
function frontendsOf({ destinations, ports }: FirewallRuleFacts, name: string, port: Port): readonly Where[] {
  const numbers = ports.map((text) => (text === '*' ? port.number : Number(text.split('-')[0])));
  const at = destinations.length > 0 ? destinations : [name];
  return at.flatMap((one) =>
    (numbers.length > 0 ? numbers : [port.number]).map((number) => ({ at: one, port: number })),
  );
}

function leadsTo(
  { to, path }: FirewallRuleFacts,
  address: string,
  port: Port,
): 'yes' | 'no' | { readonly unknown: string } {
  if (!to || to.port !== String(port.number)) return 'no';
  // A name can lead anywhere.
  const target = addressNumber(to.address);
  if (!target) return { unknown: `where the rule ${path} leads` };
  return holds(readAddresses(address)?.set ?? [], target.value) ? 'yes' : 'no';
}

/**
 * Of the rules of one kind the first that matches decides. What one whose sources are not all known may have taken comes to
 * those behind it perhaps.
 */
function decidedBy(
  rules: readonly FirewallRuleFacts[],
  kind: FirewallRuleFacts['kind'],
  { at, port: number }: Where,
  port: Port,
): ReadonlyMap<FirewallRuleFacts, Taken> {
  const decided = new Map<FirewallRuleFacts, Taken>();
  let left: Taken = { surely: everyAddress('ipv4'), possibly: everyAddress('ipv4') };
  for (const rule of rules) {
    if (rule.kind !== kind || !hasProtocol(rule, port) || !isAbout(rule, at, number)) continue;
    const sources = sourcesOf(rule);
    const [unknown = left.unknown] = unknownsOf([sources]);
    const words = unknown === undefined ? {} : { unknown };
    decided.set(rule, {
      surely: intersection(left.surely, sources.surely),
      possibly: intersection(left.possibly, possibly(sources)),
      ...words,
    });
    left = {
      surely: difference(left.surely, possibly(sources)),
      possibly: difference(left.possibly, sources.surely),
      ...words,
    };
  }
  return decided;
}

/** Whom network rules keep from what was translated; where none of them matches it is let through. */
function deniedBy(rules: readonly FirewallRuleFacts[], address: string, port: Port): Taken {
  const denied = [...decidedBy(rules, 'network', { at: address, port: port.number }, port)].flatMap(([rule, taken]) =>
    rule.access === 'deny' ? [taken] : [],
  );
  const unknown = denied.find((one) => one.unknown !== undefined)?.unknown;
  return {
    surely: union(...denied.map(({ surely }) => surely)),
    possibly: union(...denied.map((one) => one.possibly)),
    ...(unknown === undefined ? {} : { unknown }),
  };
}

function isAbout({ destinations, ports }: FirewallRuleFacts, address: string, port: number): boolean {
  const own = addressNumber(address);
  const isThere = destinations.some((text) => {
    const read = text === '*' ? everyAddress('ipv4') : readAddresses(text)?.set;
    return text === address || (own !== undefined && read !== undefined && holds(read, own.value));
  });
  return (
    isThere &&
    ports.some((text) => {
      const [first = Number.NaN, last = first] = text.split('-').map(Number);
      return text === '*' || (first <= port && port <= last);
    })
  );
}

function hasProtocol({ protocols }: FirewallRuleFacts, port: Port): boolean {
  return protocols.some((one) => one === 'any' || one === port.protocol);
}

function sourcesOf({ sources, path }: FirewallRuleFacts): KnownSet {
  return knownUnion(
    sources.map((text) => {
      if (text === '*') return known(everyAddress('ipv4'));
      const read = readAddresses(text);
      if (!read) return unclear(`who ${text} is in the rule ${path}`, everyAddress('ipv4'));
      return read.family === 'ipv4' ? known(read.set) : NOTHING;
    }),
  );
}
