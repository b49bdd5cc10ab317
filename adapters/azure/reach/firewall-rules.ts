import { addressesIn, everyAddress, publicAddresses, readAddresses } from '../../../src/core/packet/addresses.ts';
import { type KnownSet, known, knownUnion, NOTHING, possibly, unclear } from '../../../src/core/packet/known.ts';
import { difference, EMPTY, intersection, isWithin, type NumberSet, union } from '../../../src/core/packet/ranges.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { partsOf } from '../arm/ids.ts';
import type { FirewallInPath, FirewallRuleFacts } from './model.ts';

/** Sources that something takes for sure, and all that it may take. */
export interface Taken {
  readonly surely: NumberSet;
  readonly possibly: NumberSet;
  readonly unknown?: string;
}

export const NOBODY: Taken = { surely: EMPTY, possibly: EMPTY };
export const ANYBODY: Taken = { surely: everyAddress('ipv4'), possibly: everyAddress('ipv4') };

/** Where a packet is sent to, as the firewall gets it. */
export interface Dialled {
  readonly at: string;
  readonly port: number;
  readonly protocol: Port['protocol'];
}

type Groups = Pick<FirewallInPath, 'ipGroups'>;

/**
 * Of the rules of one kind the first that matches decides ("Azure Firewall rule processing logic"). What one whose sources or
 * destinations are not all known may have taken comes to those behind it perhaps.
 */
export function decidedBy<R extends FirewallRuleFacts>(
  rules: readonly R[],
  kind: R['kind'],
  dialled: Dialled,
  firewall: Groups,
): ReadonlyMap<R, Taken> {
  const decided = new Map<R, Taken>();
  let left = ANYBODY;
  for (const rule of rules) {
    if (rule.kind !== kind || !takesProtocol(rule, dialled.protocol) || !takesPort(rule, dialled.port)) continue;
    const isThere = takesDestination(rule, dialled.at, firewall);
    if (isThere === 'no') continue;
    const sources = senders(rule, firewall);
    const all = isThere === 'yes' ? sources : { ...sources, surely: EMPTY, unknown: isThere.unknown };
    const unknown = all.unknown ?? left.unknown;
    const words = unknown === undefined ? {} : { unknown };
    decided.set(rule, {
      surely: intersection(left.surely, all.surely),
      possibly: intersection(left.possibly, all.possibly),
      ...words,
    });
    left = {
      surely: difference(left.surely, all.possibly),
      possibly: difference(left.possibly, all.surely),
      ...words,
    };
  }
  return decided;
}

/** Whom all of these take. */
export function takenByAny(all: readonly Taken[]): Taken {
  const unknown = all.find((one) => one.unknown !== undefined)?.unknown;
  return {
    surely: union(...all.map(({ surely }) => surely)),
    possibly: union(...all.map((one) => one.possibly)),
    ...(unknown === undefined ? {} : { unknown }),
  };
}

/** Those of the first whom the second does not take. */
export function takenBut(taken: Taken, denied: Taken): Taken {
  const unknown = taken.unknown ?? denied.unknown;
  return {
    surely: difference(taken.surely, denied.possibly),
    possibly: difference(taken.possibly, denied.surely),
    ...(unknown === undefined ? {} : { unknown }),
  };
}

/** Threat intelligence comes before all rules, and whom it lists nobody else knows. Private addresses it cannot list. */
export function pastThreats(taken: Taken, { name, threats }: Pick<FirewallInPath, 'name' | 'threats'>): Taken {
  if (!threats) return taken;
  const never = addressesIn(threats.never, 'ipv4').set;
  const listed = difference(publicAddresses('ipv4'), never);
  if (intersection(taken.surely, listed).length === 0) return taken;
  const why = `whom the threat intelligence of the firewall ${name} keeps out`;
  const unknown = taken.unknown === undefined ? why : `${taken.unknown}, and ${why}`;
  return { ...taken, surely: difference(taken.surely, listed), unknown };
}

/** As sets are asked: what is not sure rests on one unknown. */
export function knownOf({ surely, possibly: all, unknown = 'who is let through' }: Taken): KnownSet {
  return knownUnion([known(surely), unclear(unknown, difference(all, surely))]);
}

export function takesProtocol({ protocols }: FirewallRuleFacts, protocol: Port['protocol']): boolean {
  return protocols.some((one) => one === 'any' || one === protocol);
}

/** `*`, `22`, `20-25`; what is none of them takes nothing. */
export function portsOf(text: string): readonly [number, number] {
  if (text === '*') return [0, 65_535];
  const [first = Number.NaN, last = first] = text.split('-').map(Number);
  return [first, last];
}

function takesPort({ ports }: FirewallRuleFacts, port: number): boolean {
  return ports.some((text) => {
    const [first, last] = portsOf(text);
    return first <= port && port <= last;
  });
}

export function senders({ sources, path }: FirewallRuleFacts, { ipGroups }: Groups): Taken {
  const set = knownUnion(
    sources.map((text) => {
      const found = ipGroups.get(text);
      if (found && 'unknown' in found) return unclear(found.unknown, everyAddress('ipv4'));
      return knownUnion((found?.is ?? [text]).map((word) => wordOf(word, path)));
    }),
  );
  const [unknown] = set.if.flatMap(({ all }) => all);
  return { surely: set.surely, possibly: possibly(set), ...(unknown === undefined ? {} : { unknown }) };
}

function wordOf(text: string, path: string): KnownSet {
  if (text === '*') return known(everyAddress('ipv4'));
  const read = readAddresses(text);
  if (!read) return unclear(`who ${nameOf(text)} is in the rule ${path}`, everyAddress('ipv4'));
  return read.family === 'ipv4' ? known(read.set) : NOTHING;
}

type Match = 'yes' | 'no' | { readonly unknown: string };

/** Of a name nobody knows where it leads; a service tag holds public addresses, and leads to no private one. */
function takesDestination({ destinations, path }: FirewallRuleFacts, address: string, { ipGroups }: Groups): Match {
  if (destinations.length === 0) return { unknown: `which destinations the rule ${path} has` };
  const own = readAddresses(address)?.set;
  const matches = destinations.map((text): Match => {
    if (text === '*' || text === address) return 'yes';
    const group = ipGroups.get(text);
    if (group && 'unknown' in group) return { unknown: group.unknown };
    if (!group && !readAddresses(text))
      return isTag(text) ? 'no' : { unknown: `where ${nameOf(text)} leads in the rule ${path}` };
    const set = union(...(group?.is ?? [text]).map((one) => readAddresses(one)?.set ?? EMPTY));
    if (!own || intersection(own, set).length === 0) return 'no';
    // Of a block of addresses some may be in it.
    return isWithin(own, set) ? 'yes' : { unknown: `which of ${address} the rule ${path} is for` };
  });
  return matches.find((one) => one === 'yes') ?? matches.find((one) => one !== 'no') ?? 'no';
}

/** `AzureMonitor`, `Storage.WestEurope`: a name of a host has a small letter first, or more than two parts. */
function isTag(text: string): boolean {
  return /^[A-Z][A-Za-z0-9]+(?:\.[A-Z][A-Za-z0-9]*)?$/.test(text);
}

/** An IP group by its name. */
export function nameOf(text: string): string {
  return text.includes('/ipgroups/') ? `the IP group ${partsOf(text).name}` : text;
}
