import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BEGINNING, type Link } from '../../src/core/evidence/chain.ts';
import type { Sink, SinkBatch } from '../../src/ports/sink.ts';
import { lines, signedHead } from '../core/evidence/chain.ts';

export interface SinkUnderTest {
  /** A sink of this kind, as a process makes it at its start. */
  make(): Sink;
  /** The records that are kept there, in the order in which they were kept. */
  kept(): Promise<readonly Pick<Link, 'index' | 'record' | 'head'>[]>;
  /** From now on nothing can be kept there; `false`: it can again. */
  fail(isAway: boolean): Promise<void>;
  /** The next write is cut short in the middle, as by a crash; absent where a batch is taken whole or not at all. */
  cutShort?(): Promise<void>;
  /** It says of what it has already that it has it; others keep it twice, with the same place. */
  readonly isOnce?: boolean;
  stop(): Promise<void>;
}

const never = new AbortController().signal;

/** Batches of ten records each. */
export function batches(count: number): readonly SinkBatch[] {
  const { links } = lines(count * 10);
  return Array.from({ length: count }, (_, n) => {
    const own = links.slice(n * 10, n * 10 + 10);
    const last = own.at(-1);
    if (!last) throw new Error('none');
    return { installation: 'demo', from: links[n * 10 - 1] ?? BEGINNING, links: own, note: signedHead(last) };
  });
}

/** What every place that keeps the audit must do. */
export function sinkConformance(name: string, start: () => Promise<SinkUnderTest>): void {
  describe(`${name}: a sink of the audit`, () => {
    let test: SinkUnderTest;
    const [one, two, three] = batches(3) as [SinkBatch, SinkBatch, SinkBatch];

    beforeEach(async () => {
      test = await start();
    });
    afterEach(() => test.stop());

    /** What is kept, each record once, in the order in which it came first. */
    const places = async () => [...new Set((await test.kept()).map(({ index }) => index))];
    const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

    it('keeps every record of every batch, in order, letter for letter', async () => {
      const sink = test.make();
      for (const batch of [one, two, three]) await sink.write(batch, never);
      const kept = await test.kept();
      expect(kept.map(({ index }) => index)).toEqual(upTo(30));
      const all = [one, two, three].flatMap(({ links }) => links);
      expect(kept.map(({ record, head }) => [record, head])).toEqual(all.map(({ record, head }) => [record, head]));
    });

    it('throws while it cannot keep anything, and goes on without a gap', async () => {
      const sink = test.make();
      await sink.write(one, never);
      await test.fail(true);
      await expect(sink.write(two, never)).rejects.toThrow();
      await expect(sink.write(two, never)).rejects.toThrow();
      await test.fail(false);
      await sink.write(two, never);
      expect(await places()).toEqual(upTo(20));
    });

    it('takes a batch again that it has, as after an answer that was lost', async () => {
      await test.make().write(one, never);
      await test.make().write(one, never);
      await test.make().write(two, never);
      expect(await places()).toEqual(upTo(20));
      if (test.isOnce) expect(await test.kept()).toHaveLength(20);
    });

    it('goes on in another process', async () => {
      await test.make().write(one, never);
      await test.make().write(two, never);
      await test.make().write(three, never);
      expect(await places()).toEqual(upTo(30));
    });

    it('has nothing half after a write that was cut short', async () => {
      if (!test.cutShort) return;
      await test.make().write(one, never);
      await test.cutShort();
      await test
        .make()
        .write(two, never)
        .catch(() => {});
      await test.make().write(two, never);
      await test.make().write(three, never);
      expect(await places()).toEqual(upTo(30));
    });

    it('does nothing for somebody who no longer waits', async () => {
      const gone = AbortSignal.abort(new Error('stopping'));
      await expect(test.make().write(one, gone)).rejects.toThrow();
      expect(await test.kept()).toEqual([]);
    });
  });
}
