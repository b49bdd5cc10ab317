/** Numbers from the first to the last, both included. */
export interface NumberRange {
  readonly first: bigint;
  readonly last: bigint;
}

/** A set of numbers: ranges in ascending order that neither overlap nor touch. */
export type NumberSet = readonly NumberRange[];

export const EMPTY: NumberSet = [];

/** The set of all numbers in some ranges, in whatever order they come. A range that ends before it begins is none. */
export function setOf(ranges: readonly NumberRange[]): NumberSet {
  const sorted = ranges.filter(({ first, last }) => first <= last).toSorted((a, b) => (a.first < b.first ? -1 : 1));
  const merged: NumberRange[] = [];
  for (const range of sorted) {
    const before = merged.at(-1);
    if (before && range.first <= before.last + 1n)
      merged[merged.length - 1] = { first: before.first, last: range.last > before.last ? range.last : before.last };
    else merged.push(range);
  }
  return merged;
}

export function union(...sets: readonly NumberSet[]): NumberSet {
  const [only = EMPTY, ...more] = sets.filter((set) => set.length > 0);
  return more.length === 0 ? only : setOf([only, ...more].flat());
}

export function intersection(a: NumberSet, b: NumberSet): NumberSet {
  const common: NumberRange[] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [one, other] = [a[i], b[j]];
    if (!one || !other) break;
    const first = one.first > other.first ? one.first : other.first;
    const last = one.last < other.last ? one.last : other.last;
    if (first <= last) common.push({ first, last });
    if (one.last < other.last) i += 1;
    else j += 1;
  }
  return common;
}

/** What is in the first set and not in the second. */
export function difference(a: NumberSet, b: NumberSet): NumberSet {
  if (a.length === 0 || b.length === 0) return a;
  const left: NumberRange[] = [];
  let j = 0;
  for (const { first, last } of a) {
    let from = first;
    while (j < b.length && (b[j]?.last ?? 0n) < from) j += 1;
    for (let k = j; k < b.length && from <= last; k += 1) {
      const taken = b[k];
      if (!taken || taken.first > last) break;
      if (taken.first > from) left.push({ first: from, last: taken.first - 1n });
      from = taken.last + 1n;
    }
    if (from <= last) left.push({ first: from, last });
  }
  return left;
}

export function isWithin(inner: NumberSet, outer: NumberSet): boolean {
  return difference(inner, outer).length === 0;
}

export function holds(set: NumberSet, number: bigint): boolean {
  return set.some(({ first, last }) => first <= number && number <= last);
}
