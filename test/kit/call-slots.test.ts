import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CallSlots } from '../../src/kit/call-slots.ts';
import { type Rank, rankNow, urgently } from '../../src/kit/rank.ts';
import { ENDLESS } from '../../src/kit/time-limit.ts';

const turn = () => new Promise((resolve) => setImmediate(resolve));

interface Comer {
  readonly name: string;
  readonly isUrgent: boolean;
  readonly isChange: boolean;
}

/** The order in which they go, one after the other, where one slot is taken when they come. */
async function orderOf(comers: readonly Comer[]): Promise<readonly string[]> {
  const slots = new CallSlots(1);
  const first = slots.takeFree(rankNow());
  const gone: string[] = [];
  const all = comers.map(async ({ name, isUrgent, isChange }) => {
    const rank = isUrgent ? await urgently(async () => rankNow()) : rankNow();
    const done = await slots.take(rank, isChange, ENDLESS);
    gone.push(name);
    done();
  });
  await turn();
  first?.();
  await Promise.all(all);
  return gone;
}

describe('slots', () => {
  it('are as many as there are', () => {
    const slots = new CallSlots(2);
    const [one, other] = [slots.takeFree(rankNow()), slots.takeFree(rankNow())];
    expect(one).toBeDefined();
    expect(other).toBeDefined();
    expect(slots.takeFree(rankNow())).toBeUndefined();
    one?.();
    one?.();
    expect(slots.takeFree(rankNow())).toBeDefined();
    expect(slots.takeFree(rankNow())).toBeUndefined();
  });

  it('are kept for closings, the last fifth of them, whatever else hangs', async () => {
    const slots = new CallSlots(10);
    const closing = await urgently(async () => rankNow());
    const hanging = Array.from({ length: 10 }, () => slots.takeFree(rankNow())).filter((done) => done !== undefined);
    expect(hanging).toHaveLength(8);
    const waits = slots.take(rankNow(), true, ENDLESS);
    const [one, other] = [slots.takeFree(closing), slots.takeFree(closing)];
    expect([one, other]).not.toContain(undefined);
    // What a closing gives back is kept for the next one.
    one?.();
    expect(slots.takeFree(closing)).toBeDefined();
    other?.();
    // Two of ten are kept, so that the third that is free is the first for anything else.
    hanging[0]?.();
    hanging[1]?.();
    (await waits)();
  });

  it('go to closings first, and to what changes before what reads', async () => {
    expect(
      await orderOf([
        { name: 'look', isUrgent: false, isChange: false },
        { name: 'open', isUrgent: false, isChange: true },
        { name: 'read back', isUrgent: true, isChange: false },
        { name: 'close', isUrgent: true, isChange: true },
        { name: 'close another', isUrgent: true, isChange: true },
      ]),
    ).toEqual(['close', 'close another', 'read back', 'open', 'look']);
  });

  it('are lost by nobody, whoever gives up and whenever', async () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('take', 'give', 'stop'), fc.nat(9)), { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), steps, async (count, all) => {
        const slots = new CallSlots(count);
        const held: (() => void)[] = [];
        const asking: { readonly stop: AbortController; readonly ended: Promise<void> }[] = [];
        for (const [what, which] of all) {
          if (what === 'take') {
            const stop = new AbortController();
            const rank: Rank = rankNow();
            const ended = slots.take(rank, which % 2 === 0, stop.signal).then(
              (done) => void held.push(done),
              () => undefined,
            );
            asking.push({ stop, ended });
          } else if (what === 'give') held.splice(which % Math.max(1, held.length), 1)[0]?.();
          else asking[which % Math.max(1, asking.length)]?.stop.abort(new Error('enough'));
          if (which % 3 === 0) await turn();
          expect(held.length).toBeLessThanOrEqual(count);
        }
        for (const { stop } of asking) stop.abort(new Error('enough'));
        await Promise.all(asking.map(({ ended }) => ended));
        for (const done of held) done();
        expect(Array.from({ length: count }, () => slots.takeFree(rankNow())).every((done) => done !== undefined)).toBe(
          true,
        );
        expect(slots.takeFree(rankNow())).toBeUndefined();
      }),
      { numRuns: 200 },
    );
  });
});
