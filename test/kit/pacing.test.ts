import { describe, expect, it } from 'vitest';
import { type Lane, Pacing, urgently } from '../../src/kit/pacing.ts';
import { ENDLESS } from '../../src/kit/time-limit.ts';
import { pausingClock } from './steps.ts';

const WRITES: Lane = { name: 'writes', quota: { burst: 10, perSecond: 2 } };
const NETWORK: Lane = { name: 'network', quota: { burst: 5, perSecond: 1 } };

function paced(longestMs = 2_000) {
  const clock = pausingClock();
  const pacing = new Pacing(clock, longestMs, (waitMs) => new Error(`again in ${waitMs}`));
  return { clock, pacing };
}

describe('pacing', () => {
  it('never makes more calls than the service gives, and hardly fewer', async () => {
    const { clock, pacing } = paced();
    const end = clock.now() + 60_000;
    let count = 0;
    while (clock.now() <= end) {
      await pacing.pass([WRITES], ENDLESS);
      count += 1;
    }
    expect(count).toBeLessThanOrEqual(10 + 2 * 60 + 1);
    expect(count).toBeGreaterThan(110);
  });

  it('takes from every lane of a call, and waits for the fullest', async () => {
    const { clock, pacing } = paced();
    const start = clock.now();
    await urgently(async () => {
      for (let i = 0; i < 5; i += 1) await pacing.pass([WRITES, NETWORK], ENDLESS);
      expect(clock.now()).toBe(start);
      await pacing.pass([WRITES], ENDLESS);
      expect(clock.now()).toBe(start);
      await pacing.pass([WRITES, NETWORK], ENDLESS);
      expect(clock.now()).toBe(start + 1_000);
    });
  });

  it('keeps a fifth for what is urgent', async () => {
    const { clock, pacing } = paced();
    for (let i = 0; i < 8; i += 1) await pacing.pass([WRITES], ENDLESS);
    const at = clock.now();
    await urgently(() => pacing.pass([WRITES], ENDLESS));
    await urgently(() => pacing.pass([WRITES], ENDLESS));
    expect(clock.now()).toBe(at);
    await pacing.pass([WRITES], ENDLESS);
    expect(clock.now()).toBeGreaterThan(at);
  });

  it('sends away who would wait for long', async () => {
    const { pacing } = paced(1_000);
    pacing.left(WRITES, 0);
    await expect(pacing.pass([WRITES], ENDLESS)).rejects.toThrow('again in 1500');
    await urgently(() => pacing.pass([WRITES], ENDLESS));
  });

  it('lets nobody through a gate that is shut, and everybody through the others', async () => {
    const { clock, pacing } = paced();
    pacing.shut('compute', 1_500);
    pacing.shut('compute', 500);
    const at = clock.now();
    await pacing.pass([WRITES], ENDLESS, 'network');
    await pacing.pass([WRITES], ENDLESS);
    expect(clock.now()).toBe(at);
    await urgently(() => pacing.pass([WRITES], ENDLESS, 'compute'));
    expect(clock.now()).toBe(at + 1_500);
    pacing.shut('compute', 9_000);
    await expect(pacing.pass([WRITES], ENDLESS, 'compute')).rejects.toThrow('again in 9000');
  });

  it('ends for who gives up', async () => {
    const { pacing } = paced();
    pacing.left(WRITES, 1);
    await expect(pacing.pass([WRITES], AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});
