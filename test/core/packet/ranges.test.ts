import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  difference,
  holds,
  intersection,
  isWithin,
  type NumberSet,
  setOf,
  union,
} from '../../../src/core/packet/ranges.ts';

const MOST = 24;
const numbers = Array.from({ length: MOST + 1 }, (_, i) => BigInt(i));
const anySet = fc
  .array(fc.tuple(fc.integer({ min: 0, max: MOST }), fc.integer({ min: 0, max: MOST })), { maxLength: 6 })
  .map((pairs) => pairs.map(([a, b]) => ({ first: BigInt(Math.min(a, b)), last: BigInt(Math.max(a, b)) })));

/** The same set, counted one by one. */
const members = (set: NumberSet) => numbers.filter((n) => set.some(({ first, last }) => first <= n && n <= last));

describe('sets of numbers', () => {
  it('hold what their ranges held, in order and apart', () => {
    fc.assert(
      fc.property(anySet, (ranges) => {
        const set = setOf(ranges);
        expect(members(set)).toEqual(members(ranges));
        expect(set.every(({ first }, i) => i === 0 || first > (set[i - 1]?.last ?? 0n) + 1n)).toBe(true);
        expect(numbers.filter((n) => holds(set, n))).toEqual(members(ranges));
      }),
    );
  });

  it('are joined, crossed and taken away number by number', () => {
    fc.assert(
      fc.property(anySet, anySet, (one, other) => {
        const [a, b] = [setOf(one), setOf(other)];
        const [inA, inB] = [new Set(members(a)), new Set(members(b))];
        expect(members(union(a, b))).toEqual(numbers.filter((n) => inA.has(n) || inB.has(n)));
        expect(members(intersection(a, b))).toEqual(numbers.filter((n) => inA.has(n) && inB.has(n)));
        expect(members(difference(a, b))).toEqual(numbers.filter((n) => inA.has(n) && !inB.has(n)));
        expect(isWithin(a, b)).toBe([...inA].every((n) => inB.has(n)));
        for (const set of [union(a, b), intersection(a, b), difference(a, b)]) expect(setOf(set)).toEqual(set);
      }),
      { numRuns: 500 },
    );
  });
});
