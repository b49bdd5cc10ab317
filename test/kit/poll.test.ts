import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Looked, pollUntil, type Try } from '../../src/kit/poll.ts';
import { ENDLESS } from '../../src/kit/time-limit.ts';
import { pausingClock } from './steps.ts';

/** A look that finds what it wants the `nth` time. */
function wanted(nth: number) {
  const looks: Try[] = [];
  const look = async (which: Try): Promise<Looked<string>> => {
    looks.push(which);
    return looks.length >= nth ? { done: 'there' } : { notYet: new Error(`not after ${looks.length}`) };
  };
  return { looks, look };
}

describe('looking until it is as wanted', () => {
  it('ends at the first look that finds it, and waits between looks alone', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }), async (nth, tries) => {
        const clock = pausingClock();
        const { looks, look } = wanted(nth);
        const found = pollUntil({ tries, betweenMs: 500, signal: ENDLESS }, clock, look);
        if (nth <= tries) expect(await found).toBe('there');
        else await expect(found).rejects.toThrow(`not after ${tries}`);
        const count = Math.min(nth, tries);
        expect(looks).toEqual(Array.from({ length: count }, (_, i) => ({ number: i + 1, isLast: i + 1 === tries })));
        expect(clock.paused).toEqual(Array.from({ length: count - 1 }, () => 500));
      }),
    );
  });

  it('gives a found nothing as well', async () => {
    expect(
      await pollUntil({ tries: 1, betweenMs: 1, signal: ENDLESS }, pausingClock(), async () => ({ done: undefined })),
    ).toBeUndefined();
  });

  it('throws at once what a look throws', async () => {
    const clock = pausingClock();
    const look = () => Promise.reject(new Error('denied'));
    await expect(pollUntil({ tries: 9, betweenMs: 1, signal: ENDLESS }, clock, look)).rejects.toThrow('denied');
    expect(clock.paused).toEqual([]);
  });

  it.each([0, 500])('stops when its signal aborts (%i ms between looks)', async (betweenMs) => {
    const stop = new AbortController();
    const looks: Try[] = [];
    const look = async (which: Try) => {
      looks.push(which);
      stop.abort(new Error('enough'));
      return { notYet: new Error('no') };
    };
    const looking = pollUntil({ tries: 9, betweenMs, signal: stop.signal }, pausingClock(), look);
    await expect(looking).rejects.toThrow('enough');
    expect(looks.length).toBe(1);
  });
});
