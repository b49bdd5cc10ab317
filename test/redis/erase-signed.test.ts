import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eraseAgain, erasePerson } from '../../src/app/evidence/erase.ts';
import { erasedId } from '../../src/core/people/erased-id.ts';
import { eraseWorld, fill } from './erase-world.ts';
import { redisOfFile } from './server.ts';

const BY = { by: { user: 'ops', host: 'h1' }, as: 'commandLine', words: 'asked by letter' } as const;

const server = redisOfFile();
let redis: Redis;
let folder: string;
let prefix = '';
let acts = 0;

beforeEach(() => {
  prefix = server.prefix();
  redis = server.client();
  folder = mkdtempSync(join(tmpdir(), 'drawbridge-erase-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const world = () => eraseWorld({ redis, prefix, folder });

describe('a person who is erased', () => {
  it('is erased under the IDs of their accounts, too, and the files verify, all of them and a part', async () => {
    const own = world();
    for (const id of ['ada', 'U0ADA000009', 'lin', 'U0ADA000009'])
      await own.audit.record({
        ...{ act: `act-${acts++}`, event: 'read', outcome: 'done', as: 'reader' },
        by: { person: { id, name: 'Ada Okafor' } },
      });
    await own.bring();
    const before = readdirSync(own.files);
    await erasePerson(own.deps, 'ada', BY);
    expect(await own.verdict()).toMatchObject({ erased: 3, faults: [] });
    const part = join(folder, 'part');
    mkdirSync(part);
    for (const name of [...before, 'erased.txt']) cpSync(join(own.files, name), join(part, name));
    expect(await own.verdict(part)).toMatchObject({ erased: 3, faults: [], remarks: [] });
    await own.bring();
    expect(await own.verdict()).toMatchObject({ erased: 3, faults: [], remarks: [] });
    // A hash of the account is all that is left of it there.
    const erasing = (await own.audit.read(undefined, 99)).filter(({ record }) => record.includes('"event":"erase"'));
    expect(erasing).toHaveLength(2);
    expect(erasing.some(({ record }) => record.includes('U0ADA000009'))).toBe(false);
  });

  it('is nobody whom somebody else said that of in Redis', async () => {
    const own = world();
    await fill(own);
    await own.bring();
    const { at } = await own.store.now();
    await redis.hset(`{${prefix}}:erased`, erasedId('ada'), at + 1);
    await own.audit.record({
      ...{ act: 'forged', event: 'erase', outcome: 'done', by: { user: 'ops', host: 'h1' }, as: 'commandLine' },
      why: 'what is said of ada',
    });
    expect(await eraseAgain(own.deps)).toEqual([]);
    await own.bring();
    expect(own.text()).toContain('Ada Okafor');
    // With what the files say of her taken away, too, the entry that nobody signed is found.
    const all = new Map([[erasedId('ada'), at + 1]]);
    await own.deps.evidence?.personal[0]?.erase({ all, of: (person) => all.get(erasedId(person)) });
    expect((await own.verdict()).faults).toMatchObject([
      { what: 'signature', say: expect.stringContaining('says that ada was erased') },
    ]);
  });
});
