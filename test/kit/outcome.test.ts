import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allOf, outcomeOf, outcomesOf } from '../../src/kit/outcome.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));
/** Even numbers succeed, odd ones fail. */
const halved = async (n: number) => {
  await turn();
  if (n % 2 === 1) throw new Error(`odd ${n}`);
  return n / 2;
};

describe('what came of some work', () => {
  it('is told, never thrown', async () => {
    expect(await outcomeOf(() => halved(4))).toEqual({ ok: true, value: 2 });
    expect(await outcomeOf(() => halved(3))).toEqual({ ok: false, error: new Error('odd 3') });
    const early = () => {
      throw new Error('early');
    };
    expect(await outcomeOf(early)).toEqual({ ok: false, error: new Error('early') });
  });
});

describe('what came of work on many things', () => {
  it('keeps the good ones and tells the failed, each in their order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 99 }), { maxLength: 8 }), async (numbers) => {
        const { done, failed } = await outcomesOf(numbers, halved);
        expect(done).toEqual(numbers.filter((n) => n % 2 === 0).map((n) => ({ of: n, value: n / 2 })));
        expect(failed).toEqual(
          numbers.filter((n) => n % 2 === 1).map((n) => ({ of: n, error: new Error(`odd ${n}`) })),
        );
      }),
      { numRuns: 50 },
    );
  });

  it('is all of it, or the first failure after each has come to its end', async () => {
    expect(await allOf([2, 4], halved)).toEqual([1, 2]);
    expect(await allOf([], halved)).toEqual([]);
    const ended: number[] = [];
    const noted = async (n: number) => {
      if (n === 4) for (let i = 0; i < 5; i += 1) await turn();
      ended.push(n);
      return halved(n);
    };
    await expect(allOf([4, 3, 1], noted)).rejects.toThrow('odd 3');
    expect(ended.toSorted()).toEqual([1, 3, 4]);
  });
});
