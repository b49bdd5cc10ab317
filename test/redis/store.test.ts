import type { Redis } from 'ioredis';
import { beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/core/language/instant.ts';
import { placementKey } from '../../src/core/rule/rule.ts';
import type { Store } from '../../src/ports/store.ts';
import { KEEP } from '../../src/redis/limits.ts';
import { redisStore } from '../../src/redis/store.ts';
import { crowdConformance } from '../conformance/crowd.ts';
import { change, end, machine, open, pending, placementOf } from '../conformance/fixtures.ts';
import { rememberedConformance } from '../conformance/remembered.ts';
import { startingConformance } from '../conformance/starting.ts';
import { storeConformance } from '../conformance/store.ts';
import type { StoreUnderTest } from '../conformance/store-harness.ts';
import { tiedChanges } from '../conformance/tied.ts';
import { keptLog, QUIET, redisOfFile } from './server.ts';

const server = redisOfFile();

async function make(): Promise<StoreUnderTest> {
  const prefix = server.prefix();
  const redis = server.client();
  return {
    store: redisStore({ redis, prefix, log: QUIET }),
    forgetDue: async (machine) => void (await redis.zrem(`{${prefix}}:due`, machine)),
    stop: async () => redis.disconnect(),
  };
}

storeConformance('Redis', make);
describe('Redis: tied changes', () => tiedChanges(make));
startingConformance('Redis', make);
rememberedConformance('Redis', make);
crowdConformance('Redis', make);

describe('the store in Redis', () => {
  let redis: Redis;
  let prefix: string;
  let log: ReturnType<typeof keptLog>;
  let store: Store;
  let at: number;
  let key: (...parts: string[]) => string;

  beforeEach(async () => {
    prefix = server.prefix();
    redis = server.client();
    log = keptLog();
    store = redisStore({ redis, prefix, log });
    at = (await store.now()).at;
    key = (...parts) => [`{${prefix}}`, ...parts].join(':');
  });

  const save = (...changes: Parameters<Store['save']>[0]) => store.save(changes);

  describe('forgets in time', () => {
    it('what is over after the days of the configuration, and what was over before after those of then', async () => {
      const short = redisStore({ redis, prefix, log: QUIET, endedMs: 30 * DAY_MS });
      const days = async (id: string) => Math.ceil((await redis.pttl(key('request', id))) / DAY_MS);
      for (const [own, id] of [
        [store, 'before1'],
        [short, 'shorter'],
      ] as const) {
        const request = open(pending(id, at), at);
        await own.save([change(request, 0)]);
        await own.save([change(end(request, at), request.version)]);
      }
      expect([await days('before1'), await days('shorter')]).toEqual([90, 30]);
    });

    it('nothing of a request that is live, and all of one that is over', async () => {
      const request = open(pending('aaaaaaa', at), at);
      await save(change(request, 0, 'slack:k1'));
      await store.keepCard('aaaaaaa', { place: { chat: 'slack', kind: 'channel', id: 'C1' }, nonce: 'n', version: 1 });
      expect(await redis.pttl(key('request', 'aaaaaaa'))).toBe(-1);
      expect(await redis.pttl(key('cards', 'aaaaaaa'))).toBe(-1);

      await save(change(end(request, at), request.version));
      expect(await redis.pttl(key('request', 'aaaaaaa'))).toBeGreaterThan(KEEP.endedMs - 60_000);
      expect(await redis.pttl(key('cards', 'aaaaaaa'))).toBeGreaterThan(KEEP.cardsMs - 60_000);
      for (const index of ['live', `on:${machine(1)}`, 'due']) expect(await redis.exists(key(index))).toBe(0);
      await store.published('aaaaaaa', (await store.load('aaaaaaa')).request?.version ?? 0);
      const lasting = [];
      for (const name of await redis.keys(key('*'))) if ((await redis.pttl(name)) === -1) lasting.push(name);
      expect(lasting.sort()).toEqual(['audit', 'clock', 'commit-ids', 'commits'].map((name) => key(name)));
    });

    it('the cards that come after the end', async () => {
      const request = end(open(pending('aaaaaaa', at), at), at);
      await save(change(request, 0));
      await store.keepCard('aaaaaaa', { place: { chat: 'slack', kind: 'channel', id: 'C1' }, nonce: 'n', version: 1 });
      expect(await redis.pttl(key('cards', 'aaaaaaa'))).toBeGreaterThan(0);
    });

    it('the placements two days after the end', async () => {
      const request = open(pending('aaaaaaa', at), at);
      await save(change(request, 0));
      const [placed = ''] = await redis.keys(key('placed', '*'));
      expect(await redis.pttl(placed)).toBeLessThanOrEqual(49 * 3_600_000);
      expect(await redis.pttl(placed)).toBeGreaterThan(48 * 3_600_000);
    });

    it('all but a person’s last requests', async () => {
      const many = Array.from({ length: KEEP.recent + 5 }, (_, n) => pending(`id${n}`, at + n));
      await save(...many.map((request) => change(request, 0)));
      const recent = await store.recent('ada', 1_000);
      expect(recent).toHaveLength(KEEP.recent);
      expect(recent[0]?.id).toBe(`id${KEEP.recent + 4}`);
    });
  });

  it('forgets ids whose record is gone, so that their machine is not due for ever', async () => {
    await save(change({ ...pending('aaaaaaa', at), lookAt: at }, 0));
    await redis.del(key('request', 'aaaaaaa'));
    expect((await store.liveOn(machine(1))).requests).toEqual([]);
    await store.settle(machine(1));
    expect((await store.claim(9, 5_000)).next).toBeUndefined();
    expect(await store.live(9)).toEqual([]);
    expect(await store.behind(0, 9)).toEqual([]);
  });

  it('mends a request that is missing from its machine', async () => {
    await save(change({ ...pending('aaaaaaa', at), lookAt: at + 3_600_000 }, 0));
    expect(await store.mend()).toBe(0);
    await redis.del(key(`waits:${machine(1)}`), key('due'));
    expect(await store.mend()).toBe(1);
    expect((await store.claim(9, 5_000)).machines).toEqual([machine(1)]);
    expect(await redis.exists(key(`on:${machine(1)}`))).toBe(1);
    // A look finds out that it waits: then it is kept apart again.
    expect((await store.liveOn(machine(1))).requests).toEqual([]);
    expect(await redis.exists(key(`on:${machine(1)}`))).toBe(0);
    expect(await redis.exists(key(`waits:${machine(1)}`))).toBe(1);
  });

  it('puts what an older version wrote into the indexes that it did not know', async () => {
    const [waits, lasting] = [pending('aaaaaaa', at), open(pending('bbbbbbb', at), at)];
    await save(change(waits, 0), change(lasting, 0));
    for (const index of ['of', 'asked', 'policy', 'named', 'ends', 'waits'])
      for (const name of await redis.keys(key(index, '*'))) await redis.del(name);
    // Where it was kept before.
    await redis.zadd(key(`on:${machine(1)}`), at + 60_000, 'aaaaaaa');
    const later = redisStore({ redis, prefix: key().slice(1, -1), log });
    expect(await later.mend()).toBe(0);
    expect(await redis.zrange(key(`on:${machine(1)}`), '0', '-1')).toEqual(['bbbbbbb']);
    expect(await redis.zrange(key(`waits:${machine(1)}`), '0', '-1')).toEqual(['aaaaaaa']);
    expect(await later.find({ by: 'requester', which: 'ada' }, 9)).toHaveLength(2);
    expect(await redis.keys(key('ends', '*'))).toHaveLength(2);
  });

  describe('a record that cannot be read', () => {
    const damages: readonly (readonly [string, (record: string) => string])[] = [
      ['cut short', (record) => record.slice(0, 100)],
      ['not ours', () => 'something else'],
      ['of an unknown status', (record) => record.replace('"status":"active"', '"status":"ajar"')],
      ['without its lease', (record) => record.replace('"lease":', '"lost":')],
      ['of another id', (record) => record.replace('"id":"aaaaaaa"', '"id":"zzzzzzz"')],
      ['of another version', (record) => record.replace(/^4 /, '5 ')],
    ];

    it.each(damages)('%s: is no request, is logged, and stops no other', async (_, damage) => {
      const request = { ...open(pending('aaaaaaa', at), at), lookAt: at };
      const other = { ...open(pending('bbbbbbb', at + 1, { source: '203.0.113.9/32' }), at), lookAt: at + 60_000 };
      await save(change(request, 0), change(other, 0));
      const record = (await redis.get(key('request', 'aaaaaaa'))) ?? '';
      await redis.set(key('request', 'aaaaaaa'), damage(record));

      expect((await store.load('aaaaaaa')).request).toBeUndefined();
      expect((await store.live(9)).map(({ id }) => id)).toEqual(['bbbbbbb']);
      await store.claim(9, 5_000);
      expect((await store.liveOn(machine(1))).requests.map(({ id }) => id)).toEqual(['bbbbbbb']);
      // Told once, however often it is met.
      expect(log.errors).toHaveLength(1);

      // Its machine rests instead of being due at once again and again; its own time stays, for a version that can read it.
      const score = await redis.zscore(key(`on:${machine(1)}`), 'aaaaaaa');
      expect(score).toBe(String(at));
      await store.settle(machine(1));
      const { machines, next, now } = await store.claim(9, 5_000);
      expect(machines).toEqual([]);
      expect(next).toBeGreaterThan(now.at + 500);
      expect(next).toBeLessThanOrEqual(now.at + 1_000);
      // It stays for a version that can read it, and the patrol still knows whose rule it is.
      expect(await redis.exists(key('request', 'aaaaaaa'))).toBe(1);
      expect(await store.placedBy(placementKey(placementOf(request)))).toBe('aaaaaaa');
    });

    it('of a newer version that only has more in it: is read, and keeps what we do not know', async () => {
      const request = pending('aaaaaaa', at);
      await save(change(request, 0));
      const record = (await redis.get(key('request', 'aaaaaaa'))) ?? '';
      await redis.set(key('request', 'aaaaaaa'), record.replace('{', '{"colour":"green",'));
      expect((await store.load('aaaaaaa')).request).toEqual({ ...request, colour: 'green' });
    });
  });

  it.each([
    ['waits', (at: number) => pending('aaaaaaa', at)],
    ['is open', (at: number) => open(pending('aaaaaaa', at), at)],
    ['is watched', (at: number) => end(open(pending('aaaaaaa', at), at), at, at + 60_000)],
  ])('reads a record of before several policies could be needed: one that %s', async (_, make) => {
    const request = make(at);
    await save(change(request, 0));
    const record = (await redis.get(key('request', 'aaaaaaa'))) ?? '';
    const before = record.replace('"policies":["engineers"]', `"policy":"engineers","answerBy":${at + 1}`);
    expect(before).not.toBe(record);
    await redis.set(key('request', 'aaaaaaa'), before);
    expect((await store.load('aaaaaaa')).request).toMatchObject({ status: request.status, policies: ['engineers'] });
    expect(log.errors).toEqual([]);
  });

  it('makes a new card where one cannot be read', async () => {
    const good = { place: { chat: 'slack', kind: 'channel', id: 'C1' }, nonce: 'n', version: 1 } as const;
    await store.keepCard('aaaaaaa', good);
    await redis.append(key('cards', 'aaaaaaa'), '\n["slack:channel:C2",{"nonce":1}]\n["nonsense",{}]\n[');
    expect(await store.cards('aaaaaaa')).toEqual([good]);
    expect(log.errors).toHaveLength(3);
  });

  it('sees a key for the first time also when its question had to be sent twice', async () => {
    const set = redis.set.bind(redis) as (...args: unknown[]) => Promise<unknown>;
    const sentTwice = Object.assign(Object.create(redis) as Redis, {
      set: (...args: unknown[]) => set(...args).then(() => set(...args)),
    });
    const other = redisStore({ redis: sentTwice, prefix: 'twice', log });
    expect(await other.once('slack:delivery-1', 60_000)).toBe(true);
    expect(await other.once('slack:delivery-1', 60_000)).toBe(false);
  });

  it('has every key in one slot of a Cluster', async () => {
    await save(change(open(pending('aaaaaaa', at), at), 0, 'slack:k1'));
    const keys = await redis.keys(key('*'));
    expect(keys.length).toBeGreaterThan(8);
    expect(keys.filter((name) => !name.startsWith(key('')))).toEqual([]);
  });
});
