import { type Decided, firstMatch } from '../../../src/core/packet/filter.ts';
import { type Assumption, type KnownSet, type Unknown, under, unknownsOf } from '../../../src/core/packet/known.ts';
import { difference, intersection, type NumberSet } from '../../../src/core/packet/ranges.ts';
import type { OrUnknown } from '../../../src/core/packet/read.ts';
import { inOrder } from './groups.ts';
import type { ManagerRules, Surroundings } from './model.ts';
import type { Packets } from './rules.ts';

/** `allow` hands on to the groups, as no rule at all does. */
type AdminVerdict = 'allow' | 'deny' | 'alwaysAllow';

/** The security admin rules of a virtual network, ready to be asked. */
export interface PreparedAdmin {
  readonly unknowns: readonly Unknown[];
  decides(all: NumberSet, assumption: Assumption): readonly Decided<AdminVerdict>[];
}

interface Ordered {
  readonly rules: readonly {
    readonly name: string;
    readonly verdict: AdminVerdict;
    readonly priority: number;
    readonly sources: KnownSet;
  }[];
  /** Rules of two collections with one number and different verdicts: which comes first is written nowhere. */
  readonly tie?: Unknown;
}

/**
 * Admin rules are judged before all groups ("Security admin rules in Azure Virtual Network Manager"): Deny is the end,
 * AlwaysAllow asks no group, Allow hands on. `managers` come with the higher scope first. A number is unique in its collection
 * only, and what a parent's Allow does against a child's rule is not documented: both are unknown where they matter.
 */
export function prepareAdmin(
  managers: OrUnknown<readonly ManagerRules[]>,
  packets: Packets,
  around: Surroundings,
): PreparedAdmin {
  if ('unknown' in managers) {
    const { unknown } = managers;
    // They could let in everybody, or nobody.
    return {
      unknowns: [unknown],
      decides: (all, assumption) => [
        { verdict: assumption.get(unknown) ? 'alwaysAllow' : 'deny', by: unknown, sources: all },
      ],
    };
  }
  const lists = managers.is.map((one) => ordered(one, packets, around)).filter(({ rules }) => rules.length > 0);
  const clash = lists.length > 1 ? ['which of the network managers counts where one allows and another decides'] : [];
  return {
    unknowns: [
      ...unknownsOf(lists.flatMap(({ rules }) => rules.map(({ sources }) => sources))),
      ...lists.flatMap(({ tie }) => (tie === undefined ? [] : [tie])),
      ...clash,
    ],
    decides: (all, assumption) => {
      const [first, ...more] = lists.map((list) => decidedBy(list, all, assumption));
      return more.reduce(
        (parent, child) => overruled(parent, child, assumption.get(clash[0] ?? '') === true),
        first ?? [{ verdict: 'allow', sources: all }],
      );
    },
  };
}

function ordered({ manager, collections }: ManagerRules, packets: Packets, around: Surroundings): Ordered {
  const rules = collections
    .flatMap(({ name, rules: own }) =>
      inOrder(own, packets, around).map(({ name: rule, access, priority, sources }) => ({
        name: `${manager}/${name}/${rule}`,
        verdict: access,
        priority,
        sources,
      })),
    )
    .toSorted((a, b) => a.priority - b.priority);
  const isTied = rules.some((one, i) => {
    const next = rules[i + 1];
    return (
      next &&
      next.priority === one.priority &&
      rules.some((r) => r.priority === one.priority && r.verdict !== one.verdict)
    );
  });
  return isTied ? { rules, tie: `which of the admin rules of ${manager} with the same number comes first` } : { rules };
}

function decidedBy({ rules, tie }: Ordered, all: NumberSet, assumption: Assumption): readonly Decided<AdminVerdict>[] {
  // Of rules with one number the strictest comes first, or the widest: what is so either way is so in every order.
  const strictness: Readonly<Record<AdminVerdict, number>> = { deny: 0, allow: 1, alwaysAllow: 2 };
  const turn = tie !== undefined && assumption.get(tie) === true ? -1 : 1;
  const sorted = rules.toSorted(
    (a, b) => a.priority - b.priority || turn * (strictness[a.verdict] - strictness[b.verdict]),
  );
  return firstMatch(
    sorted.map(({ name, verdict, sources }) => ({ name, verdict, sources: under(sources, assumption) })),
    all,
    'allow',
  );
}

/** What the parent's rules leave, the child's decide; where the parent allows, nobody has written which of them counts. */
function overruled(
  parent: readonly Decided<AdminVerdict>[],
  child: readonly Decided<AdminVerdict>[],
  childCounts: boolean,
): readonly Decided<AdminVerdict>[] {
  return parent.flatMap((one) => {
    const hasDecided = one.by !== undefined && (one.verdict !== 'allow' || !childCounts);
    if (hasDecided) return [one];
    const parts = child.flatMap((other) => {
      const sources = intersection(one.sources, other.sources);
      return sources.length > 0 ? [{ ...other, sources }] : [];
    });
    const rest = parts.reduce((left, { sources }) => difference(left, sources), one.sources);
    return rest.length > 0 ? [...parts, { ...one, sources: rest }] : parts;
  });
}
