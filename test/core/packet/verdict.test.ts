import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Admitted, firstMatch } from '../../../src/core/packet/filter.ts';
import { type KnownSet, under, unknownsOf } from '../../../src/core/packet/known.ts';
import { holds, type NumberSet, setOf } from '../../../src/core/packet/ranges.ts';
import { evaluateUnder } from '../../../src/core/packet/verdict.ts';

const MOST = 7;
const ALL: NumberSet = [{ first: 0n, last: BigInt(MOST) }];
const numbers = Array.from({ length: MOST + 1 }, (_, i) => BigInt(i));
const anySet: fc.Arbitrary<NumberSet> = fc
  .uniqueArray(fc.integer({ min: 0, max: MOST }), { maxLength: 5 })
  .map((all) => setOf(all.map((n) => ({ first: BigInt(n), last: BigInt(n) }))));
const anyKnown: fc.Arbitrary<KnownSet> = fc.record({
  surely: anySet,
  if: fc.array(
    fc.record({ all: fc.uniqueArray(fc.constantFrom('a', 'b', 'c'), { minLength: 1, maxLength: 2 }), set: anySet }),
    { maxLength: 2 },
  ),
});
const anyList = fc.array(fc.record({ allows: fc.boolean(), sources: anyKnown }), { maxLength: 5 });
type List = readonly { readonly allows: boolean; readonly sources: KnownSet }[];

/** One source at one list of rules, if these unknowns are so: rule by rule, without sets. */
function passes(list: List, source: bigint, so: readonly string[]): boolean {
  for (const { allows, sources } of list) {
    const isIn =
      holds(sources.surely, source) ||
      sources.if.some(({ all, set }) => all.every((one) => so.includes(one)) && holds(set, source));
    if (isIn) return allows;
  }
  return false;
}

const WORLDS = [[], ['a'], ['b'], ['c'], ['a', 'b'], ['a', 'c'], ['b', 'c'], ['a', 'b', 'c']];

function evaluate(list: List) {
  return evaluateUnder(unknownsOf(list.map(({ sources }) => sources)), ALL, (assumption) =>
    firstMatch(
      list.map(({ allows, sources }, i) => ({
        name: `rule ${i}`,
        verdict: allows,
        sources: under(sources, assumption),
      })),
      ALL,
      false,
    ).flatMap(({ verdict, by, sources }): readonly Admitted[] => (verdict ? [{ sources, through: [by ?? ''] }] : [])),
  );
}

describe('a verdict', () => {
  it('says open, closed or neither as every world, source by source, has it', () => {
    fc.assert(
      fc.property(anyList, (list) => {
        const verdict = evaluate(list);
        for (const source of numbers) {
          const worlds = WORLDS.map((so) => passes(list, source, so));
          const said = {
            open: verdict.open.some(({ sources }) => holds(sources, source)),
            unclear: verdict.unclear.some(({ sources }) => holds(sources, source)),
            closed: holds(verdict.closed, source),
          };
          expect(said).toEqual({
            open: worlds.every(Boolean),
            unclear: worlds.some(Boolean) && !worlds.every(Boolean),
            closed: !worlds.some(Boolean),
          });
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('names what it rests on, and nothing else', () => {
    fc.assert(
      fc.property(anyList, (list) => {
        for (const { sources, because } of evaluate(list).unclear) {
          for (const source of numbers.filter((n) => holds(sources, n))) {
            const turning = ['a', 'b', 'c'].filter((one) =>
              WORLDS.some((so) => {
                const other = so.includes(one) ? so.filter((name) => name !== one) : [...so, one];
                return passes(list, source, so) !== passes(list, source, other);
              }),
            );
            expect([...because].sort()).toEqual(turning);
          }
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('is that nothing can be told where too much is unknown', () => {
    const unknowns = 'abcdefgh'.split('');
    expect(evaluateUnder(unknowns, ALL, () => [])).toEqual({
      open: [],
      unclear: [{ sources: ALL, because: unknowns }],
      mayOpen: [{ sources: ALL, through: unknowns }],
      closed: [],
    });
  });

  it('names what may let in those that nothing can be told of, each list of rules once', () => {
    const verdict = evaluateUnder(['a', 'b'], ALL, (assumption) => [
      ...(assumption.get('a') ? [{ sources: [{ first: 1n, last: 2n }], through: ['one'] }] : []),
      ...(assumption.get('b') ? [{ sources: [{ first: 2n, last: 3n }], through: ['two'] }] : []),
    ]);
    expect(verdict.open).toEqual([]);
    expect(verdict.mayOpen).toEqual([
      { sources: [{ first: 1n, last: 2n }], through: ['one'] },
      { sources: [{ first: 2n, last: 3n }], through: ['two'] },
    ]);
  });
});
