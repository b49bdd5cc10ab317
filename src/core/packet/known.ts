import { EMPTY, type NumberSet, union } from './ranges.ts';

/**
 * Something that could not be read or is written down nowhere, in words for people: `the addresses of the tag Storage`,
 * `the network security group web-nsg, which may not be read`. The same words are the same unknown.
 */
export type Unknown = string;

/** A set of which parts may depend on what is unknown: each part is in when all that it rests on is so. */
export interface KnownSet {
  readonly surely: NumberSet;
  readonly if: readonly { readonly all: readonly Unknown[]; readonly set: NumberSet }[];
}

/** What is taken to be so for each unknown. What is not named is taken not to be so. */
export type Assumption = ReadonlyMap<Unknown, boolean>;

export const NOTHING: KnownSet = { surely: EMPTY, if: [] };

export function known(surely: NumberSet): KnownSet {
  return surely.length === 0 ? NOTHING : { surely, if: [] };
}

/** In if this unknown says so, out if not. */
export function unclear(unknown: Unknown, set: NumberSet): KnownSet {
  return set.length === 0 ? NOTHING : { surely: EMPTY, if: [{ all: [unknown], set }] };
}

export function knownUnion(sets: readonly KnownSet[]): KnownSet {
  return { surely: union(...sets.map(({ surely }) => surely)), if: sets.flatMap((set) => set.if) };
}

/** The set if that unknown is so, nothing if not. */
export function provided(set: KnownSet, unknown: Unknown): KnownSet {
  return {
    surely: EMPTY,
    if: [
      ...(set.surely.length > 0 ? [{ all: [unknown], set: set.surely }] : []),
      ...set.if.map(({ all, set: part }) => ({ all: [...all, unknown], set: part })),
    ],
  };
}

/** The set as it is if the assumption holds. */
export function under(set: KnownSet, assumption: Assumption): NumberSet {
  if (set.if.length === 0) return set.surely;
  const parts = set.if.flatMap(({ all, set: part }) => (all.every((one) => assumption.get(one)) ? [part] : []));
  return union(set.surely, ...parts);
}

/** All that could be in. */
export function possibly(set: KnownSet): NumberSet {
  return union(set.surely, ...set.if.map(({ set: part }) => part));
}

export function unknownsOf(sets: readonly KnownSet[]): readonly Unknown[] {
  return [...new Set(sets.flatMap((set) => set.if.flatMap(({ all }) => all)))];
}
