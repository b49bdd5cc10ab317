import { describe, expect, it } from 'vitest';
import { distanceMs, type RetryRow, retryAfterMs, retrying } from '../../src/kit/retry.ts';
import { ENDLESS } from '../../src/kit/time-limit.ts';
import { pausingClock } from './steps.ts';

const named = (name: string) => (error: unknown) => error instanceof Error && error.message === name;
const TABLE: readonly RetryRow[] = [
  { what: 'not known everywhere yet', fits: named('early'), tries: 4, firstMs: 100, growth: 'linear' },
  { what: 'busy', fits: named('busy'), tries: 2, firstMs: 1_000, growth: 'none' },
  { what: 'never seen: the row before counts', fits: named('busy'), tries: 99, firstMs: 1, growth: 'none' },
];

/** A step that throws these, one after the other, and then is done. */
function failing(...errors: readonly string[]) {
  const left = [...errors];
  let steps = 0;
  const step = async () => {
    steps += 1;
    const message = left.shift();
    if (message !== undefined) throw new Error(message);
    return 'done';
  };
  return { step, steps: () => steps };
}

describe('the distance between tries', () => {
  it.each([
    ['none', [100, 100, 100, 100]],
    ['linear', [100, 200, 300, 400]],
    ['double', [100, 200, 400, 800]],
  ] as const)('growth %s: %o', (growth, distances) => {
    expect([1, 2, 3, 4].map((tried) => distanceMs({ firstMs: 100, growth }, tried))).toEqual(distances);
    expect(distanceMs({ firstMs: 100, growth, mostMs: 50 }, 3)).toBe(50);
  });
});

describe('a table of what is tried again', () => {
  it.each([
    ['early', 1, 100],
    ['early', 3, 300],
    ['early', 4, undefined],
    ['busy', 1, 1_000],
    ['busy', 2, undefined],
    ['denied', 1, undefined],
  ] as const)('%s after %i tries: %s ms', (message, tried, ms) => {
    expect(retryAfterMs(TABLE, new Error(message), tried)).toBe(ms);
  });

  it('is followed until the step is done', async () => {
    const clock = pausingClock();
    const { step, steps } = failing('early', 'early', 'early');
    expect(await retrying(TABLE, clock, ENDLESS, step)).toBe('done');
    expect(steps()).toBe(4);
    expect(clock.paused).toEqual([100, 200, 300]);
  });

  it.each([
    ['an error that no row fits', ['denied'], 'denied', 1],
    ['one try too many', ['early', 'early', 'early', 'early'], 'early', 4],
    ['an error of another row, whose tries are used up', ['early', 'busy'], 'busy', 2],
  ] as const)('ends with %s', async (_, errors, message, count) => {
    const { step, steps } = failing(...errors);
    await expect(retrying(TABLE, pausingClock(), ENDLESS, step)).rejects.toThrow(message);
    expect(steps()).toBe(count);
  });

  it('ends when the signal aborts', async () => {
    const { step, steps } = failing('early');
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(retrying(TABLE, pausingClock(), signal, step)).rejects.toThrow('enough');
    expect(steps()).toBe(1);
  });
});
