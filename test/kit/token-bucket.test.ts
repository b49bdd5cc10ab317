import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bucket, full, type Quota, taken, told, waitMs } from '../../src/kit/token-bucket.ts';

const QUOTA: Quota = { burst: 10, perSecond: 2 };

/** Calls at these gaps (ms), each as soon as it may. Gives the instants of the calls. */
function run(quota: Quota, calls: readonly { readonly gap: number; readonly urgent: boolean }[]): readonly number[] {
  let bucket = full(quota, 0);
  let now = 0;
  return calls.map(({ gap, urgent }) => {
    now += gap;
    now += waitMs(quota, bucket, now, { isUrgent: urgent, ahead: 0 });
    bucket = taken(quota, bucket, now);
    return now;
  });
}

describe('a quota', () => {
  it('is never passed, in whatever window one looks', () => {
    const quotas = fc.record({ burst: fc.integer({ min: 5, max: 50 }), perSecond: fc.integer({ min: 1, max: 30 }) });
    const calls = fc.array(fc.record({ gap: fc.nat(400), urgent: fc.boolean() }), { maxLength: 200 });
    fc.assert(
      fc.property(quotas, calls, (quota, wanted) => {
        const at = run(quota, wanted);
        for (let first = 0; first < at.length; first += 1)
          for (let last = first; last < at.length; last += 7) {
            const seconds = ((at[last] ?? 0) - (at[first] ?? 0)) / 1_000;
            expect(last - first + 1).toBeLessThanOrEqual(quota.burst + seconds * quota.perSecond + 1);
          }
      }),
    );
  });

  it('keeps a part for what is urgent, which waits only when that is gone too', () => {
    let bucket = full(QUOTA, 0);
    let usual = 0;
    for (; waitMs(QUOTA, bucket, 0, { isUrgent: false, ahead: 0 }) === 0; usual += 1) bucket = taken(QUOTA, bucket, 0);
    expect(usual).toBe(8);
    expect(waitMs(QUOTA, bucket, 0, { isUrgent: false, ahead: 0 })).toBe(500);
    let urgent = 0;
    for (; waitMs(QUOTA, bucket, 0, { isUrgent: true, ahead: 0 }) === 0; urgent += 1) bucket = taken(QUOTA, bucket, 0);
    expect(urgent).toBe(2);
    expect(waitMs(QUOTA, bucket, 0, { isUrgent: true, ahead: 0 })).toBe(500);
    expect(waitMs(QUOTA, bucket, 0, { isUrgent: false, ahead: 0 })).toBe(1_500);
  });

  it('believes the service when it says that less is left, and never when it says more', () => {
    const bucket: Bucket = { tokens: 5, at: 0 };
    expect(told(QUOTA, bucket, 0, 1).tokens).toBe(1);
    expect(told(QUOTA, bucket, 0, 9).tokens).toBe(5);
  });
});
