import { beforeEach, describe, expect, it } from 'vitest';
import { JitError } from '../../src/core/errors/errors.ts';
import { revoked } from '../../src/core/request/closing.ts';
import { troubled } from '../../src/core/request/life.ts';
import type { Request } from '../../src/core/request/request.ts';
import { glassReviewed, isReviewable } from '../../src/core/request/reviewing.ts';
import { samenessOf } from '../../src/core/request/same.ts';
import type { Finding, Store } from '../../src/ports/store.ts';
import { approve, change, end, machine, open, pending, placementOf } from './fixtures.ts';
import { type StoreUnderTest, storeOfEach } from './store-harness.ts';

/** What every store must do, however many requests there are: find them by whom they concern, and take no more than so many. */
export function crowdConformance(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`${name}: the store with many requests`, () => {
    const own = storeOfEach(make);
    const { keep, move } = own;
    let store: Store;
    let at: number;
    beforeEach(() => {
      [store, at] = [own.test.store, own.at];
    });

    describe('takes no more than so many new ones', () => {
      const NONE = { person: 99, machine: 99, all: 99 };
      it.each([
        ['of a person', { ...NONE, person: 2 }],
        ['on a machine', { ...NONE, machine: 2 }],
        ['in all', { ...NONE, all: 2 }],
      ])('%s, also when they come at once', async (_, most) => {
        const requests = [1, 2, 3].map((n) => pending(`request${n}`, at + n));
        const saved = await store.save(requests.map((request) => ({ ...change(request, 0), most })));
        expect(saved).toEqual(['saved', 'saved', 'full']);
        expect((await store.load('request3')).request).toBeUndefined();
        // What is there goes on.
        const [first] = requests;
        if (first) expect(await store.save([{ ...change(approve(first, at), 1), most }])).toEqual(['saved']);
      });
    });

    describe('takes one of several that ask for the same', () => {
      const alone = (request: Request) => ({ ...change(request, 0), alone: true as const });

      it('also when they come at once, for as long as the first waits or is in force', async () => {
        const [one, two, three] = [pending('aaaaaaa', at), pending('bbbbbbb', at), pending('ccccccc', at)];
        expect(await store.save([alone(one), alone(two)])).toEqual(['saved', 'same']);
        expect((await store.load('bbbbbbb')).request).toBeUndefined();
        expect(await store.standing(samenessOf(two))).toBe('aaaaaaa');
        const given = open(one, at);
        await move(one, approve(one, at));
        expect(await store.save([alone(two)])).toEqual(['same']);
        await move({ ...given, version: 2 }, given);
        expect(await store.save([alone(two)])).toEqual(['same']);
        await move(given, revoked(given, given.requester, at));
        expect(await store.standing(samenessOf(two))).toBeUndefined();
        expect(await store.save([alone(two), alone(three)])).toEqual(['saved', 'same']);
      });

      it('not of what differs in a port, the source, the machine, or the person; nor where nobody minds', async () => {
        const first = pending('aaaaaaa', at);
        const others = [
          pending('bbbbbbb', at, { ports: [{ number: 3389, protocol: 'tcp' }] }),
          pending('ccccccc', at, { source: '203.0.113.8/32' }),
          pending('ddddddd', at, { machine: machine(2) }),
          pending('eeeeeee', at, { requester: { id: 'lin', name: 'Lin' } }),
        ];
        const saved = await store.save([first, ...others].map(alone));
        expect(saved).toEqual(['saved', 'saved', 'saved', 'saved', 'saved']);
        await keep(pending('fffffff', at));
        expect(await store.standing(samenessOf(first))).toBe('aaaaaaa');
      });

      it('and says full, not same, of nothing: the repeated commit of the first is saved', async () => {
        const first = pending('aaaaaaa', at);
        await store.save([alone(first)]);
        expect(await store.save([alone(first)])).toEqual(['saved']);
      });

      it('what is over by the clock, though nobody has looked at it yet, stands no more', async () => {
        const past = open(pending('aaaaaaa', at - 7_200_000, { forMs: 3_600_000 }), at - 7_200_000);
        await keep(past);
        expect(await store.save([alone(pending('bbbbbbb', at))])).toEqual(['saved']);
      });
    });

    describe('finds', () => {
      it('what is current by its requester, those asked, its policy, and the machine’s name', async () => {
        const mine = pending('aaaaaaa', at);
        const lins = pending('bbbbbbb', at + 1, {
          requester: { id: 'lin', name: 'Lin' },
          machineName: 'API-1',
          policies: ['operators'],
          asked: [{ id: 'bo', name: 'Bo' }],
        });
        await keep(mine, lins);
        const found = async (...[by, which]: [Finding['by'], string]) =>
          (await store.find({ by, which }, 9)).map(({ id }) => id);
        expect(await found('requester', 'ada')).toEqual(['aaaaaaa']);
        expect(await found('asked', 'bo')).toEqual(['bbbbbbb']);
        expect(await found('policy', 'engineers')).toEqual(['aaaaaaa']);
        expect(await found('machineName', 'Api-1')).toEqual(['bbbbbbb']);
        expect(await store.counts('ada', machine(1))).toEqual({ person: 1, machine: 2, all: 2 });
        expect(await found('state', 'open')).toEqual([]);
        const opened = open(mine, at);
        await move(mine, opened);
        expect(await found('state', 'open')).toEqual(['aaaaaaa']);
        expect(await found('requester', 'ada')).toEqual(['aaaaaaa']);
        await move(opened, end(opened, at, at + 60_000));
        expect(await found('requester', 'ada')).toEqual([]);
        expect(await found('policy', 'engineers')).toEqual([]);
        expect(await found('state', 'open')).toEqual([]);
        expect(await store.counts('ada', machine(1))).toEqual({ person: 0, machine: 2, all: 2 });
      });

      it('what still has to be reviewed, current or not, the most urgent first', async () => {
        const owed = async () => (await store.find({ by: 'review', which: 'owed' }, 9)).map(({ id }) => id);
        const glass = (id: string, by: number) => ({ ...open(pending(id, at), at), breakGlass: { reviewBy: at + by } });
        const [late, soon] = [glass('aaaaaaa', 9), glass('bbbbbbb', 5)];
        await keep(late, soon, pending('ccccccc', at));
        expect(await owed()).toEqual(['bbbbbbb', 'aaaaaaa']);
        const over = end(soon, at);
        await move(soon, over);
        expect(await owed()).toEqual(['bbbbbbb', 'aaaaaaa']);
        if (!isReviewable(over)) throw new Error('it cannot be reviewed');
        await move(over, glassReviewed(over, { by: { id: 'lin', name: 'Lin' }, at, verdict: 'right', words: 'fine' }));
        expect(await owed()).toEqual(['aaaaaaa']);
      });

      it('what is to be closed now under a lock, on any machine', async () => {
        const [one, two, three] = [1, 2, 3].map((n) =>
          open(pending(`request${n}`, at + n, { machine: machine(n) }), at),
        );
        if (!one || !two || !three) throw new Error('three were made');
        await keep(one, two, three);
        const [lock = ''] = placementOf(one).locks;
        const ids = async (limit = 9) => (await store.ending(['other', lock], limit)).map(({ id }) => id).sort();
        expect(await ids()).toEqual([]);
        const closing = revoked(one, { id: 'ada', name: 'Ada' }, at);
        await move(one, closing);
        await move(two, revoked(two, { id: 'ada', name: 'Ada' }, at));
        expect(await ids()).toEqual(['request1', 'request2']);
        expect(await ids(1)).toHaveLength(1);
        expect(await store.ending(['other'], 9)).toEqual([]);
        // One that is in trouble waits for its next try.
        await move(closing, troubled(closing, new JitError('cloudBusy', { cloud: 'AWS' }), at + 60_000));
        expect(await ids()).toEqual(['request2']);
      });
    });
  });
}
