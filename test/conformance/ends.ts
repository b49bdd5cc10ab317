import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { EndWanted } from '../../src/core/request/closing-budget.ts';
import { endingEarly } from '../../src/core/request/ending-early.ts';
import type { Store } from '../../src/ports/store.ts';
import { approve, change, end, machine, open, pending } from './fixtures.ts';

const SLICE_MS = 10_000;
const HOUR_MS = 3_600_000;

/** What every store must do with ends that are counted. */
export function endsConformance(
  name: string,
  make: () => Promise<{ readonly store: Store; stop(): Promise<void> }>,
): void {
  describe(`${name}: ends that are counted`, () => {
    let test: Awaited<ReturnType<typeof make>>;
    let at: number;
    /** The start of a slice, in an hour or so. */
    let wish: number;

    beforeEach(async () => {
      test = await make();
      at = (await test.store.now()).at;
      wish = Math.ceil((at + HOUR_MS) / SLICE_MS) * SLICE_MS;
    });
    afterEach(() => test.stop());

    const keep = (id: string, n: number, patch: Partial<EndWanted> = {}, together = false) =>
      test.store.keepEnd(
        { id, machine: machine(n) },
        { budget: { ends: 2, sliceMs: SLICE_MS, together }, wish, earliest: wish - 3 * SLICE_MS, ports: 1, ...patch },
      );

    it('gives the wish, then the starts of earlier slices, then none; and says how many end from then on', async () => {
      const late = { wish: wish + 3 };
      expect(await keep('aaaaaaa', 1, late)).toEqual({ until: wish + 3, others: 0 });
      expect(await keep('bbbbbbb', 2, late)).toEqual({ until: wish + 3, others: 1 });
      const given = [];
      for (const id of ['ccccccc', 'ddddddd', 'eeeeeee', 'fffffff', 'ggggggg', 'hhhhhhh', 'jjjjjjj'])
        given.push(await keep(id, 3, late));
      expect(given).toEqual([
        { until: wish - SLICE_MS, others: 2 },
        { until: wish - SLICE_MS, others: 3 },
        { until: wish - 2 * SLICE_MS, others: 4 },
        { until: wish - 2 * SLICE_MS, others: 5 },
        { until: wish - 3 * SLICE_MS, others: 6 },
        { until: wish - 3 * SLICE_MS, others: 7 },
        undefined,
      ]);
    });

    it('counts each port, sites apart, and what is asked again once', async () => {
      expect(await keep('aaaaaaa', 1, { ports: 2 })).toMatchObject({ until: wish });
      expect(await keep('aaaaaaa', 1, { ports: 2 })).toMatchObject({ until: wish });
      const other = 'aws:123456789012:us-east-1:i-00000000000000001';
      const wanted = { budget: { ends: 2, sliceMs: SLICE_MS, together: false }, wish, earliest: wish, ports: 9 };
      expect(await test.store.keepEnd({ id: 'bbbbbbb', machine: other }, wanted)).toEqual({ until: wish, others: 0 });
    });

    it('counts what one call closes once: what ends on one machine at one instant', async () => {
      for (const id of ['aaaaaaa', 'bbbbbbb', 'ccccccc'])
        expect(await keep(id, 1, {}, true)).toMatchObject({ until: wish });
      expect(await keep('ddddddd', 2, {}, true)).toMatchObject({ until: wish });
      expect(await keep('eeeeeee', 3, {}, true)).toMatchObject({ until: wish - SLICE_MS });
      expect(await keep('fffffff', 2, {}, true)).toMatchObject({ until: wish });
      expect(await keep('ggggggg', 3, { wish: wish + 1 }, true)).toMatchObject({ until: wish - SLICE_MS });
    });

    it('counts what is in force until it is over, whatever was kept for it, and at its new end once it has another', async () => {
      const ports = [22, 3389].map((number) => ({ number, protocol: 'tcp' as const }));
      const asked = pending('aaaaaaa', at, { ports, forMs: wish - at });
      await test.store.save([change(asked, 0)]);
      expect(await keep('aaaaaaa', 1, { ports: 2 })).toMatchObject({ until: wish });
      const allowed = approve(asked, at);
      await test.store.save([change(allowed, 1)]);
      expect(await keep('bbbbbbb', 2)).toEqual({ until: wish - SLICE_MS, others: 2 });
      const early = { until: wish - SLICE_MS, insteadOf: wish, others: 9 };
      const moved = endingEarly({ ...allowed, version: 3 }, early, at);
      await test.store.save([change(moved, 2)]);
      expect(await keep('ccccccc', 2)).toEqual({ until: wish, others: 0 });
      const over = { ...end(open(asked, at), at), version: 4 };
      await test.store.save([change(over, 3)]);
      expect(await keep('ddddddd', 2, { wish: wish - SLICE_MS })).toMatchObject({ until: wish - SLICE_MS });
    });
  });
}
