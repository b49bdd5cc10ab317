import { beforeEach, describe, expect, it } from 'vitest';
import { usedAt } from '../../src/core/request/ending-unused.ts';
import { approved } from '../../src/core/request/life.ts';
import type { Request, Scheduled } from '../../src/core/request/request.ts';
import type { Store } from '../../src/ports/store.ts';
import { change, end, machine, open, pending } from './fixtures.ts';
import { type StoreUnderTest, storeOfEach } from './store-harness.ts';

/** What every store must do with what starts later. */
export function startingConformance(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`${name}: what starts later`, () => {
    const own = storeOfEach(make);
    let store: Store;
    let at: number;
    beforeEach(() => {
      [store, at] = [own.test.store, own.at];
    });

    it('is due once its time has come, and among what is not over until then', async () => {
      const soon = at + 3_600_000;
      const ahead = (id: string, startsAt: number) =>
        approved(pending(id, at, { startsAt }), {
          by: { id: 'grace', name: 'Grace' },
          at,
          verdict: 'approve',
        }) as Scheduled;
      const later = ahead('aaaaaaa', soon);
      const due: Scheduled = { ...ahead('bbbbbbb', soon), lookAt: at - 1 };
      expect(await store.save([change(later, 0), change(due, 0)])).toEqual(['saved', 'saved']);
      expect(later).toMatchObject({ status: 'scheduled', lookAt: soon });
      expect((await store.load('aaaaaaa')).request).toEqual(later);
      expect((await store.liveOn(machine(1))).requests.map(({ id }) => id)).toEqual(['bbbbbbb']);
      expect((await store.claim(10, 5_000)).machines).toEqual([machine(1)]);
      expect((await store.find({ by: 'requester', which: 'ada' }, 10)).map(({ id }) => id).sort()).toEqual([
        'aaaaaaa',
        'bbbbbbb',
      ]);
      expect(await store.find({ by: 'state', which: 'open' }, 10)).toEqual([]);
    });

    it('tells what is due soon, the earliest first, and puts it off by nothing', async () => {
      const due = (id: string, lookAt: number, n: number) =>
        change({ ...pending(id, at, { machine: machine(n) }), lookAt }, 0);
      await store.save([due('aaaaaaa', at - 1, 1), due('bbbbbbb', at - 2, 2), due('ccccccc', at + 600_000, 3)]);
      expect(await store.dueWithin(5_000, 9)).toEqual([machine(2), machine(1)]);
      expect(await store.dueWithin(5_000, 1)).toEqual([machine(2)]);
      expect((await store.claim(9, 5_000)).machines).toEqual([machine(2), machine(1)]);
      expect(await store.dueWithin(0, 9)).toEqual([]);
      expect([...(await store.dueWithin(5_000, 9))].sort()).toEqual([machine(1), machine(2)]);
    });

    it('what hangs on tickets is found by that alone, until it is over', async () => {
      const tickets = [{ system: 'jira', id: 'INC-1' }];
      const own: Request = { ...pending('aaaaaaa', at), tickets };
      await store.save([change(own, 0), change(pending('bbbbbbb', at), 0)]);
      const ticketed = async () => (await store.find({ by: 'state', which: 'ticketed' }, 10)).map(({ id }) => id);
      expect(await ticketed()).toEqual(['aaaaaaa']);
      await store.save([change(end(open(own, at), at), 1)]);
      expect(await ticketed()).toEqual([]);
    });

    it('what may be closed because nobody connects is found while it is open, until somebody was seen', async () => {
      const unused = { afterMs: 1_800_000 };
      const own: Request = { ...pending('aaaaaaa', at), unused };
      const opened = open(own, at);
      await store.save([change(own, 0), change(open(pending('bbbbbbb', at), at), 0)]);
      const watched = async () => (await store.find({ by: 'state', which: 'useWatched' }, 10)).map(({ id }) => id);
      expect(await watched()).toEqual([]);
      await store.save([change(opened, 1)]);
      expect(await watched()).toEqual(['aaaaaaa']);
      expect((await store.load('aaaaaaa')).request).toMatchObject({ unused });
      if (opened.status !== 'active') throw new Error('it is open');
      await store.save([change(usedAt(opened, at, at), opened.version)]);
      expect(await watched()).toEqual([]);
    });
  });
}
