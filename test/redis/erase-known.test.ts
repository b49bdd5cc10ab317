import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { erasedBefore, erasePerson, keptOf } from '../../src/app/evidence/erase.ts';
import { erasedId } from '../../src/core/people/erased-id.ts';
import { eraseWorld, fill } from './erase-world.ts';
import { redisOfFile } from './server.ts';

const BY = { by: { user: 'ops', host: 'h1' }, as: 'commandLine', words: 'asked by letter' } as const;
const SAID = /Ada Okafor|203\.0\.113\.7|deploy the fix|U0ADA/;

const server = redisOfFile();
let redis: Redis;
let folder: string;
let prefix = '';

beforeEach(() => {
  prefix = server.prefix();
  redis = server.client();
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-erase-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const world = (places?: Parameters<typeof eraseWorld>[1]) => eraseWorld({ redis, prefix, folder }, places);

describe('whoever is to be erased', () => {
  it('is known by their key alone, which opens what is sealed elsewhere: it is destroyed', async () => {
    const own = world();
    await own.deps.evidence?.people.of('zed', 1_000);
    const hasKey = async () => (await own.deps.evidence?.people.known())?.('zed') !== undefined;
    expect(await hasKey()).toBe(true);
    await erasePerson(own.deps, 'zed', BY);
    expect(await hasKey()).toBe(false);
    expect((await own.deps.evidence?.people.erased())?.of('zed')).toBeGreaterThan(1_000);
  });

  it('is told of that key, which is all that is left, and of nothing once it is destroyed', async () => {
    const own = world();
    await own.deps.evidence?.people.of('zed', 1_000);
    expect(await Array.fromAsync(keptOf(own.deps, 'zed'))).toEqual([
      { place: 'audit.peopleKeys', what: { keyOf: 'zed' } },
    ]);
    await erasePerson(own.deps, 'zed', BY);
    expect(await Array.fromAsync(keptOf(own.deps, 'zed'))).toEqual([]);
  });

  it('is told of all that is kept, where it is: also of what is left though their key is destroyed, and of what is under their account', async () => {
    const own = world();
    await fill(own);
    await own.bring();
    await own.deps.evidence?.people.of('ada', 1_000);
    await own.deps.evidence?.people.of('U0ADA000009', 1_000);
    const places = async () => new Set((await Array.fromAsync(keptOf(own.deps, 'ada'))).map(({ place }) => place));
    const places4 = ['Redis: requests', 'Redis: audit', 'Redis: links, delegations, and who did what', 'audit files'];
    expect(await places()).toEqual(new Set([...places4, 'audit.peopleKeys']));
    expect(await Array.fromAsync(keptOf(own.deps, 'ada'))).toContainEqual({
      place: 'audit.peopleKeys',
      what: { keyOf: 'U0ADA000009' },
    });
    const { at } = await own.store.now();
    for (const id of ['ada', 'U0ADA000009']) await own.deps.evidence?.people.destroy(erasedId(id), at);
    expect(await places()).toEqual(new Set(places4));
    expect(await erasedBefore(own.deps, 'ada')).toBe(at);
  });

  it('is refused where nobody of that ID is known, as often as it is typed, and no key is destroyed', async () => {
    const own = world();
    await fill(own);
    await own.bring();
    for (const typed of ['adda', 'adda', 'Ada Okafor'])
      await expect(erasePerson(own.deps, typed, BY)).rejects.toMatchObject({ code: 'personUnknown' });
    expect((await own.deps.evidence?.people.erased())?.all.size).toBe(0);
    expect(own.text()).toMatch(SAID);
  });

  it('is known as erased, and when, although the directory knows them no more; of any one place that remembers it', async () => {
    const own = world();
    await fill(own);
    expect(await erasedBefore(own.deps, 'ada')).toBeUndefined();
    const { at } = await own.store.now();
    await erasePerson(own.deps, 'ada', BY);
    const gone = { ...own.deps, directory: { ...own.deps.directory, byId: async () => undefined } };
    expect(await erasedBefore(gone, 'ada')).toBeGreaterThanOrEqual(at);
    expect(await erasedBefore(gone, 'lin')).toBeUndefined();
    for (const key of await redis.keys(`{${prefix}}*erased*`)) await redis.del(key);
    expect(await erasedBefore(gone, 'ada')).toBeGreaterThanOrEqual(at);
    await expect(erasePerson(gone, 'ada', BY)).resolves.toHaveLength(4);
  });
});
