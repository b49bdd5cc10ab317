import { describe, expect, it } from 'vitest';
import { sealer } from '../../src/core/rule/seal.ts';
import { redisAccountLinks } from '../../src/redis/account-links.ts';
import { redisCeremonies } from '../../src/redis/ceremonies.ts';
import { redisDelegations } from '../../src/redis/delegations.ts';
import { redisJournal } from '../../src/redis/journal.ts';
import { redisProtectionRecords } from '../../src/redis/protection-records.ts';
import { redisStore } from '../../src/redis/store.ts';
import { change, machine, open, pending } from '../conformance/fixtures.ts';
import { keptLog, redisOfFile } from './server.ts';

const server = redisOfFile();
let count = 0;

const OURS = sealer('test', 'store', [{ id: 'k1', secret: 'a secret' }]);
/** Of another installation, with the same key. */
const THEIRS = sealer('other', 'store', [{ id: 'k1', secret: 'a secret' }]);

function rig() {
  count += 1;
  const [prefix, log, redis] = [`forged-${count}`, keptLog(), server.client()];
  const options = { redis, prefix, log };
  return { prefix, log, redis, options, key: (...parts: string[]) => [`{${prefix}}`, ...parts].join(':') };
}

describe('a request in Redis', () => {
  async function stored() {
    const made = rig();
    const store = redisStore({ ...made.options, seals: OURS });
    const { at } = await store.now();
    await store.save([change(open(pending('aaaaaaa', at), at), 0)]);
    const text = (await made.redis.get(made.key('request', 'aaaaaaa'))) ?? '';
    const write = (next: string) => made.redis.set(made.key('request', 'aaaaaaa'), next);
    const load = async () => (await store.load('aaaaaaa')).request;
    return { ...made, store, at, text, write, load };
  }

  it('is as it was saved, with no word of its seal', async () => {
    const { load, at, log } = await stored();
    expect(await load()).toEqual(open(pending('aaaaaaa', at), at));
    expect(log.errors).toEqual([]);
  });

  it('is none of ours where somebody put an older one back, though its seal is right, and is told once', async () => {
    const { store, text, write, load, at, log, options } = await stored();
    const before = open(pending('aaaaaaa', at), at);
    await store.save([change({ ...before, version: before.version + 1 }, before.version)]);
    await write(text);
    expect(await load()).toEqual({ ...before, isUnsealed: true });
    expect((await store.liveOn(before.machine)).requests).toEqual([{ ...before, isUnsealed: true }]);
    expect(log.errors).toEqual(['a request in Redis was put back to what it was']);
    // It stays so in what comes of it.
    const next = { ...before, isUnsealed: true as const, version: before.version + 1 };
    await store.save([change(next, before.version)]);
    expect((await load())?.isUnsealed).toBe(true);
    // Another process never saw the newer one.
    await write(text);
    expect((await redisStore({ ...options, seals: OURS }).load('aaaaaaa')).request).toEqual(before);
  });

  it.each<[string, (text: string) => string]>([
    ['something of it was changed', (text) => text.replace(/"until":(\d+)/, '"until":9$1')],
    ['its seal was taken away', (text) => text.replace(/,"seal":"[^"]*"/, '')],
    ['its seal is cut', (text) => text.replace(/..."\}$/, '"}')],
    ['something stands behind its seal', (text) => text.replace(/\}$/, ',"drill":true}')],
    [
      'another installation sealed it',
      (text) => {
        const json = text.slice(text.indexOf(' ') + 1).replace(/,"seal":"[^"]*"/, '');
        return `${text.split(' ')[0]} ${json.slice(0, -1)},"seal":"${THEIRS.sign(json)}"}`;
      },
    ],
  ])('is none of ours where %s, is told once, and stays so whatever becomes of it', async (_, forge) => {
    const { load, write, text, store, log } = await stored();
    await write(forge(text));
    const request = await load();
    await load();
    expect(request).toMatchObject({ id: 'aaaaaaa', isUnsealed: true });
    expect(log.errors).toEqual(['a request in Redis is none of ours; it opens nothing']);
    if (!request) return;
    await store.save([change({ ...request, version: request.version + 1 }, request.version)]);
    expect(await load()).toMatchObject({ version: request.version + 1, isUnsealed: true });
  });

  it('is looked at anew where it was read a moment ago and one character of it is another, and is ours again as it was', async () => {
    const { text, write, load, at } = await stored();
    const ours = open(pending('aaaaaaa', at), at);
    expect([await load(), await load()]).toEqual([ours, ours]);
    await write(text.replace(/"until":(\d+)/, '"until":9$1'));
    expect([await load(), await load()]).toMatchObject([{ isUnsealed: true }, { isUnsealed: true }]);
    await write(`${text} `);
    expect(await load()).toMatchObject({ isUnsealed: true });
    await write(text);
    expect(await load()).toEqual(ours);
  });

  it('is none of ours under the name of another one', async () => {
    const { text, redis, key, store } = await stored();
    await redis.set(key('request', 'bbbbbbb'), text);
    expect((await store.load('bbbbbbb')).request).toBeUndefined();
    await redis.set(key('request', 'bbbbbbb'), text.replace('aaaaaaa', 'bbbbbbb'));
    expect((await store.load('bbbbbbb')).request).toMatchObject({ isUnsealed: true });
  });
});

it('nobody is believed to have said something first who said nothing here', async () => {
  const { redis, options, prefix } = rig();
  const store = redisStore({ ...options, seals: OURS });
  await store.firstSaid('put-back:abc', 'grace', 60_000);
  const [name = ''] = await redis.keys(`{${prefix}}:said:*`);
  expect(await store.firstSaid('put-back:abc', 'ada', 60_000)).toBe('grace');
  await redis.set(name, 'mallory');
  expect(await store.firstSaid('put-back:abc', 'ada', 60_000)).toBe('ada');
  // What somebody said elsewhere counts for nothing here.
  await store.firstSaid('put-back:other', 'grace', 60_000);
  const other = (await redis.keys(`{${prefix}}:said:*`)).find((one) => one !== name) ?? '';
  await redis.set(name, (await redis.get(other)) ?? '');
  expect(await store.firstSaid('put-back:abc', 'ada', 60_000)).toBe('ada');
});

it('nobody decides for somebody by a delegation that nobody made here', async () => {
  const { redis, options, key, log } = rig();
  const delegations = redisDelegations({ ...options, seals: OURS });
  const [grace, sam] = [
    { id: 'grace', name: 'Grace' },
    { id: 'sam', name: 'Sam' },
  ];
  await delegations.keep({ from: grace, to: sam, since: 1, until: 2 });
  const own = (await redis.hget(key('delegations'), 'grace')) ?? '';
  await redis.hset(key('delegations'), 'kim', JSON.stringify({ from: sam, to: grace, since: 1, until: 9e12 }));
  await redis.hset(key('delegations'), 'lin', own);
  expect(await delegations.all()).toEqual([{ from: grace, to: sam, since: 1, until: 2 }]);
  expect(log.errors).toHaveLength(2);
});

it('no account is somebody else’s by a link that nobody made here, which is dropped like any', async () => {
  const { redis, options, key } = rig();
  const links = redisAccountLinks({ ...options, seals: OURS });
  const entra = 'a1a1a1a1-0000-4000-8000-000000000001';
  await redis.hset(key('links'), 'U9', JSON.stringify({ slack: 'U9', entra, name: 'Grace', at: 1 }));
  await redis.hset(key('linked'), entra, 'U9');
  const notOurs = { code: 'linkNotOurs', message: expect.stringContaining('U9') };
  await expect(links.ofSlack('U9')).rejects.toMatchObject(notOurs);
  await expect(links.ofEntra(entra)).rejects.toMatchObject(notOurs);
  expect([await links.all(), await links.strange()]).toEqual([[], ['U9']]);
  expect(await links.drop('U9')).toBeUndefined();
  expect(await links.strange()).toEqual([]);
  expect(await links.keep({ slack: 'U1', entra, name: 'Grace', at: 1 })).toBe(true);
  // The link of one account is none of another.
  await redis.hset(key('links'), 'U9', (await redis.hget(key('links'), 'U1')) ?? '');
  await expect(links.ofSlack('U9')).rejects.toThrow();
  // Nor is it what the index, which is not sealed, says of an account.
  const mallory = 'b2b2b2b2-0000-4000-8000-000000000002';
  await redis.hset(key('linked'), mallory, 'U1');
  expect(await links.ofEntra(mallory)).toBeUndefined();
  expect(await links.ofEntra(entra)).toMatchObject({ slack: 'U1' });
});

it('no step of a sign-in was taken that nobody took here', async () => {
  const { redis, options, prefix } = rig();
  const ceremonies = redisCeremonies({ ...options, seals: OURS });
  const until = Date.now() + 60_000;
  const begun = { id: 'a', until, epoch: 1, chat: 'slack', account: 'U1' } as const;
  await ceremonies.begin('step r grace', begun);
  const [name = ''] = await redis.keys(`{${prefix}}:ceremony:*`);
  const own = (await redis.get(name)) ?? '';
  await redis.set(name, JSON.stringify({ ...begun, by: { entra: 'e', name: 'Grace' } }));
  expect(await ceremonies.read('step r grace')).toBeUndefined();
  await ceremonies.begin('step r sam', begun);
  const other = (await redis.keys(`{${prefix}}:ceremony:*`)).find((one) => one !== name) ?? '';
  await redis.set(other, own);
  expect(await ceremonies.read('step r sam')).toBeUndefined();
});

it('nothing is done in somebody’s name that no chat delivered', async () => {
  const { redis, options, prefix, key, log } = rig();
  const journal = redisJournal({ ...options, seals: OURS, aliveMs: 1 });
  await journal.accept({ chat: 'slack', key: 'k', ttlMs: 60_000, what: '{"user":"U1"}' });
  const [name = ''] = await redis.keys(`{${prefix}}:accepted:*`);
  await redis.hset(name, 'what', JSON.stringify({ chat: 'slack', key: 'k', what: '{"user":"U2"}' }));
  for (const one of await redis.keys(key('alive:*'))) await redis.del(one);
  const other = redisJournal({ ...options, seals: OURS, aliveMs: 1 });
  expect((await other.unfinished(10)).entries).toEqual([]);
  expect(log.errors).toEqual(['a delivery in the journal cannot be read, or is none of ours; it is not done']);
});

it('nobody agreed to a page that they agreed to nowhere here', async () => {
  const { redis, options, key } = rig();
  const records = redisProtectionRecords({ ...options, seals: OURS });
  const page = { code: 'abc', entry: 'all', machines: [machine(1)], items: [], at: 1 };
  await records.keepPage(page);
  await redis.hset(key('consents'), 'abc', JSON.stringify({ by: 'grace', at: 2 }));
  expect(await records.pages()).toEqual([page]);
});
