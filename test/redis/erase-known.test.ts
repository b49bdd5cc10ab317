import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { erasedBefore, erasePerson } from '../../src/app/evidence/erase.ts';
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
