import { type Admitted, type FilterRule, firstMatch } from '../../../src/core/packet/filter.ts';
import { type Assumption, type KnownSet, type Unknown, under, unknownsOf } from '../../../src/core/packet/known.ts';
import type { NumberSet } from '../../../src/core/packet/ranges.ts';
import type { OrUnknown } from '../../../src/core/packet/read.ts';
import type { SecurityGroup, Surroundings, TrafficRule } from './model.ts';
import { type Packets, sourcesTaken } from './rules.ts';

/** A group in front of an interface, ready to be asked; `undefined` where none is, which passes everything on. */
export interface PreparedGroup {
  readonly unknowns: readonly Unknown[];
  /** Who passes if the assumption holds, and through which rule. */
  admits(all: NumberSet, assumption: Assumption): readonly Admitted[];
}

/**
 * Rules in the order of their numbers; the first that matches decides, and nothing passes that none takes. Once a deny relies
 * on what a tag holds, so do the rules behind it: what the tag lacks was not kept out, and is not let in by it either.
 */
export function prepare(group: OrUnknown<SecurityGroup>, packets: Packets, around: Surroundings): PreparedGroup {
  if ('unknown' in group) {
    const { unknown } = group;
    return {
      unknowns: [unknown],
      admits: (all, assumption) => (assumption.get(unknown) ? [{ sources: all, through: [unknown] }] : []),
    };
  }
  const { name, rules } = group.is;
  const taken = inOrder(rules, packets, around);
  return {
    unknowns: unknownsOf(taken.map(({ sources }) => sources)),
    admits: (all, assumption) =>
      firstMatch(
        taken.map(
          (rule): FilterRule<boolean> => ({
            name: `${name}/${rule.name}`,
            verdict: rule.access !== 'deny',
            sources: under(rule.sources, assumption),
          }),
        ),
        all,
        false,
      ).flatMap(({ verdict, by, sources }) => (verdict ? [{ sources, through: by === undefined ? [] : [by] }] : [])),
  };
}

/** Each rule that takes some of the packets, in order, with what it takes. */
export function inOrder(
  rules: readonly TrafficRule[],
  packets: Packets,
  around: Surroundings,
): readonly (Pick<TrafficRule, 'name' | 'access' | 'priority'> & { readonly sources: KnownSet })[] {
  let relied = false;
  return rules
    .toSorted((a, b) => a.priority - b.priority)
    .flatMap((rule) => {
      const isDeny = rule.access === 'deny';
      const sources = sourcesTaken(rule, packets, around, relied || isDeny);
      if (sources.surely.length === 0 && sources.if.length === 0) return [];
      relied ||= isDeny && sources.if.length > 0;
      return [{ name: rule.name, access: rule.access, priority: rule.priority, sources }];
    });
}
