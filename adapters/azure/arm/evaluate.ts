import type { Port } from '../../../src/core/rule/port.ts';
import type { Rule, StandingRule } from '../../../src/core/rule/rule.ts';
import { contains, parseSource } from '../../../src/core/rule/source.ts';
import { coversPort, coversProtocol, type NsgRule } from './nsg-rules.ts';

/** The inbound rules of one group, in the order in which they are judged. */
export type Gate = readonly NsgRule[];

type Way = Omit<StandingRule, 'port'>;

const NO_GROUP: Way = { source: '*', through: 'no network security group' };

/**
 * What lets traffic through all the gates in front of an address (subnet's and interface's; both must allow). A service
 * tag that cannot be compared is taken to overlap: what may be open is called open.
 */
export function waysTo(gates: readonly Gate[], address: string, port: Port): readonly StandingRule[] {
  const [first = [NO_GROUP], ...rest] = gates.map((gate) => waysThrough(gate, address, port));
  return rest
    .reduce((ways, next) => ways.flatMap((a) => next.flatMap((b) => both(a, b) ?? [])), first)
    .map((way) => ({ port, ...way }));
}

/** Allow rules that no deny before them surely takes everything from. */
function waysThrough(gate: Gate, address: string, port: Port): readonly Way[] {
  const denied: string[] = [];
  const ways: Way[] = [];
  for (const rule of gate) {
    if (!coversPort(rule, port) || !coversProtocol(rule, port) || !covers(rule.destinations, address)) continue;
    if (rule.access === 'deny') denied.push(...(rule.narrowed ? [] : rule.sources));
    else ways.push(...sourcesLeft(rule, denied).map((source) => ({ source, through: rule.name })));
  }
  return ways;
}

function sourcesLeft({ sources }: NsgRule, denied: readonly string[]): readonly string[] {
  // The platform's own probe address, which nobody else can have.
  return sources.filter((source) => source !== 'AzureLoadBalancer' && !denied.some((wide) => isWithin(source, wide)));
}

export function covers(destinations: readonly string[], address: string): boolean {
  const own = parseSource(address);
  return destinations.some((text) => {
    const prefix = parseSource(text);
    return text === '*' || !prefix || !own || contains(prefix, own);
  });
}

function isWithin(behind: string, outer: string): boolean {
  if (outer === '*' || outer.toLowerCase() === behind.toLowerCase()) return true;
  const [prefix, wide] = [parseSource(behind), parseSource(outer)];
  if (!wide) return false;
  // Of all addresses no tag and no name lets out one.
  return prefix ? contains(wide, prefix) : wide === '0.0.0.0/0';
}

/** What passes both: the narrower, under its own name. Undefined when nothing does. */
function both(a: Way, b: Way): Way | undefined {
  if (isWithin(a.source, b.source)) return a;
  if (isWithin(b.source, a.source)) return b;
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
