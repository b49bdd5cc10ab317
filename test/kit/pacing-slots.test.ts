import { describe, expect, it, vi } from 'vitest';
import { CallSlots } from '../../src/kit/call-slots.ts';
import { type Lane, Pacing } from '../../src/kit/pacing.ts';
import { urgently } from '../../src/kit/rank.ts';
import { ENDLESS } from '../../src/kit/time-limit.ts';
import { manyPauses, pausingClock } from './steps.ts';

const WRITES: Lane = { name: 'writes', quota: { burst: 10, perSecond: 2 } };

describe('pacing with slots', () => {
  const READS: Lane = { name: 'reads', quota: { burst: 10, perSecond: 2 } };

  function slotted(count: number) {
    const clock = pausingClock();
    return { clock, pacing: new Pacing(clock, 2_000, () => new Error('too long'), new CallSlots(count)) };
  }

  it('takes a token for a call once it can be sent, and not before', async () => {
    const { pacing } = slotted(1);
    const done = await pacing.pass([WRITES], ENDLESS);
    const stop = new AbortController();
    const given = Array.from({ length: 9 }, () => pacing.pass([WRITES], stop.signal));
    const ended = Promise.allSettled(given);
    stop.abort(new Error('enough'));
    expect((await ended).map(({ status }) => status)).toEqual(Array(9).fill('rejected'));
    done();
    // All nine tokens of those that gave up are there.
    for (let n = 0; n < 9; n += 1) (await pacing.pass([WRITES], ENDLESS))();
  });

  it('keeps no slot while it waits for a token', async () => {
    const clock = manyPauses();
    const pacing = new Pacing(clock, 2_000, () => new Error('too long'), new CallSlots(1));
    pacing.left(WRITES, 0);
    const from = clock.now();
    const gone: string[] = [];
    const call = async (name: string, lane: Lane) => {
      const done = await pacing.pass([lane], ENDLESS);
      gone.push(`${name} ${clock.now() - from}`);
      done();
    };
    const all = [urgently(() => call('write', WRITES)), urgently(() => call('read', READS))];
    await clock.run();
    await Promise.all(all);
    expect(gone).toEqual(['read 0', 'write 500']);
  });

  it('sends away who waits for a slot for longer than a call takes', async () => {
    vi.useFakeTimers();
    try {
      const { pacing } = slotted(1);
      const done = await pacing.pass([WRITES], ENDLESS);
      const second = pacing.pass([WRITES], ENDLESS);
      const refused = expect(second).rejects.toThrow('too long');
      await vi.advanceTimersByTimeAsync(30_000);
      await refused;
      done();
      for (let n = 0; n < 9; n += 1) (await pacing.pass([WRITES], ENDLESS))();
    } finally {
      vi.useRealTimers();
    }
  });

  it('gives a slot back that it got when its token was gone', async () => {
    const { pacing, clock } = slotted(1);
    const done = await pacing.pass([WRITES], ENDLESS);
    const next = pacing.pass([READS], ENDLESS);
    pacing.left(READS, 0);
    const from = clock.now();
    done();
    (await next)();
    expect(clock.now() - from).toBeGreaterThan(0);
    (await pacing.pass([WRITES], ENDLESS))();
  });
});
