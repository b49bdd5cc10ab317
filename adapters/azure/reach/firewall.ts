import { addressesIn, addressNumber, everyAddress, readAddresses } from '../../../src/core/packet/addresses.ts';
import { type KnownSet, possibly, unclear, unknownsOf } from '../../../src/core/packet/known.ts';
import { holds, intersection, isWithin, type NumberSet } from '../../../src/core/packet/ranges.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { insiders } from './evaluate.ts';
import {
  decidedBy,
  knownOf,
  NOBODY,
  pastThreats,
  portsOf,
  senders,
  type Taken,
  takenBut,
  takenByAny,
  takesProtocol,
} from './firewall-rules.ts';
import type { FirewallInPath, FirewallRuleFacts, NetworkInterfaceFacts, WayToMachine } from './model.ts';

/** Whom one rule of a firewall lets through to a port of an address. */
export interface LetThrough<R extends FirewallRuleFacts = FirewallRuleFacts> {
  readonly rule: R;
  /** Where they connect to: an address of the firewall and a port of it, or the machine itself. */
  readonly at: string;
  readonly port: number;
  /** Where the packet is sent on to. */
  readonly to: string;
  readonly who: Taken;
  /** Whom a network rule denies what this rule would let through. */
  readonly denials: readonly { readonly rule: R; readonly sources: NumberSet }[];
  /** Does the machine see the firewall's own address? */
  readonly isHidden: boolean;
}

/** A firewall all of whose rules are known. */
type ReadFirewall<R extends FirewallRuleFacts> = Omit<FirewallInPath<R>, 'rules'> & { readonly rules: readonly R[] };

/**
 * All that a firewall's rules let through to a port of an address ("Azure Firewall rule processing logic": threat intelligence,
 * then DNAT, then network rules, then application rules). What is translated comes from the Internet or from inside; without
 * it only who is inside can dial the address. Azure Firewall knows IPv4 alone.
 */
export function letThrough<R extends FirewallRuleFacts>(
  firewall: ReadFirewall<R>,
  address: string,
  port: Port,
): readonly LetThrough<R>[] {
  if (readAddresses(address)?.family !== 'ipv4') return [];
  const all = [...translating(firewall, address, port), ...filtering(firewall, address, port)];
  return all.filter(({ who, denials }) => who.possibly.length > 0 || denials.length > 0);
}

function translating<R extends FirewallRuleFacts>(
  firewall: ReadFirewall<R>,
  address: string,
  port: Port,
): readonly LetThrough<R>[] {
  const { rules, name, isClassic } = firewall;
  const { protocol } = port;
  const translations = rules.filter(({ kind }) => kind === 'nat');
  return translations.flatMap((rule) => {
    const leads = takesProtocol(rule, protocol) ? leadsTo(rule, address, port) : 'no';
    if (leads === 'no') return [];
    return frontendsOf(rule, translations, name, port).map(({ at, port: number }) => {
      const reaching = decidedBy(rules, 'nat', { at, port: number, protocol }, firewall).get(rule) ?? NOBODY;
      const to = leads === 'yes' ? (rule.to?.address ?? address) : address;
      // What a policy translates no network rule is asked about.
      const denied = isClassic ? deniedTo(firewall, to, port) : new Map<R, Taken>();
      const left = takenBut(reaching, takenByAny([...denied.values()]));
      const who = leads === 'yes' ? left : { ...left, surely: [], unknown: leads.unknown };
      return {
        rule,
        at,
        port: number,
        to,
        who: pastThreats(who, firewall),
        denials: told(denied, reaching),
        isHidden: true,
      };
    });
  });
}

function filtering<R extends FirewallRuleFacts>(
  firewall: ReadFirewall<R>,
  address: string,
  port: Port,
): readonly LetThrough<R>[] {
  const { rules, isProxy, keepsSourceTo } = firewall;
  const decided = decidedBy(rules, 'network', { at: address, port: port.number, protocol: port.protocol }, firewall);
  const here = { at: address, port: port.number, to: address, denials: [] } as const;
  const passed = [...decided].flatMap(([rule, taken]): readonly LetThrough<R>[] => {
    if (rule.access === 'deny') return [];
    const who = pastThreats(taken, firewall);
    const keeps = keepsSource(keepsSourceTo, address);
    if (typeof keeps === 'boolean') return [{ rule, ...here, who, isHidden: !keeps }];
    const doubtful = { ...who, surely: [], unknown: keeps.unknown };
    return [true, false].map((isHidden) => ({ rule, ...here, who: doubtful, isHidden }));
  });
  const filtered = isProxy ? NOBODY : takenByAny([...decided.values()]);
  // Names decide in them: where these lead nobody knows. The firewall makes a connection of its own ("SNAT").
  const applied = rules.flatMap((rule): readonly LetThrough<R>[] => {
    const isAbout = rule.kind === 'application' && rule.access === 'allow' && rule.ports.includes(String(port.number));
    if (!isAbout || port.protocol !== 'tcp') return [];
    const { possibly: all } = takenBut(senders(rule, firewall), filtered);
    const who = { surely: [], possibly: all, unknown: `where the application rule ${rule.path} leads` };
    return [{ rule, ...here, who: pastThreats(who, firewall), isHidden: true }];
  });
  return [...passed, ...applied];
}

/** What is not translated keeps its source at private addresses alone ("Azure Firewall SNAT private IP address ranges"). */
function keepsSource(ranges: FirewallInPath['keepsSourceTo'], address: string): boolean | { readonly unknown: string } {
  if ('unknown' in ranges) return ranges;
  const own = readAddresses(address)?.set ?? [];
  const kept = addressesIn(ranges.is, 'ipv4').set;
  if (isWithin(own, kept)) return true;
  return intersection(own, kept).length > 0 ? { unknown: `at which of ${address} the source is kept` } : false;
}

/** Whom the network rules may keep from a port of an address. */
export function rulesKeeping<R extends FirewallRuleFacts>(
  firewall: ReadFirewall<R>,
  address: string,
  port: Port,
): LetThrough<R>['denials'] {
  return [...deniedTo(firewall, address, port)].map(([rule, taken]) => ({ rule, sources: taken.possibly }));
}

/** Whom each network rule that denies keeps from an address; what was translated is let through where none matches. */
function deniedTo<R extends FirewallRuleFacts>(
  firewall: ReadFirewall<R>,
  at: string,
  { number, protocol }: Port,
): ReadonlyMap<R, Taken> {
  const decided = decidedBy(firewall.rules, 'network', { at, port: number, protocol }, firewall);
  return new Map([...decided].filter(([{ access }]) => access === 'deny'));
}

function told<R extends FirewallRuleFacts>(denied: ReadonlyMap<R, Taken>, reaching: Taken): LetThrough<R>['denials'] {
  return [...denied].flatMap(([rule, { surely }]) => {
    const sources = intersection(surely, reaching.possibly);
    return sources.length > 0 ? [{ rule, sources }] : [];
  });
}

/** A place for each address and port that the rule names; of a range of ports one for each part that other rules leave. */
function frontendsOf(
  { destinations, ports }: FirewallRuleFacts,
  others: readonly FirewallRuleFacts[],
  name: string,
  port: Port,
): readonly { readonly at: string; readonly port: number }[] {
  const edges = others.flatMap((one) => one.ports.flatMap((text) => [portsOf(text)[0], portsOf(text)[1] + 1]));
  const numbers = ports.flatMap((text) => {
    if (text === '*') return [port.number];
    const [first, last] = portsOf(text);
    return [first, ...edges.filter((edge) => first < edge && edge <= last)];
  });
  const at = destinations.length > 0 ? destinations : [name];
  const all = numbers.length > 0 ? [...new Set(numbers)] : [port.number];
  return at.flatMap((one) => all.map((number) => ({ at: one, port: number })));
}

function leadsTo(
  { to, path }: FirewallRuleFacts,
  address: string,
  port: Port,
): 'yes' | 'no' | { readonly unknown: string } {
  if (!to || (/^\d+$/.test(to.port) && to.port !== String(port.number))) return 'no';
  const target = addressNumber(to.address);
  // A name can lead anywhere.
  if (!target || !/^\d+$/.test(to.port)) return { unknown: `where the rule ${path} leads` };
  return holds(readAddresses(address)?.set ?? [], target.value) ? 'yes' : 'no';
}

/** The ways that a firewall's rules make to a port of an interface. */
export function waysThrough(
  firewall: FirewallInPath,
  { id, addresses, around }: NetworkInterfaceFacts,
  port: Port,
): readonly WayToMachine[] {
  const { name, rules, inside, doubt } = firewall;
  const own = addresses.filter(({ family }) => family === 'ipv4');
  const common = { kind: 'firewall', family: 'ipv4', interface: id, unguarded: 'all' } as const;
  const isNear = insiders('ipv4', around);
  if ('unknown' in rules)
    return own.flatMap(({ address, groups }) => {
      const way = {
        ...common,
        name,
        address: name,
        port: port.number,
        seen: { destination: address, port: port.number, groups },
        passage: { rule: rules.unknown, sources: [], denials: [] },
      };
      const translated = { clients: unclear(rules.unknown, everyAddress('ipv4')), translated: { inside } };
      return [
        { ...way, ...translated },
        { ...way, clients: unclear(rules.unknown, possibly(isNear)) },
      ];
    });
  return own.flatMap(({ address, groups }) =>
    letThrough({ ...firewall, rules: rules.is }, address, port).map(
      ({ rule, at, port: number, to, who, denials, isHidden }): WayToMachine => {
        const path = `${name}: ${rule.path}`;
        const all = doubt === undefined ? who : { ...who, surely: [], unknown: doubt };
        return {
          ...common,
          name: path,
          address: at,
          port: number,
          clients: knownOf(rule.kind === 'nat' ? all : both(all, isNear)),
          seen: { destination: to, port: port.number, groups },
          passage: {
            rule: path,
            sources: rule.sources,
            denials: denials.map((one) => ({ rule: `${name}: ${one.rule.path}`, sources: one.sources })),
          },
          ...(isHidden ? { translated: { inside } } : {}),
        };
      },
    ),
  );
}

/** Those of the first who are in the second. */
function both(taken: Taken, set: KnownSet): Taken {
  const [unknown = taken.unknown] = unknownsOf([set]);
  return {
    surely: intersection(taken.surely, set.surely),
    possibly: intersection(taken.possibly, possibly(set)),
    ...(unknown === undefined ? {} : { unknown: taken.unknown ?? unknown }),
  };
}
