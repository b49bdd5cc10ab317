import type { Admitted } from './filter.ts';
import { sourcesOf } from './filter.ts';
import type { Assumption, Unknown } from './known.ts';
import { difference, EMPTY, intersection, type NumberSet, union } from './ranges.ts';

/** What is to be said of every source, for one way to one port of one machine. Each source is in exactly one of the three. */
export interface PacketVerdict {
  /** Let in whatever the unknowns are, with the rules that do it. */
  readonly open: readonly Admitted[];
  /** Let in or not, depending on something that is unknown. */
  readonly unclear: readonly { readonly sources: NumberSet; readonly because: readonly Unknown[] }[];
  /** What would let in those that nothing can be told of, if the unknowns are so. */
  readonly mayOpen: readonly Admitted[];
  /** Kept out whatever the unknowns are. */
  readonly closed: NumberSet;
}

/** Two to this power of assumptions are tried; with more unknowns nothing can be told. */
const MOST_UNKNOWNS = 7;

/**
 * Evaluates under each assumption on the unknowns, and joins what comes of it: nothing that rests on an unknown is said to be
 * open or closed. `admits` gives who is let in if an assumption holds.
 */
export function evaluateUnder(
  unknowns: readonly Unknown[],
  all: NumberSet,
  admits: (assumption: Assumption) => readonly Admitted[],
): PacketVerdict {
  if (unknowns.length > MOST_UNKNOWNS)
    return {
      open: [],
      unclear: [{ sources: all, because: unknowns }],
      mayOpen: [{ sources: all, through: unknowns }],
      closed: EMPTY,
    };
  const outcomes = Array.from({ length: 1 << unknowns.length }, (_, bits) =>
    admits(new Map(unknowns.map((unknown, i) => [unknown, (bits & (1 << i)) !== 0]))),
  );
  const sets = outcomes.map(sourcesOf);
  const [first = EMPTY, ...more] = sets;
  const always = more.reduce(intersection, first);
  const sometimes = union(...sets);
  const unclear = difference(sometimes, always);
  return {
    open: (outcomes[0] ?? []).flatMap(({ sources, through }) => {
      const sure = intersection(sources, always);
      return sure.length > 0 ? [{ sources: sure, through }] : [];
    }),
    unclear: unclear.length > 0 ? causes(unknowns, sets, unclear) : [],
    mayOpen: unclear.length > 0 ? possible(outcomes.flat(), unclear) : [],
    closed: difference(all, sometimes),
  };
}

/** Each list of rules once, with all of these sources that it may let in. */
function possible(admitted: readonly Admitted[], unclear: NumberSet): readonly Admitted[] {
  const found = new Map<string, Admitted>();
  for (const { sources, through } of admitted) {
    const part = intersection(sources, unclear);
    const key = through.join('\n');
    const before = found.get(key)?.sources ?? EMPTY;
    if (part.length > 0) found.set(key, { sources: union(before, part), through });
  }
  return [...found.values()];
}

/**
 * The sources that nothing can be told of, parted by the unknowns that they rest on: those that change the answer when
 * they alone are taken the other way. There is always one, as any two assumptions differ by steps of one.
 */
function causes(
  unknowns: readonly Unknown[],
  sets: readonly NumberSet[],
  unclear: NumberSet,
): PacketVerdict['unclear'] {
  let parts: readonly { readonly sources: NumberSet; readonly because: readonly Unknown[] }[] = [
    { sources: unclear, because: [] },
  ];
  for (const [i, unknown] of unknowns.entries()) {
    const turned = sets.map((set, bits) => difference(set, sets[bits ^ (1 << i)] ?? set));
    const resting = union(...turned);
    parts = parts.flatMap(({ sources, because }) =>
      [
        { sources: intersection(sources, resting), because: [...because, unknown] },
        { sources: difference(sources, resting), because },
      ].filter((part) => part.sources.length > 0),
    );
  }
  return parts;
}
