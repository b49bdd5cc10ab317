import { beforeEach, describe, expect, it } from 'vitest';
import { revoked } from '../../src/core/request/closing.ts';
import { placementKey } from '../../src/core/rule/rule.ts';
import type { Card, Store } from '../../src/ports/store.ts';
import { approve, change, end, machine, open, pending, placementOf } from './fixtures.ts';
import { type StoreUnderTest, storeOfEach } from './store-harness.ts';

const CARD: Card = { place: { chat: 'slack', kind: 'channel', id: 'C0OPS000001' }, nonce: 'n1', version: 0 };
const AGAIN_MS = 5_000;

/** What every store must do. */
export function storeConformance(name: string, make: () => Promise<StoreUnderTest>): void {
  describe(`${name}: the store`, () => {
    const own = storeOfEach(make);
    const { keep, move } = own;
    let store: Store;
    let at: number;
    beforeEach(() => {
      [store, at] = [own.test.store, own.at];
    });

    describe('commits', () => {
      it('gives back what it was given, with an instant that is trusted', async () => {
        const request = open(pending('aaaaaaa', at), at);
        await keep(request);
        const { request: loaded, now } = await store.load('aaaaaaa');
        expect(loaded).toEqual(request);
        expect(now).toEqual({ at: expect.any(Number), trusted: true, epoch: 0 });
        expect(now.at).toBeGreaterThanOrEqual(at);
        expect((await store.load('nobody')).request).toBeUndefined();
      });

      it('gives back what is on a machine of any cloud', async () => {
        const machines = ['azure:/subscriptions/s/x', 'gcp:my-project/europe-west1-b/web-1'] as const;
        const all = machines.map((own, i) => open(pending(`aaaaaa${i}`, at, { machine: own }), at));
        await keep(...all);
        for (const request of all) expect((await store.load(request.id)).request).toEqual(request);
      });

      it('refuses a version that was replaced meanwhile, and commits what stands beside it', async () => {
        const [one, two] = [pending('aaaaaaa', at), pending('bbbbbbb', at)];
        await keep(one, two);
        await move(one, approve(one, at));
        const late = end(open(one, at), at);
        expect(await store.save([change(late, 1), change(approve(two, at), 1)])).toEqual(['stale', 'saved']);
        expect((await store.load('aaaaaaa')).request?.status).toBe('activating');
        expect((await store.load('bbbbbbb')).request?.status).toBe('activating');
      });

      it('refuses a new request under an id that is taken, and a change of one that does not exist', async () => {
        await keep(pending('aaaaaaa', at));
        expect(await store.save([change(pending('aaaaaaa', at, { source: '203.0.113.9/32' }), 0)])).toEqual(['stale']);
        expect(await store.save([change(approve(pending('bbbbbbb', at), at), 1)])).toEqual(['stale']);
        expect((await store.load('bbbbbbb')).request).toBeUndefined();
      });

      it('takes the very same commit twice: its first answer may have been lost', async () => {
        const request = pending('aaaaaaa', at);
        expect(await store.save([change(request, 0, 'slack:k1')])).toEqual(['saved']);
        expect(await store.save([change(request, 0, 'slack:k1')])).toEqual(['saved']);
        const approved = approve(request, at);
        await move(request, approved);
        await move(request, approved);
      });

      it('makes one request of one delivery', async () => {
        expect(await store.madeBy('slack:k1')).toBeUndefined();
        expect(await store.save([change(pending('aaaaaaa', at), 0, 'slack:k1')])).toEqual(['saved']);
        expect(await store.save([change(pending('bbbbbbb', at), 0, 'slack:k1')])).toEqual(['stale']);
        expect(await store.madeBy('slack:k1')).toBe('aaaaaaa');
        expect((await store.load('bbbbbbb')).request).toBeUndefined();
      });
    });

    describe('finds', () => {
      it('what is overdue anywhere, the longest first, until it is proven closed', async () => {
        const [one, two, three] = ['aaaaaaa', 'bbbbbbb', 'ccccccc'].map((id) => pending(id, at - 7_200_000));
        if (!one || !two || !three) throw new Error('no requests');
        const late = open(one, at - 4_000_000);
        const later = revoked(open(two, at - 1_000), { id: 'g', name: 'Grace' }, at - 500);
        await keep(late, later, open(three, at - 1_000));
        expect((await store.overdue(10)).map(({ id }) => id)).toEqual(['aaaaaaa', 'bbbbbbb']);
        expect((await store.overdue(1)).map(({ id }) => id)).toEqual(['aaaaaaa']);
        await move(late, end(late, at, at + 60_000));
        expect((await store.overdue(10)).map(({ id }) => id)).toEqual(['bbbbbbb']);
      });

      it('what is live on a machine, until there is nothing left to look at', async () => {
        const [one, two] = [pending('aaaaaaa', at), pending('bbbbbbb', at, { machine: machine(2) })];
        await keep(one, two);
        const opened = open(one, at);
        await move(one, opened);
        expect((await store.liveOn(machine(1))).requests).toEqual([opened]);
        const watched = end(opened, at, at + 60_000);
        await move(opened, watched);
        expect((await store.liveOn(machine(1))).requests).toEqual([watched]);
        const { lookAt: _, watchUntil: __, ...over } = watched;
        await move(watched, { ...over, version: over.version + 1 });
        expect((await store.liveOn(machine(1))).requests).toEqual([]);
        const lasting = open(two, at);
        await move(two, lasting);
        const third = open(pending('ccccccc', at, { machine: machine(3) }), at);
        await keep(third);
        const on = await store.liveOn(machine(1), machine(2), machine(3));
        expect(on.requests).toEqual([lasting, third]);
      });

      it('of those that wait on a machine only some whose time has come: any number of others costs nothing', async () => {
        const late = (n: number) => ({ ...pending(`late${n}aa`, at + n), lookAt: at - 1 });
        await keep(pending('aaaaaaa', at), late(1), late(2), open(pending('bbbbbbb', at), at));
        const { requests } = await store.liveOn(machine(1));
        expect(requests.map(({ id }) => id).sort()).toEqual(['bbbbbbb', 'late1aa', 'late2aa']);
      });

      it('all on a machine that has more than are read at once', async () => {
        const many = Array.from({ length: 250 }, (_, n) => open(pending(`many${n}`, at), at));
        await keep(...many);
        expect((await store.liveOn(machine(1))).requests).toHaveLength(250);
        expect(await store.live(230)).toHaveLength(230);
      });

      it('what is live anywhere, newest first', async () => {
        const requests = [3, 1, 2].map((n) => pending(`request${n}`, at + n, { machine: machine(n) }));
        await keep(...requests);
        expect((await store.live(2)).map(({ id }) => id)).toEqual(['request3', 'request2']);
        const seen: string[] = [];
        await store.showLive(2, (page) => void seen.push(...page.map(({ id }) => id)));
        await store.showLive(9, (page) => void seen.push(...page.map(({ id }) => id)));
        expect(seen).toEqual(['request3', 'request2', 'request3', 'request2', 'request1']);
      });

      it('what a person asked for last, also when it is over', async () => {
        const later = pending('bbbbbbb', at + 1);
        await keep(
          pending('aaaaaaa', at),
          later,
          pending('ccccccc', at + 2, { requester: { id: 'lin', name: 'Lin' } }),
        );
        await move(later, end(open(later, at), at));
        expect((await store.recent('ada', 9)).map(({ id }) => id)).toEqual(['bbbbbbb', 'aaaaaaa']);
        expect((await store.recent('ada', 1)).map(({ id }) => id)).toEqual(['bbbbbbb']);
      });

      it('what the last patrol found that nobody knows, for a while', async () => {
        expect(await store.strays()).toBeUndefined();
        const rule = { machine: machine(1), port: { number: 22, protocol: 'tcp' as const }, source: '203.0.113.7/32' };
        const stray = { placement: { rule, backend: 'test', at: 'sg-1', locks: ['sg-1'] }, until: at + 1 };
        await store.keepStrays({ rules: [stray], count: 1, isWhole: false });
        expect(await store.strays()).toEqual({ rules: [stray], count: 1, isWhole: false });
        await store.keepStrays({ rules: [], count: 0, isWhole: true });
        expect(await store.strays()).toEqual({ rules: [], count: 0, isWhole: true });
      });

      it('who was given access to what, newest first, also when it is over, each request once', async () => {
        expect(await store.approvals(9)).toEqual([]);
        const [one, two] = [pending('aaaaaaa', at), pending('bbbbbbb', at, { machine: machine(2) })];
        const lins = pending('ccccccc', at, { requester: { id: 'lin', name: 'Lin' } });
        await keep(one, two, lins);
        expect(await store.approvals(9)).toEqual([]);
        const opened = open(one, at);
        await move(one, opened);
        await move(opened, end(opened, at + 3));
        await move(two, open(two, at + 1));
        await move(lins, approve(lins, at + 2));
        expect(await store.approvals(9)).toEqual([
          { machine: machine(1), person: 'lin', at: at + 2 },
          { machine: machine(2), person: 'ada', at: at + 1 },
          { machine: machine(1), person: 'ada', at },
        ]);
        expect(await store.approvals(1)).toEqual([{ machine: machine(1), person: 'lin', at: at + 2 }]);
      });

      it('the request that placed a rule', async () => {
        const request = open(pending('aaaaaaa', at), at);
        await keep(request);
        expect(await store.placedBy(placementKey(placementOf(request)))).toBe('aaaaaaa');
        expect(await store.placedBy('securityGroup|sg-1|other')).toBeUndefined();
      });
    });

    describe('knows when to look again', () => {
      const due = (id: string, lookAt: number, n = 1) => ({ ...pending(id, at, { machine: machine(n) }), lookAt });

      it('claims what is due, in the order of time, and tells the next time', async () => {
        await keep(due('aaaaaaa', at - 1, 1), due('bbbbbbb', at - 2, 2), due('ccccccc', at + 60_000, 3));
        const claimed = await store.claim(9, 120_000);
        expect(claimed.machines).toEqual([machine(2), machine(1)]);
        expect(claimed.next).toBe(at + 60_000);
        expect(claimed.now.trusted).toBe(true);
      });

      it('claims no more than it is asked to', async () => {
        await keep(due('aaaaaaa', at - 2, 1), due('bbbbbbb', at - 1, 2));
        expect(await store.claim(1, AGAIN_MS)).toMatchObject({ machines: [machine(1)], next: at - 1 });
        expect((await store.claim(1, AGAIN_MS)).machines).toEqual([machine(2)]);
      });

      it('puts a claimed machine off, and does not take it away: a dead worker’s share comes back', async () => {
        await keep(due('aaaaaaa', at - 1));
        const { now, next } = await store.claim(9, AGAIN_MS);
        expect(next).toBe(now.at + AGAIN_MS);
        expect((await store.claim(9, AGAIN_MS)).machines).toEqual([]);
      });

      it('has nothing to claim where nothing is live', async () => {
        expect(await store.claim(9, AGAIN_MS)).toEqual({ machines: [], now: expect.anything() });
      });

      it('looks at a machine when the earliest of its requests is due', async () => {
        const [early, late] = [due('aaaaaaa', at + 30_000), due('bbbbbbb', at + 60_000)];
        await keep(late, early);
        expect((await store.claim(9, AGAIN_MS)).next).toBe(at + 30_000);
        await move(early, end(open(early, at), at));
        expect((await store.claim(9, AGAIN_MS)).next).toBe(at + 60_000);
      });

      it('after a look: when the earliest request says, but not at once where nothing changed', async () => {
        await keep(due('aaaaaaa', at + 30_000, 1), due('bbbbbbb', at - 1, 2));
        await store.claim(9, 120_000);
        await store.settle(machine(1));
        await store.settle(machine(2));
        const { machines, next, now } = await store.claim(9, AGAIN_MS);
        expect(machines).toEqual([]);
        expect(next).toBeGreaterThan(now.at);
        expect(next).toBeLessThan(now.at + 1_000);
      });

      it('mends a machine that is missing from the due index, and says so', async () => {
        await keep(due('aaaaaaa', at + 30_000), due('bbbbbbb', at + 20_000), due('ccccccc', at + 60_000, 2));
        expect(await store.mend()).toBe(0);
        await own.test.forgetDue(machine(1));
        expect((await store.claim(9, AGAIN_MS)).next).toBe(at + 60_000);
        expect(await store.mend()).toBe(1);
        expect((await store.claim(9, AGAIN_MS)).next).toBe(at + 20_000);
        expect(await store.mend()).toBe(0);
      });
    });

    describe('keeps cards', () => {
      it('one for each place, the newest', async () => {
        const other: Card = { ...CARD, place: { chat: 'teams', kind: 'channel', id: '19:x@thread.tacv2' } };
        const posted: Card = { ...CARD, version: 1, ref: { channel: 'C0OPS000001', ts: '1.2' }, digest: 'd' };
        expect(await store.cards('aaaaaaa')).toEqual([]);
        await store.keepCard('aaaaaaa', CARD);
        // Those of one turn are kept in their order too.
        await Promise.all([other, { ...CARD, version: 1 }, posted].map((card) => store.keepCard('aaaaaaa', card)));
        const cards = await store.cards('aaaaaaa');
        expect(cards).toHaveLength(2);
        expect(cards).toEqual(expect.arrayContaining([posted, other]));
      });

      it('and knows what is behind: each commit is, until that version was published everywhere', async () => {
        const request = pending('aaaaaaa', at);
        await keep(request, pending('bbbbbbb', at));
        await store.published('bbbbbbb', 1);
        expect(await store.behind(0, 9)).toEqual([{ id: 'aaaaaaa', version: 1 }]);
        expect(await store.behind(60_000, 9)).toEqual([]);
        await move(request, approve(request, at));
        await store.published('aaaaaaa', 1);
        expect(await store.behind(0, 9)).toEqual([{ id: 'aaaaaaa', version: 2 }]);
        await store.published('aaaaaaa', 2);
        expect(await store.behind(0, 9)).toEqual([]);
      });
    });

    it('sees a key for the first time once', async () => {
      expect(await store.once('slack:delivery-1', 60_000)).toBe(true);
      expect(await store.once('slack:delivery-1', 60_000)).toBe(false);
      expect(await store.once('slack:delivery-2', 60_000)).toBe(true);
    });

    it('knows who said something first, until it is taken back', async () => {
      const say = (who: string) => store.firstSaid('page', who, 60_000);
      expect([await say('ada'), await say('sam'), await say('ada')]).toEqual(['ada', 'ada', 'ada']);
      await store.unsaid('page');
      expect([await say('sam'), await say('ada')]).toEqual(['sam', 'sam']);
    });
  });
}
