import type { Port } from '../../../src/core/rule/port.ts';
import type { Rule, StandingRule } from '../../../src/core/rule/rule.ts';
import { contains, familyOf, isAny, parseSource } from '../../../src/core/rule/source.ts';
import { partsOf } from './ids.ts';
import { coversPort, coversProtocol, type NsgRule } from './nsg-rules.ts';

/** The inbound rules of one group, in the order in which they are judged. */
export type Gate = readonly NsgRule[];

type Way = Omit<StandingRule, 'port'>;
type Family = ReturnType<typeof familyOf>;

/** The tag of the platform's own probe address. */
const PROBE = 'azureloadbalancer';

const NO_GROUP: Way = { source: '*', through: 'no network security group' };

/**
 * What lets traffic through all the gates in front of an address (subnet's and interface's; both must allow). Of what a tag
 * holds only what is sure is relied on: what may be open is called open.
 */
export function waysTo(gates: readonly Gate[], address: string, port: Port): readonly StandingRule[] {
  const [first = [NO_GROUP], ...rest] = gates.map((gate) => waysThrough(gate, address, port));
  return rest
    .reduce((ways, next) => ways.flatMap((a) => next.flatMap((b) => both(a, b, familyOf(address)) ?? [])), first)
    .map((way) => ({ port, ...way }));
}

/** Allow rules that no deny before them surely takes everything from. */
function waysThrough(gate: Gate, address: string, port: Port): readonly Way[] {
  const family = familyOf(address);
  const denied: string[] = [];
  const ways: Way[] = [];
  for (const rule of gate) {
    if (!coversPort(rule, port) || !coversProtocol(rule, port)) continue;
    const isThere = holding(rule.destinations, address);
    if (isThere === 'no') continue;
    const sources = rule.sources.filter((source) => isOfFamily(source, family));
    if (rule.access === 'allow') {
      const left = sources.filter((source) => !denied.some((wide) => isWithin(source, wide, family)));
      ways.push(...left.map((source) => ({ source, through: rule.name })));
      // Groups are named here, and two may have one name: none of them keeps out another.
    } else if (isThere === 'surely' && !rule.narrowed)
      denied.push(...sources.filter((source) => !isGroupOf(rule, source)));
  }
  return ways;
}

/** Is it the name of an application security group of the rule? */
function isGroupOf({ words }: NsgRule, source: string): boolean {
  return words.sourceGroups.some((id) => partsOf(id).name === source.toLowerCase());
}

/**
 * Do these words hold the address of a machine ("Service tags")? Its own network always does, and the Internet is all that is
 * outside of it; of any other tag nobody knows.
 */
function holding(destinations: readonly string[], address: string): 'surely' | 'maybe' | 'no' {
  const own = parseSource(address);
  const held = destinations.map((text) => {
    const word = text.toLowerCase();
    if (word === '*' || word === 'virtualnetwork') return 'surely';
    if (word === 'internet' || word === PROBE) return 'no';
    const prefix = parseSource(text);
    if (!prefix || !own) return 'maybe';
    return contains(prefix, own) ? 'surely' : 'no';
  });
  return held.find((one) => one === 'surely') ?? held.find((one) => one === 'maybe') ?? 'no';
}

/** May these words hold the address of a machine? */
export function covers(destinations: readonly string[], address: string): boolean {
  return holding(destinations, address) !== 'no';
}

/** `0.0.0.0/0` takes no IPv6; words and `*` may take both. The platform's own probe comes from an address that nobody else has. */
function isOfFamily(source: string, family: Family): boolean {
  if (source.toLowerCase() === PROBE) return false;
  if (source === '*') return true;
  const prefix = parseSource(source);
  return prefix === undefined || familyOf(prefix) === family;
}

/** Does the one surely hold all that the other may be, of this family? */
function isWithin(behind: string, outer: string, family: Family): boolean {
  if (outer === '*' || outer.toLowerCase() === behind.toLowerCase()) return true;
  const [prefix, wide] = [behind === '*' ? undefined : parseSource(behind), parseSource(outer)];
  if (!wide) return false;
  // Of all addresses no tag and no name lets out one.
  return prefix ? contains(wide, prefix) : isAny(wide) && familyOf(wide) === family;
}

/** What passes both: the narrower, under its own name. Undefined when nothing does. */
function both(a: Way, b: Way, family: Family): Way | undefined {
  if (isWithin(a.source, b.source, family)) return a;
  if (isWithin(b.source, a.source, family)) return b;
  const [one, other] = [parseSource(a.source), parseSource(b.source)];
  if (one && other) return undefined;
  return one ? a : b;
}

/** Does a deny rule keep this source from an address? A tag that cannot be compared is taken to. */
export function keepsOut(rule: NsgRule, { port, source }: Pick<Rule, 'port' | 'source'>, addresses: readonly string[]) {
  return (
    rule.access === 'deny' &&
    coversPort(rule, port) &&
    coversProtocol(rule, port) &&
    addresses.some((address) => covers(rule.destinations, address)) &&
    rule.sources.some((text) => {
      const prefix = parseSource(text);
      return text === '*' || !prefix || contains(prefix, source) || contains(source, prefix);
    })
  );
}

/** Each way once. */
export function uniqueWays(ways: readonly StandingRule[]): readonly StandingRule[] {
  return [
    ...new Map(
      ways.map((way) => [`${way.port.protocol}|${way.port.number}|${way.source}|${way.through}`, way]),
    ).values(),
  ];
}
