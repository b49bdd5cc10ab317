import { addressText, everyAddress, type Family, readAddresses } from '../../../src/core/packet/addresses.ts';
import {
  type KnownSet,
  knownUnion,
  NOTHING,
  possibly,
  provided,
  type Unknown,
  unclear,
} from '../../../src/core/packet/known.ts';
import { intersection, isWithin } from '../../../src/core/packet/ranges.ts';
import type { Surroundings, TrafficRule } from './model.ts';
import { wordSet } from './tags.ts';

/** What all packets of one question have in common, as a filter sees them. Their sources are what is asked for. */
export interface Packets {
  readonly family: Family;
  readonly protocol: 'tcp' | 'udp';
  readonly sourcePort: number;
  readonly destination: string;
  /** Application security groups that the destination is in. */
  readonly groups: readonly string[];
  /** The destination is a floating IP, which nobody says to be in the groups or not. */
  readonly isFrontend?: boolean;
  readonly port: number;
}

type Match = 'yes' | 'no' | { readonly unknown: Unknown };

/**
 * The sources that a rule takes of these packets: protocol, ports, source and destination must all match ("Network security
 * groups"). With `relied` somebody is kept out by what the rule's words hold, and only what is sure may be in it without doubt.
 */
export function sourcesTaken(rule: TrafficRule, packets: Packets, around: Surroundings, relied: boolean): KnownSet {
  const matches: readonly Match[] = [
    takesProtocol(rule, packets.protocol),
    takesPort(rule.sourcePorts, packets.sourcePort, `which source ports the rule ${rule.name} has`),
    takesPort(rule.ports, packets.port, `which ports the rule ${rule.name} has`),
    takesDestination(rule, packets, around, relied),
    rule.isInForce ? 'yes' : { unknown: `whether the rule ${rule.name} is in force yet` },
  ];
  if (matches.includes('no')) return NOTHING;
  const unknowns = matches.flatMap((match) => (typeof match === 'string' ? [] : [match.unknown]));
  return unknowns.reduce(provided, sourceSet(rule, packets.family, around, relied));
}

/** One source port of each kind that some rule tells apart: the client chooses it. */
export function sourcePortsToTry(rules: readonly TrafficRule[]): readonly number[] {
  const edges = rules.flatMap(({ sourcePorts }) =>
    sourcePorts.flatMap((text) => {
      const range = readPorts(text);
      return range ? [range.first, range.last + 1] : [];
    }),
  );
  return [...new Set([0, ...edges])].filter((port) => port <= 65_535);
}

/** Of a block of addresses one of each kind that some rule tells apart. */
export function destinationsToTry(
  destination: string,
  rules: readonly TrafficRule[],
  around: Surroundings,
): readonly string[] {
  const block = readAddresses(destination);
  const [range] = block?.set ?? [];
  if (!block || !range || range.first === range.last) return [destination];
  const edges = rules.flatMap(({ destinations }) =>
    destinations.flatMap((word) => {
      const set = possibly(wordSet(word, block.family, around, false));
      return set.flatMap(({ first, last }) => [first, last + 1n]);
    }),
  );
  const inside = [range.first, ...edges].filter((edge) => range.first <= edge && edge <= range.last);
  return [...new Set(inside)].map((edge) => addressText(edge, block.family));
}

function sourceSet(rule: TrafficRule, family: Family, around: Surroundings, relied: boolean): KnownSet {
  if (rule.sources.length + rule.sourceGroups.length === 0)
    return unclear(`which sources the rule ${rule.name} has`, everyAddress(family));
  return knownUnion([
    ...rule.sources.map((word) => wordSet(word, family, around, relied)),
    ...rule.sourceGroups.map((id) => membersOf(id, family, around)),
  ]);
}

/** Members of an application security group are in one network: never a client on the Internet. */
function membersOf(id: string, family: Family, around: Surroundings): KnownSet {
  const found = around.members.get(id);
  if (found && 'is' in found) return knownUnion(found.is.map((address) => wordSet(address, family, around, false)));
  const own = knownUnion(around.own.map((prefix) => wordSet(prefix, family, around, false)));
  const name = id.slice(id.lastIndexOf('/') + 1);
  return unclear(found?.unknown ?? `who is in the application security group ${name}`, own.surely);
}

function takesDestination(rule: TrafficRule, packets: Packets, around: Surroundings, relied: boolean): Match {
  const { destinations, destinationGroups } = rule;
  const unknown = `which destinations the rule ${rule.name} has`;
  // For an interface that is in none of its groups the rule is not there ("Application security groups").
  if (destinationGroups.length > 0) {
    if (!destinationGroups.some((id) => packets.groups.includes(id))) return 'no';
    return packets.isFrontend
      ? { unknown: 'whether a rule for an application security group takes a floating IP' }
      : 'yes';
  }
  const own = readAddresses(packets.destination);
  if (destinations.length === 0 || !own) return { unknown };
  const all = knownUnion(destinations.map((word) => wordSet(word, own.family, around, relied)));
  if (isWithin(own.set, all.surely)) return 'yes';
  // Whether the words hold the destination says nothing of whether they hold a source, and the other way round.
  const doubtful = all.if.find(({ set }) => intersection(set, own.set).length > 0);
  return doubtful ? { unknown: `${doubtful.all.join(', ')}, and if ${packets.destination} is one of them` } : 'no';
}

const NUMBERS: Readonly<Record<string, string>> = { '6': 'tcp', '17': 'udp' };
/** `SecurityRuleProtocol` is an open list: of a word that is not in it nobody knows what it takes. */
const OTHERS = new Set(['icmp', 'icmpv4', 'icmpv6', 'esp', 'ah']);

function takesProtocol({ name, protocol: word }: TrafficRule, protocol: 'tcp' | 'udp'): Match {
  const said = NUMBERS[word] ?? word.toLowerCase();
  if (said === '*' || said === 'any' || said === 'all' || said === protocol) return 'yes';
  if (said === 'tcp' || said === 'udp' || OTHERS.has(said) || /^\d+$/.test(said)) return 'no';
  return { unknown: `which protocol the rule ${name} has` };
}

function takesPort(texts: readonly string[], port: number, unknown: Unknown): Match {
  const ranges = texts.map(readPorts);
  if (ranges.some((range) => range && range.first <= port && port <= range.last)) return 'yes';
  return texts.length === 0 || ranges.includes(undefined) ? { unknown } : 'no';
}

function readPorts(text: string): { readonly first: number; readonly last: number } | undefined {
  if (text === '*') return { first: 0, last: 65_535 };
  const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text.trim()) ?? [];
  return first === undefined ? undefined : { first: Number(first), last: Number(last) };
}
