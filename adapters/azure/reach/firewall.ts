import { addressNumber, everyAddress, readAddresses } from '../../../src/core/packet/addresses.ts';
import { type KnownSet, known, knownUnion, NOTHING, possibly, unclear } from '../../../src/core/packet/known.ts';
import { difference, type NumberSet } from '../../../src/core/packet/ranges.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import type { FirewallFacts, FirewallRule, InterfaceAddress, NetworkInterfaceFacts, WayToMachine } from './model.ts';

/**
 * The ways that a firewall's DNAT rules make to a port of an interface ("Azure Firewall rule processing logic": DNAT before
 * network rules; a policy's DNAT asks no network rule, a classic one's can be denied by one). IPv4 alone is translated.
 */
export function waysThrough(
  { name, isClassic, rules, inside }: FirewallFacts,
  { id, addresses }: NetworkInterfaceFacts,
  port: Port,
): readonly WayToMachine[] {
  const way = (address: InterfaceAddress, path: string, where: { address: string; port: number }, clients: KnownSet) =>
    ({
      kind: 'firewall',
      name: `${name}: ${path}`,
      ...where,
      family: 'ipv4',
      interface: id,
      clients,
      seen: { destination: address.address, port: port.number, groups: address.groups },
      translated: { rule: `${name}: ${path}`, inside },
      unguarded: 'all',
    }) as const satisfies WayToMachine;
  return addresses
    .filter(({ family }) => family === 'ipv4')
    .flatMap((address): readonly WayToMachine[] => {
      if ('unknown' in rules) {
        const anybody = unclear(rules.unknown, everyAddress('ipv4'));
        return [way(address, 'unread', { address: name, port: port.number }, anybody)];
      }
      return rules.is.flatMap((rule) => {
        if (rule.kind !== 'nat' || rule.access !== 'allow' || !hasProtocol(rule, port)) return [];
        const leads = leadsTo(rule, address.address, port);
        if (leads === 'no') return [];
        const allowed = isClassic ? withoutDenied(rules.is, address.address, port, sourcesOf(rule)) : sourcesOf(rule);
        const clients = leads === 'yes' ? allowed : unclear(leads.unknown, possibly(allowed));
        const [frontend = name] = rule.destinations;
        return [way(address, rule.path, { address: frontend, port: Number(rule.ports[0] ?? port.number) }, clients)];
      });
    });
}

function leadsTo({ to, path }: FirewallRule, address: string, port: Port): 'yes' | 'no' | { readonly unknown: string } {
  if (!to || to.port !== String(port.number)) return 'no';
  // A name can lead anywhere.
  if (!addressNumber(to.address)) return { unknown: `where the rule ${path} leads` };
  return addressNumber(to.address)?.value === addressNumber(address)?.value ? 'yes' : 'no';
}

/** Of network rules the first that matches decides; where none does, what was translated is let through. */
function withoutDenied(rules: readonly FirewallRule[], address: string, port: Port, clients: KnownSet): KnownSet {
  let undecided: NumberSet = everyAddress('ipv4');
  let denied: NumberSet = [];
  for (const rule of rules) {
    if (rule.kind !== 'network' || !hasProtocol(rule, port) || !isAbout(rule, address, port)) continue;
    const sources = sourcesOf(rule);
    // An allow that may take a source keeps a later deny from being sure; a deny counts where it is sure.
    if (rule.access === 'allow') undecided = difference(undecided, possibly(sources));
    else denied = [...denied, ...sources.surely];
  }
  const kept = (set: NumberSet) => difference(set, denied.length > 0 ? commonTo(denied, undecided) : []);
  return { surely: kept(clients.surely), if: clients.if.map(({ all, set }) => ({ all, set: kept(set) })) };
}

function commonTo(a: NumberSet, b: NumberSet): NumberSet {
  return difference(a, difference(a, b));
}

function isAbout({ destinations, ports }: FirewallRule, address: string, port: Port): boolean {
  const own = addressNumber(address);
  const isThere = destinations.some((text) => {
    const read = text === '*' ? everyAddress('ipv4') : readAddresses(text)?.set;
    return own !== undefined && read?.some(({ first, last }) => first <= own.value && own.value <= last);
  });
  return (
    isThere &&
    ports.some((text) => {
      const [first = Number.NaN, last = first] = text.split('-').map(Number);
      return text === '*' || (first <= port.number && port.number <= last);
    })
  );
}

function hasProtocol({ protocols }: FirewallRule, port: Port): boolean {
  return protocols.some((one) => one === 'any' || one === port.protocol);
}

function sourcesOf({ sources, path }: FirewallRule): KnownSet {
  return knownUnion(
    sources.map((text) => {
      if (text === '*') return known(everyAddress('ipv4'));
      const read = readAddresses(text);
      if (!read) return unclear(`who ${text} is in the rule ${path}`, everyAddress('ipv4'));
      return read.family === 'ipv4' ? known(read.set) : NOTHING;
    }),
  );
}
