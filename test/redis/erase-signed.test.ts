import { appendFileSync, cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { erasuresIn } from '../../adapters/audit-file/index.ts';
import { eraseAgain, erasePerson } from '../../src/app/evidence/erase.ts';
import { erasureNote } from '../../src/core/evidence/erasure.ts';
import { noteLine } from '../../src/core/evidence/line.ts';
import { erasedId } from '../../src/core/people/erased-id.ts';
import { signerOf } from '../core/evidence/chain.ts';
import { eraseWorld, fill } from './erase-world.ts';
import { redisOfFile } from './server.ts';

const BY = { by: { user: 'ops', host: 'h1' }, as: 'commandLine', words: 'asked by letter' } as const;

const LIN = { installation: 'demo', person: 'lin' };
const OTHERS = { ...LIN, installation: 'prod' };

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

  it.each<[string, (at: number) => string]>([
    ['with no note', (at) => `${erasedId('lin')} ${at}`],
    ['with no note, and for ever', () => `${erasedId('lin')} 99999999999999`],
    ['with a note for ever', () => noteLine(erasureNote(signerOf(), { ...LIN, until: 99999999999999 }))],
    ['with a note of another key', (at) => noteLine(erasureNote(signerOf(8), { ...LIN, until: at }))],
    ['with a note of another installation', (at) => noteLine(erasureNote(signerOf(), { ...OTHERS, until: at }))],
    ['with a note of a key after its time', (at) => noteLine(erasureNote(signerOf(9), { ...LIN, until: at }))],
  ])('is nobody of whom somebody else wrote a line beside the files, %s', async (_, line) => {
    const own = eraseWorld({ redis, prefix, folder, older: [`${signerOf(9).vkey}@2020-01-01T00:00:00Z`] });
    await fill(own);
    await own.deps.evidence?.people.of('lin', 1);
    await own.bring();
    const { at } = await own.store.now();
    appendFileSync(join(own.files, 'erased.txt'), `\n${line(at)}\n`);
    for (const { changed } of await eraseAgain(own.deps)) expect(changed).toBe(0);
    expect(own.text()).toContain('Lin Wei');
    expect((await own.deps.evidence?.people.known())?.('lin')).toBeDefined();
    expect(await own.deps.personal?.erased()).not.toContain(erasedId('lin'));
  });

  it('is erased up to when that was signed, whatever a line says', async () => {
    const own = world();
    await fill(own);
    await own.bring();
    const { at } = await own.store.now();
    const note = noteLine(erasureNote(signerOf(), { ...LIN, until: 5 }));
    appendFileSync(join(own.files, 'erased.txt'), `\n${erasedId('lin')} ${at}\n${note}\n`);
    await eraseAgain(own.deps);
    expect(own.text()).toContain('Lin Wei');
  });

  it('of whom an older key signed that, within its time, stays erased', async () => {
    const own = eraseWorld({ redis, prefix, folder, older: [signerOf(9).vkey] });
    await fill(own);
    await own.bring();
    const { at } = await own.store.now();
    appendFileSync(join(own.files, 'erased.txt'), `${noteLine(erasureNote(signerOf(9), { ...LIN, until: at }))}\n`);
    await eraseAgain(own.deps);
    expect(own.text()).not.toContain('Lin Wei');
  });

  it.each([
    ['of the files', 'files'],
    ['of the files and of the keys', 'keys'],
  ])('has what is signed of it beside the files again after a backup %s came back', async (_, last) => {
    const own = world();
    await fill(own);
    await own.bring();
    await erasePerson(own.deps, 'ada', BY);
    const kept = await erasuresIn(own.files);
    expect(kept).toHaveLength(2);
    rmSync(join(own.files, 'erased.txt'));
    if (last === 'keys') rmSync(join(folder, 'keys'), { recursive: true });
    await eraseAgain(own.deps);
    expect((await erasuresIn(own.files)).toSorted()).toEqual(kept.toSorted());
    // And in Redis, where that alone came back.
    for (const key of await redis.keys(`{${prefix}}*erased*`)) await redis.del(key);
    await eraseAgain(own.deps);
    rmSync(join(own.files, 'erased.txt'));
    await eraseAgain(own.deps);
    expect((await erasuresIn(own.files)).toSorted()).toEqual(kept.toSorted());
    await eraseAgain(own.deps);
    expect(await erasuresIn(own.files)).toHaveLength(2);
  });
});
