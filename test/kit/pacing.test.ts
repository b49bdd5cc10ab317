import { describe, expect, it } from 'vitest';
import { JoinedReads } from '../../src/kit/joined-reads.ts';
import { type Lane, Pacing } from '../../src/kit/pacing.ts';
import { inOnePiece, proving, urgently } from '../../src/kit/rank.ts';
import { ENDLESS } from '../../src/kit/time-limit.ts';
import { manyPauses, pausingClock } from './steps.ts';

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
    await expect(pacing.pass([WRITES], ENDLESS)).rejects.toThrow('again in 1000');
    await urgently(() => pacing.pass([WRITES], ENDLESS));
  });

  it('lets nobody through a gate that is shut, and everybody through the others', async () => {
    const { clock, pacing } = paced();
    pacing.shut('compute', 1_500);
    pacing.shut('compute', 500);
    const at = clock.now();
    await pacing.pass([WRITES], ENDLESS, { gate: 'network' });
    await pacing.pass([WRITES], ENDLESS);
    expect(clock.now()).toBe(at);
    await urgently(() => pacing.pass([WRITES], ENDLESS, { gate: 'compute' }));
    expect(clock.now()).toBe(at + 1_500);
    pacing.shut('compute', 9_000);
    await expect(pacing.pass([WRITES], ENDLESS, { gate: 'compute' })).rejects.toThrow('again in 9000');
  });

  it('ends for who gives up', async () => {
    const { pacing } = paced();
    pacing.left(WRITES, 1);
    await expect(pacing.pass([WRITES], AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });

  it('sends each away until shortly before a token is there that no other was promised, closings by themselves', async () => {
    const { pacing } = paced(1_000);
    pacing.left(WRITES, 0);
    const refusals = async (count: number) => {
      const all = await Promise.allSettled(Array.from({ length: count }, () => pacing.pass([WRITES], ENDLESS)));
      return all.map((one) => (one.status === 'rejected' ? (one.reason as Error).message : 'passed'));
    };
    expect(await refusals(3)).toEqual(['again in 1000', 'again in 1500', 'again in 2000']);
    expect(await urgently(() => refusals(1))).toEqual(['passed']);
  });

  it('sends nobody away for longer because of a lane that has tokens enough', async () => {
    const { pacing } = paced(1_000);
    const PLENTY: Lane = { name: 'plenty', quota: { burst: 1_000, perSecond: 0.1 } };
    pacing.left(WRITES, 0);
    const all = await Promise.allSettled(Array.from({ length: 3 }, () => pacing.pass([WRITES, PLENTY], ENDLESS)));
    expect(all.map((one) => one.status === 'rejected' && (one.reason as Error).message)).toEqual([
      'again in 1000',
      'again in 1500',
      'again in 2000',
    ]);
  });

  it('leaves no token idle though each comes back some time later than it was told to', async () => {
    const clock = manyPauses();
    const pacing = new Pacing(clock, 2_000, (ms) => Object.assign(new Error('too long'), { ms }));
    const from = clock.now();
    const passed: number[] = [];
    const come = async (lateMs: number): Promise<void> => {
      const away = await pacing.pass([WRITES], ENDLESS).then(
        () => undefined,
        (error: { readonly ms: number }) => error.ms,
      );
      if (away === undefined) return void passed.push(clock.now() - from);
      await clock.pause(away + lateMs);
      return come((lateMs * 7) % 900);
    };
    const all = Array.from({ length: 100 }, (_, i) => urgently(() => come((i * 397) % 900)));
    await clock.run();
    await Promise.all(all);
    expect(passed).toHaveLength(100);
    expect(passed.at(-1)).toBeLessThanOrEqual(1_000 * ((100 - 10) / 2) + 100);
  });

  it('lets what has begun end: of 300 pieces of work with eight calls each hardly one is made in vain', async () => {
    const READS: Lane = { name: 'reads', quota: { burst: 250, perSecond: 25 } };
    const clock = manyPauses();
    const pacing = new Pacing(clock, 2_000, (ms) => Object.assign(new Error('too long'), { ms }));
    const from = clock.now();
    let calls = 0;
    const readAll = async () => {
      for (let i = 0; i < 8; i += 1) {
        await pacing.pass([READS], ENDLESS);
        calls += 1;
        await clock.pause(20);
      }
    };
    const ends: number[] = [];
    const untilDone = async (): Promise<void> => {
      const away = await inOnePiece(readAll).then(
        () => undefined,
        (error: { readonly ms: number }) => error.ms,
      );
      if (away === undefined) return void ends.push(clock.now() - from);
      await clock.pause(away);
      return untilDone();
    };
    const all = Array.from({ length: 300 }, untilDone);
    await clock.run();
    await Promise.all(all);
    expect(calls).toBeLessThan(300 * 8 * 1.1);
    expect(ends.at(-1)).toBeLessThan(((300 * 8 - 200) / 25) * 1_000 * 1.1);
    // The first proofs come at once, not all at the end.
    expect(ends.at(149)).toBeLessThan((((150 * 8 - 200) / 25) * 1_000 + 2_000) * 1.2);
  });

  it('does not send anybody away for longer than a minute for what others were promised', async () => {
    const { pacing } = paced(1_000);
    pacing.left(WRITES, 0);
    const all = await Promise.allSettled(Array.from({ length: 200 }, () => pacing.pass([WRITES], ENDLESS)));
    expect(all.at(-1)).toMatchObject({ reason: { message: 'again in 59500' } });
  });

  it('lets those that wait go in the order in which they came, urgent ones first', async () => {
    const clock = manyPauses();
    const pacing = new Pacing(clock, 20_000, () => new Error('too long'));
    pacing.left(WRITES, 0);
    const gone: string[] = [];
    const from = clock.now();
    const go = (name: string) => pacing.pass([WRITES], ENDLESS).then(() => gone.push(`${name} ${clock.now() - from}`));
    const all = [go('open'), ...['a', 'b', 'c'].map((name) => urgently(() => go(name)))];
    await clock.run();
    await Promise.all(all);
    expect(gone).toEqual(['a 500', 'b 1000', 'c 1500', 'open 3000']);
  });

  it('takes the proof of a closing for a part of it: others that close later wait for it, and what proves an opening waits for them', async () => {
    const clock = manyPauses();
    const pacing = new Pacing(clock, 60_000, () => new Error('too long'));
    const gone: string[] = [];
    const pass = (name: string) => pacing.pass([WRITES], ENDLESS).then(() => void gone.push(name));
    const closing = (name: string) =>
      inOnePiece(async () => {
        await urgently(() => pass(name));
        await proving(() => pass(`${name} proven`));
      });
    pacing.left(WRITES, 0);
    const opening = inOnePiece(() => proving(() => pass('opened')));
    const all = [opening, ...['a', 'b'].map(closing)];
    await clock.run();
    await Promise.all(all);
    expect(gone).toEqual(['a', 'a proven', 'b', 'b proven', 'opened']);
  });

  it('lets a reading that waits already go in the place of whoever comes to wait for it', async () => {
    const clock = manyPauses();
    const pacing = new Pacing(clock, 20_000, () => new Error('too long'));
    const reads = new JoinedReads<void>();
    pacing.left(WRITES, 0);
    const gone: string[] = [];
    const pass = (name: string) => pacing.pass([WRITES], ENDLESS).then(() => void gone.push(name));
    const read = (name: string) => reads.read('group', ENDLESS, () => pass(name));
    const go = Promise.withResolvers<void>();
    const first = inOnePiece(() => go.promise.then(() => read('joined')));
    const others = ['a', 'b', 'c', 'd'].map((name) => inOnePiece(() => pass(name)));
    const late = ['group 1', 'group 2'].map((name) => inOnePiece(() => read(name)));
    go.resolve();
    await clock.run();
    await Promise.all([first, ...others, ...late]);
    expect(gone.indexOf('joined')).toBeLessThan(gone.indexOf('d'));
    expect(gone.indexOf('group 1')).toBeLessThan(gone.indexOf('c'));
  });

  it('gives a token to nobody who has given up, nor is it kept for them', async () => {
    const { clock, pacing } = paced(20_000);
    pacing.left(WRITES, 0);
    const tired = new AbortController();
    const first = urgently(() => pacing.pass([WRITES], tired.signal));
    tired.abort(new Error('enough'));
    await expect(first).rejects.toThrow('enough');
    const from = clock.now();
    await urgently(() => pacing.pass([WRITES], ENDLESS));
    expect(clock.now() - from).toBeLessThanOrEqual(500);
  });

  describe('whoever cannot go', () => {
    const ONE: Lane = { name: 'one', quota: { burst: 1, perSecond: 0.5 } };

    /** Who went, and when, of those that came in this order. */
    async function order(prepare: (pacing: Pacing) => void, comers: readonly (readonly [string, ...Comer])[]) {
      const clock = manyPauses();
      const pacing = new Pacing(clock, 60_000, () => new Error('too long'));
      prepare(pacing);
      const from = clock.now();
      const gone: string[] = [];
      const all = comers.map(([name, lanes, isUrgent, gate]) => {
        const pass = () =>
          pacing
            .pass(lanes, ENDLESS, gate === undefined ? {} : { gate })
            .then(() => gone.push(`${name} ${clock.now() - from}`));
        return isUrgent ? urgently(pass) : pass();
      });
      await clock.run();
      await Promise.all(all);
      return gone;
    }
    type Comer = readonly [lanes: readonly Lane[], isUrgent: boolean, gate?: string];

    it('as a gate is shut holds up nobody behind it, whatever it wants itself', async () => {
      for (const isUrgent of [false, true]) {
        const gone = await order(
          (pacing) => pacing.shut('compute', 30_000),
          [
            ['shut', [ONE], isUrgent, 'compute'],
            ['closing', [ONE], true, 'network'],
            ['opening', [ONE], false, 'network'],
          ],
        );
        expect(gone).toEqual(['closing 0', 'opening 2000', 'shut 30000']);
      }
    });

    it('goes before others once its gate is open: closings first', async () => {
      const gone = await order(
        (pacing) => {
          pacing.shut('compute', 5_000);
          pacing.left(ONE, 0);
        },
        [
          ['opening', [ONE], false, 'compute'],
          ['closing', [ONE], true, 'compute'],
        ],
      );
      expect(gone).toEqual(['closing 5000', 'opening 7000']);
    });

    it('as another lane has no token for it holds up nobody in this one', async () => {
      const gone = await order(
        (pacing) => pacing.left(NETWORK, -30),
        [
          ['both', [ONE, NETWORK], true],
          ['closing', [ONE], true],
          ['opening', [ONE], false],
        ],
      );
      expect(gone).toEqual(['closing 0', 'opening 2000', 'both 31000']);
    });
  });
});
