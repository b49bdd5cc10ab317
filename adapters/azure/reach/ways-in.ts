import {
  type AddressSet,
  addressesIn,
  everyAddress,
  publicAddresses,
  readAddresses,
} from '../../../src/core/packet/addresses.ts';
import type { Admitted } from '../../../src/core/packet/filter.ts';
import { possibly, type Unknown } from '../../../src/core/packet/known.ts';
import { difference, intersection } from '../../../src/core/packet/ranges.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import type { StandingRule } from '../../../src/core/rule/rule.ts';
import { partsOf } from '../arm/ids.ts';
import { evaluate, type LeftOut, waysInto } from './evaluate.ts';
import { waysThrough } from './firewall.ts';
import { nameOf } from './firewall-rules.ts';
import type { FirewallInPath, FirewallPassage, NetworkInterfaceFacts, TrafficRule, WayToMachine } from './model.ts';
import { wordSet } from './tags.ts';

/** Who gets into a port of an interface past all that filters there, as people find the rules. */
export interface WaysIn {
  /** Whatever is unknown. */
  readonly open: readonly StandingRule[];
  /** If what is unknown is so. */
  readonly mayOpen: readonly StandingRule[];
  /** What would have to be known to tell. */
  readonly because: readonly Unknown[];
}

/** What counts in an answer. */
export interface Counted {
  /** Rules of groups that are left out: what is open without ours? */
  readonly without: LeftOut;
  /** The same for what a firewall translates. */
  readonly withoutBehind: LeftOut;
  /** All by which packets may come. */
  readonly firewalls: readonly FirewallInPath[];
}

export function waysIn(nic: NetworkInterfaceFacts, port: Port, asked: Counted): WaysIn {
  const rules = rulesByName(nic);
  // Who comes from farthest is named first.
  const ways = [...asked.firewalls.flatMap((one) => waysThrough(one, nic, port)), ...waysInto(nic, port)];
  const all = ways.map((way) => {
    const without = way.translated ? asked.withoutBehind : asked.without;
    const { open, mayOpen, unclear } = evaluate(nic, way, port, without);
    const told = (admitted: readonly Admitted[]) =>
      admitted.flatMap((one) => standingRules(one, { nic, way, rules }).map((rule) => ({ port, ...rule })));
    return { open: told(open), mayOpen: told(mayOpen), because: unclear.flatMap(({ because }) => because) };
  });
  return {
    open: all.flatMap(({ open }) => open),
    mayOpen: all.flatMap(({ mayOpen }) => mayOpen),
    because: [...new Set(all.flatMap(({ because }) => because))],
  };
}

/** A rule that a verdict names, and what people call it. */
interface Named {
  readonly rule: TrafficRule;
  readonly through: string;
}

/** By the names that verdicts give. */
function rulesByName({ subnetGroup, ownGroup, admin }: NetworkInterfaceFacts): ReadonlyMap<string, Named> {
  const groups = [subnetGroup, ownGroup].flatMap((group) => (group && 'is' in group ? [group.is] : []));
  const managers = 'is' in admin ? admin.is : [];
  return new Map([
    ...groups.flatMap(({ name, rules }) =>
      rules.map((rule): [string, Named] => [`${name}/${rule.name}`, { rule, through: rule.name }]),
    ),
    ...managers.flatMap(({ manager, collections }) =>
      collections.flatMap(({ name, rules }) =>
        rules.map((rule): [string, Named] => [
          `${manager}/${name}/${rule.name}`,
          { rule, through: `security admin rule ${rule.name} of ${manager}` },
        ]),
      ),
    ),
  ]);
}

interface Place {
  readonly nic: NetworkInterfaceFacts;
  readonly way: WayToMachine;
  readonly rules: ReadonlyMap<string, Named>;
}

/** Of several rules that a packet has to pass the narrowest says who comes; of its words those that let some of them in. */
function standingRules({ sources, through }: Admitted, place: Place): readonly Omit<StandingRule, 'port'>[] {
  const { way, rules } = place;
  if (way.passage) return passing(way.passage, sources);
  const named = through.flatMap((name) => rules.get(name) ?? []);
  const unread = through.find((name) => !rules.has(name));
  if (unread !== undefined) return [{ source: '', through: unread }];
  const widths = named.map((one) => ({ ...one, size: sizeOf(wordsOf(one.rule, place).flatMap(({ set }) => set)) }));
  const [narrowest] = widths.toSorted((a, b) => (a.size < b.size ? -1 : a.size > b.size ? 1 : 0));
  if (!narrowest)
    return [{ source: way.kind === 'network' ? 'VirtualNetwork' : '*', through: 'no network security group' }];
  return wordsOf(narrowest.rule, place)
    .filter(({ set }) => intersection(set, sources).length > 0)
    .map(({ word }) => ({ source: sourceOf(word, sources, place), through: narrowest.through }));
}

/** A firewall's rule says who comes; of its words those that let some of them in. */
function passing(
  { rule, sources: words }: FirewallPassage,
  sources: AddressSet,
): readonly Omit<StandingRule, 'port'>[] {
  if (words.length === 0) return [{ source: '', through: rule }];
  return words
    .filter((word) => intersection(readAddresses(word)?.set ?? everyAddress('ipv4'), sources).length > 0)
    .map((word) => ({ source: nameOf(word), through: rule }));
}

/** Behind a default route to an appliance the tag of the network holds the Internet: then it is not called the network. */
function sourceOf(word: string, sources: AddressSet, { way: { family }, nic: { around } }: Place): string {
  if (word.toLowerCase() !== 'virtualnetwork') return word;
  const near = [...around.own, ...('is' in around.connected ? around.connected.is : [])];
  const outside = difference(intersection(sources, publicAddresses(family)), addressesIn(near, family).set);
  if (outside.length === 0) return word;
  return family === 'ipv4' ? '0.0.0.0/0' : '::/0';
}

function wordsOf(
  { sources, sourceGroups }: TrafficRule,
  { nic: { around }, way: { family } }: Place,
): readonly { readonly word: string; readonly set: AddressSet }[] {
  const words = sources.map((word) => ({ word, set: possibly(wordSet(word, family, around, false)) }));
  const groups = sourceGroups.map((id) => ({
    word: partsOf(id).name,
    set: possibly(wordSet('VirtualNetwork', family, around, false)),
  }));
  return [...words, ...groups];
}

function sizeOf(set: AddressSet): bigint {
  return set.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
}
