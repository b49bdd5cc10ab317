import { difference, EMPTY, intersection, type NumberSet, union } from './ranges.ts';

/** A rule as one packet's destination, port and protocol leave it: which sources it takes, and what it does with them. */
export interface FilterRule<V> {
  readonly name: string;
  readonly verdict: V;
  readonly sources: NumberSet;
}

/** Sources that one rule decided on; without a name, the last rule that every list ends with. */
export interface Decided<V> {
  readonly verdict: V;
  readonly by?: string;
  readonly sources: NumberSet;
}

/** Lists in which the first rule that matches decides: network security groups, admin rules, network ACLs, firewalls. */
export function firstMatch<V>(rules: readonly FilterRule<V>[], all: NumberSet, last: V): readonly Decided<V>[] {
  const decided: Decided<V>[] = [];
  let left = all;
  for (const { name, verdict, sources } of rules) {
    const taken = intersection(left, sources);
    if (taken.length === 0) continue;
    decided.push({ verdict, by: name, sources: taken });
    left = difference(left, taken);
    if (left.length === 0) break;
  }
  return left.length > 0 ? [...decided, { verdict: last, sources: left }] : decided;
}

/** Sources that are let in, and the names of the rules that did it, in the order in which the packet met them. */
export interface Admitted {
  readonly sources: NumberSet;
  readonly through: readonly string[];
}

/** What passes both filters. */
export function passing(a: readonly Admitted[], b: readonly Admitted[]): readonly Admitted[] {
  return a.flatMap((one) =>
    b.flatMap((other) => {
      const sources = intersection(one.sources, other.sources);
      return sources.length > 0 ? [{ sources, through: [...one.through, ...other.through] }] : [];
    }),
  );
}

export function sourcesOf(admitted: readonly Admitted[]): NumberSet {
  return admitted.length === 0 ? EMPTY : union(...admitted.map(({ sources }) => sources));
}
