import { EMPTY, type NumberSet, union } from './ranges.ts';

/**
 * Something that could not be read or is written down nowhere, in words for people: `the addresses of the tag Storage`,
 * `the network security group web-nsg, which may not be read`. The same words are the same unknown.
 */
export type Unknown = string;

/** A set of which a part may depend on what is unknown: surely in, or in if and only if the unknown says so. */
export interface KnownSet {
  readonly surely: NumberSet;
  readonly if: readonly { readonly unknown: Unknown; readonly set: NumberSet }[];
}

/** What is taken to be so for each unknown. What is not named is taken to be out. */
export type Assumption = ReadonlyMap<Unknown, boolean>;

export function known(surely: NumberSet): KnownSet {
  return { surely, if: [] };
}

export const NOTHING: KnownSet = known(EMPTY);

export function knownUnion(...sets: readonly KnownSet[]): KnownSet {
  return { surely: union(...sets.map(({ surely }) => surely)), if: sets.flatMap((set) => set.if) };
}

/** The set as it is if the assumption holds. */
export function under(set: KnownSet, assumption: Assumption): NumberSet {
  return union(set.surely, ...set.if.flatMap(({ unknown, set: part }) => (assumption.get(unknown) ? [part] : [])));
}

export function unknownsOf(sets: readonly KnownSet[]): readonly Unknown[] {
  return [...new Set(sets.flatMap((set) => set.if.map(({ unknown }) => unknown)))];
}
