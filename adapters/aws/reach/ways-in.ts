import { addressesIn, readAddresses } from '../../../src/core/packet/addresses.ts';
import type { Admitted } from '../../../src/core/packet/filter.ts';
import type { Unknown } from '../../../src/core/packet/known.ts';
import { intersection } from '../../../src/core/packet/ranges.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { byReach, type Way } from '../../../src/core/rule/reach.ts';
import type { EffectivePort, StandingRule } from '../../../src/core/rule/rule.ts';
import { evaluate, waysInto } from './evaluate.ts';
import type { IngressRule, InstanceInterface, WayToInstance } from './model.ts';

/** Who gets into some ports of a machine, our own rules left aside. */
export interface InstanceStanding {
  /** What lets somebody in, or may: what may be open is said to be. */
  readonly ways: readonly StandingRule[];
  readonly ports: readonly EffectivePort[];
}

/** More entries of a prefix list than these are not told one by one. */
const MOST_ENTRIES = 10;

/** `isOurs` tells groups in which only our own rules stand: what is open without them? */
export function standingOf(
  nics: readonly InstanceInterface[],
  ports: readonly Port[],
  isOurs: (group: string) => boolean,
): InstanceStanding {
  const all = ports.map((port) => ({ port, ...waysIn(nics, port, isOurs) }));
  return {
    ways: unique(all.flatMap(({ open, mayOpen }) => [...open, ...mayOpen])),
    ports: all.map(({ port, open, because }) => {
      const [widest] = open.toSorted(byReach);
      if (widest) return { ...widest, state: 'open' };
      return because.length > 0 ? { port, state: 'unknown', through: because.join(', ') } : { port, state: 'closed' };
    }),
  };
}

function waysIn(nics: readonly InstanceInterface[], port: Port, isOurs: (group: string) => boolean) {
  const all = nics.flatMap((nic) => {
    const rules = rulesById(nic);
    return waysInto(nic, port).map((way) => {
      const { open, mayOpen, unclear } = evaluate(nic, way, port, isOurs);
      const told = (admitted: readonly Admitted[]) =>
        admitted.flatMap((one) => sourcesIn(one, way, rules)).map((rule) => ({ port, ...rule }));
      return { open: told(open), mayOpen: told(mayOpen), because: unclear.flatMap(({ because }) => because) };
    });
  });
  return {
    open: all.flatMap(({ open }) => open),
    mayOpen: all.flatMap(({ mayOpen }) => mayOpen),
    because: [...new Set(all.flatMap(({ because }) => because))] as readonly Unknown[],
  };
}

interface InGroup {
  readonly rule: IngressRule;
  readonly group: string;
}

export function rulesById({ groups }: InstanceInterface): ReadonlyMap<string, InGroup> {
  const read = groups.flatMap((group) => ('is' in group ? [group.is] : []));
  return new Map(read.flatMap(({ name, rules }) => rules.map((rule) => [rule.id, { rule, group: name }] as const)));
}

/** Who comes in by a rule, as people find it: its prefix, the group, or the entries of its list that let some of these in. */
function sourcesIn(
  { sources, through }: Admitted,
  { family }: WayToInstance,
  rules: ReadonlyMap<string, InGroup>,
): readonly (Way & { readonly source: string })[] {
  const [first = ''] = through;
  const found = rules.get(first);
  // Too much is unknown to say which rule it is.
  if (!found) return [{ source: '', through: through.join(', ') }];
  const { rule, group } = found;
  if ('cidr' in rule.source) return [{ source: rule.source.cidr, through: group }];
  if ('group' in rule.source) {
    const { group: source, name } = rule.source;
    return [{ source, ...(name === undefined ? {} : { sourceName: name }), through: group }];
  }
  const { prefixList, entries } = rule.source;
  const letting = 'is' in entries ? entries.is.filter((cidr) => meets(cidr, sources, family)) : [];
  if (letting.length === 0 || letting.length > MOST_ENTRIES) return [{ source: prefixList, through: group }];
  return letting.map((source) => ({ source, through: `${group} (prefix list ${prefixList})` }));
}

function meets(cidr: string, sources: Admitted['sources'], family: WayToInstance['family']): boolean {
  return readAddresses(cidr)?.family === family && intersection(addressesIn([cidr], family).set, sources).length > 0;
}

function unique(ways: readonly StandingRule[]): readonly StandingRule[] {
  const key = ({ port, source, through }: StandingRule) => `${port.protocol}/${port.number} ${source} ${through}`;
  return [...new Map(ways.map((way) => [key(way), way])).values()];
}
