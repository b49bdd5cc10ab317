import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Journal } from '../../src/ports/journal.ts';

export interface JournalUnderTest {
  readonly journal: Journal;
  /** Another process on the same data. */
  another(): Journal;
  /** The first process dies; resolves when the others may know. */
  die(): Promise<void>;
  stop(): Promise<void>;
}

const delivery = (key: string, what?: string) => ({
  chat: 'slack' as const,
  key,
  ttlMs: 600_000,
  ...(what === undefined ? {} : { what }),
});

/** What every journal must do. */
export function journalConformance(name: string, make: () => Promise<JournalUnderTest>): void {
  describe(`${name}: the journal`, () => {
    let test: JournalUnderTest;
    beforeEach(async () => {
      test = await make();
    });
    afterEach(() => test.stop());

    it('tells a delivery that was seen, in every process, and gives the answer that it was given', async () => {
      const { journal } = test;
      expect(await journal.accept(delivery('one', 'do it'))).toEqual({ isNew: true });
      expect(await test.another().accept(delivery('one', 'do it'))).toEqual({ isNew: false });
      await journal.done('one', 'it is done');
      expect(await test.another().accept(delivery('one'))).toEqual({ isNew: false, answer: 'it is done' });
      expect(await journal.accept(delivery('two'))).toEqual({ isNew: true });
    });

    it('leaves what a living process is at, and gives what a dead one left to one other alone', async () => {
      const { journal } = test;
      await journal.accept(delivery('one', 'first'));
      await journal.accept(delivery('two', 'second'));
      await journal.accept(delivery('three', 'third'));
      await journal.accept(delivery('four'));
      await journal.done('two');
      const [a, b] = [test.another(), test.another()];
      expect((await a.unfinished(10)).entries).toEqual([]);
      await test.die();
      const { entries, now } = await a.unfinished(1);
      expect(entries).toMatchObject([{ chat: 'slack', key: 'one', what: 'first', tries: 1, at: expect.any(Number) }]);
      expect(now).toBeGreaterThanOrEqual(entries[0]?.at ?? Number.NaN);
      expect((await b.unfinished(10)).entries.map(({ key }) => key)).toEqual(['three']);
      expect((await a.unfinished(10)).entries).toEqual([]);
      // It was taken over: the same delivery is known still.
      expect(await b.accept(delivery('one', 'first'))).toEqual({ isNew: false });
    });

    it('gives what was left to whoever looks next, once, also to the process that left it', async () => {
      const { journal } = test;
      await journal.accept(delivery('one', 'first'));
      await journal.accept(delivery('two', 'second'));
      await journal.accept(delivery('three'));
      for (const key of ['one', 'three', 'never accepted']) await journal.leave(key);
      expect((await journal.unfinished(10)).entries).toMatchObject([{ key: 'one', what: 'first', tries: 1 }]);
      expect((await test.another().unfinished(10)).entries).toEqual([]);
      expect(await journal.accept(delivery('one', 'first'))).toEqual({ isNew: false });
      await journal.done('one', 'it is done');
      await journal.leave('one');
      expect((await journal.unfinished(10)).entries).toEqual([]);
    });

    it('gives what was left for a while to nobody before that, and says how long it was', async () => {
      const { journal } = test;
      await journal.accept(delivery('one', 'first'));
      await journal.accept(delivery('two', 'second'));
      await journal.leave('one', 600_000);
      await journal.leave('two', 50);
      const other = test.another();
      const entries = await vi.waitFor(async () => {
        const found = (await other.unfinished(10)).entries;
        expect(found).not.toEqual([]);
        return found;
      });
      expect(entries).toMatchObject([{ key: 'two', waitedMs: 50 }]);
      expect((await journal.unfinished(10)).entries).toEqual([]);
      expect((await other.unfinished(10)).entries).toEqual([]);
    });

    it('leaves nothing that another process is at', async () => {
      const { journal } = test;
      await journal.accept(delivery('one', 'first'));
      const other = test.another();
      await other.leave('one');
      expect((await other.unfinished(10)).entries).toEqual([]);
      expect((await journal.unfinished(10)).entries).toEqual([]);
    });
  });
}
