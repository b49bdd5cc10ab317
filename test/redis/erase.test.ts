import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eraseAgain, erasePerson } from '../../src/app/evidence/erase.ts';
import type { PersonalPlace } from '../../src/ports/personal.ts';
import { redisBoardRows } from '../../src/redis/board-rows.ts';
import { approve, change, end, open, pending } from '../conformance/fixtures.ts';
import { eraseWorld, fill, LIN } from './erase-world.ts';
import { everythingIn } from './everything.ts';
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

/** Keys that say it. */
async function saying(what: RegExp): Promise<readonly string[]> {
  const lines = await everythingIn(redis, `{${prefix}}`);
  return lines.flatMap((line) => (what.test(line) ? (line.split(' ')[0] ?? '') : []));
}

const pause = () => new Promise((resolve) => setTimeout(resolve, 3));

describe('a person who is erased', () => {
  it('is nowhere in Redis or the files, but by ID; the chain verifies, and others keep theirs', async () => {
    const own = world();
    await fill(own);
    await own.bring();
    const before = await redis.xrange(`{${prefix}}:audit`, '-', '+');
    expect(own.text()).toMatch(SAID);
    const erased = await erasePerson(own.deps, 'ada', BY);
    expect(erased).toMatchObject([
      { place: 'Redis: requests', changed: 3, left: 1 },
      { place: 'Redis: audit', left: 0 },
      { place: 'Redis: links, delegations, and who did what', left: 0 },
      { place: 'audit files', left: 0 },
    ]);
    expect(await saying(SAID)).toEqual([`{${prefix}}:request:ddddddd`]);
    expect(own.text()).not.toMatch(SAID);
    expect(own.text()).toContain('Lin Wei');
    const after = await redis.xrange(`{${prefix}}:audit`, '-', '+');
    expect(after.slice(0, before.length).map(([id]) => id)).toEqual(before.map(([id]) => id));
    await own.bring();
    expect(await own.verdict()).toMatchObject({ records: after.length, faults: [], remarks: [] });
    expect(await own.store.load('aaaaaaa')).toMatchObject({ request: undefined });
    expect((await own.store.load('ccccccc')).request).toMatchObject({
      requester: LIN,
      reviews: [{ by: { id: 'ada', name: 'ada' }, verdict: 'deny', reason: '' }],
    });
    // What is open of somebody else stays as it is, and its turn comes when it is over.
    const still = (await own.store.load('ddddddd')).request;
    expect(still).toMatchObject({ status: 'active', asked: [{ name: 'Ada Okafor' }] });
    if (still?.status !== 'active') throw new Error('it is not open');
    await own.store.save([change({ ...end(still, still.askedAt + 9), version: 3 }, 2)]);
    expect((await eraseAgain(own.deps))[0]).toMatchObject({ changed: 1, left: 0 });
    expect(await saying(SAID)).toEqual([]);
    expect(await eraseAgain(own.deps)).toMatchObject(Array(4).fill({ changed: 0, left: 0 }));
  });

  it('leaves no word of theirs in what others requested: reasons, denials, questions, answers, and the timeline', async () => {
    const own = world();
    const { at } = await own.store.now();
    const [ada, grace] = [
      { id: 'ada', name: 'Ada Okafor' },
      { id: 'grace', name: 'Grace' },
    ];
    const said = (what: string) => `${what} by Ada`;
    const lins = { requester: LIN, askedBy: ada, source: '198.51.100.1/32', justification: said('asked'), places: [] };
    const over = {
      ...end(open(pending('fffffff', at, lins), at), at + 5),
      version: 2,
      questions: [
        { by: grace, at, text: 'why, and for whom?', answer: { at: at + 1, text: said('answered') } },
        { by: grace, at: at + 2, text: 'since when?', answer: { at: at + 3, text: 'Lin answered' } },
        { by: ada, at: at + 2, text: said('questioned') },
      ],
      offer: {
        ...{ by: ada, at, version: 1, ports: [], source: '198.51.100.1/32', forMs: 1, seen: 'x' },
        ...{ reason: said('offered'), afterwards: said('promised') },
      },
      denied: { by: ada, at, reason: said('denied') },
      reviews: [{ by: ada, at, verdict: 'deny' as const, reason: said('reviewed') }],
      breakGlass: { reviewBy: at, review: { by: ada, at, verdict: 'wrong' as const, words: said('judged') } },
      timeline: [
        { at, event: 'asked', by: 'ada', text: said('timed') },
        { at: at + 1, event: 'question answered', by: 'ada' },
        { at: at + 3, event: 'question answered', by: 'lin' },
        { at: at + 4, event: 'denied', by: 'grace', text: 'Grace says no' },
        { at: at + 5, event: 'denied', by: 'ada', text: said('timed') },
      ],
    };
    await own.store.save([change(pending('fffffff', at, lins), 0)]);
    await own.store.save([change(over, 1)]);
    const about = (await Array.fromAsync(own.deps.personal?.places[0]?.find('ada') ?? [])) as readonly object[];
    expect(about).toMatchObject([{ id: 'fffffff', justification: said('asked') }]);
    await erasePerson(own.deps, 'ada', BY);
    expect(await saying(/by Ada|Ada Okafor/)).toEqual([]);
    expect((await own.store.load('fffffff')).request).toMatchObject({
      requester: LIN,
      justification: '',
      questions: [{ answer: { text: '' } }, { answer: { text: 'Lin answered' } }, { text: '' }],
      timeline: [{}, {}, {}, { by: 'grace', text: 'Grace says no' }, { by: 'ada', text: '' }],
    });
    expect(await eraseAgain(own.deps)).toMatchObject(Array(4).fill({ changed: 0, left: 0 }));
  });

  it('is refused while access of theirs is open or waits, and nothing is taken away', async () => {
    const own = world();
    await fill(own);
    const { at } = await own.store.now();
    await own.store.save([change(pending('eeeeeee', at), 0)]);
    const before = await everythingIn(redis, `{${prefix}}:request`);
    await expect(erasePerson(own.deps, 'ada', BY)).rejects.toMatchObject({
      code: 'eraseCurrent',
      words: { ids: 'eeeeeee' },
    });
    expect(await everythingIn(redis, `{${prefix}}:request`)).toEqual(before);
    expect((await own.audit.read(undefined, 99)).at(-1)?.record).toContain('"event":"erase","outcome":"refused"');
    await own.store.save([change({ ...approve(pending('eeeeeee', at), at), version: 2 }, 1)]);
    await expect(erasePerson(own.deps, 'ada', BY)).rejects.toMatchObject({ code: 'eraseCurrent' });
    expect(await eraseAgain(own.deps)).toEqual([]);
  });

  it.each([0, 1, 2])('is erased by the next run where the first one ended before place %i', async (place) => {
    const own = world();
    await fill(own);
    await own.bring();
    const killed = world((all) =>
      all.with(place, { ...(all[place] as PersonalPlace), erase: async () => Promise.reject(new Error('killed')) }),
    );
    await expect(erasePerson(killed.deps, 'ada', BY)).rejects.toThrow('killed');
    // What a copy that was cut short left.
    await redis.xadd(`{${prefix}}:audit-copy`, '1-1', 'at', '1');
    await eraseAgain(own.deps);
    await redis.del(`{${prefix}}:request:ddddddd`, `{${prefix}}:board-rows`);
    expect(await saying(SAID)).toEqual([]);
    await own.bring();
    expect(own.text()).not.toMatch(SAID);
    expect((await own.verdict()).faults).toEqual([]);
  });

  it('stays erased when a backup of Redis, of the files, or of the keys comes back', async () => {
    const own = world();
    await fill(own);
    await own.bring();
    const dumps: [string, Buffer][] = [];
    for (const key of await redis.keys(`{${prefix}}*`)) dumps.push([key, (await redis.dumpBuffer(key)) as Buffer]);
    for (const name of ['files', 'keys']) {
      await own.deps.evidence?.people.of('ada', 1);
      cpSync(join(folder, name), join(folder, `${name}-backup`), { recursive: true });
    }
    await pause();
    await erasePerson(own.deps, 'ada', BY);
    const back = async (...which: readonly ('redis' | 'files' | 'keys')[]) => {
      for (const name of which.filter((one) => one !== 'redis')) {
        rmSync(join(folder, name), { recursive: true });
        cpSync(join(folder, `${name}-backup`), join(folder, name), { recursive: true });
      }
      if (which.includes('redis')) {
        await redis.del(...(await redis.keys(`{${prefix}}*`)));
        for (const [key, dump] of dumps) await redis.restore(key, 0, dump);
      }
      const isBack = (await saying(SAID)).length > 0 || SAID.test(own.text());
      const hasKey = (await own.deps.evidence?.people.known())?.('ada') !== undefined;
      expect(which.includes('keys') ? hasKey : isBack).toBe(true);
      await eraseAgain(own.deps);
      await redis.del(`{${prefix}}:request:ddddddd`, `{${prefix}}:board-rows`);
      expect(await saying(SAID)).toEqual([]);
      expect(own.text()).not.toMatch(SAID);
      expect((await own.deps.evidence?.people.known())?.('ada')).toBeUndefined();
    };
    await back('keys');
    await back('files');
    await back('redis');
    await back('redis', 'files');
    await back('redis', 'keys');
    await back('keys', 'files');
    expect((await own.verdict()).faults).toEqual([]);
  });

  it('comes back as somebody of whom nothing was erased', async () => {
    const own = world();
    await fill(own);
    await erasePerson(own.deps, 'ada', BY);
    await pause();
    const { at } = await own.store.now();
    await own.store.save([change(pending('fffffff', at), 0)]);
    await own.store.save([change({ ...end(open(pending('fffffff', at), at), at + 5), version: 2 }, 1)]);
    await eraseAgain(own.deps);
    expect((await own.store.load('fffffff')).request).toMatchObject({ requester: { name: 'Ada Okafor' } });
    expect(await Array.fromAsync(own.deps.personal?.places[1]?.find('ada') ?? [])).toHaveLength(2);
  });

  it('is not shown by a board that remembered them', async () => {
    const own = world();
    await fill(own);
    const rows = redisBoardRows(own.of);
    const first = await rows.generation();
    await erasePerson(own.deps, 'ada', BY);
    expect(await rows.generation()).not.toBe(first);
    const left: string[] = [];
    for await (const some of rows.changed(0, 100)) left.push(...some.map(({ row }) => row.id));
    expect(left.toSorted()).toEqual(['ccccccc', 'ddddddd']);
  });

  it('goes on while the audit is written, and loses none of it', async () => {
    const own = world();
    await fill(own);
    let count = 0;
    let isOver = false;
    const writing = (async () => {
      for (; !isOver; count += 1)
        await own.audit.record({ act: `w${count}`, event: 'start', outcome: 'done', by: 'drawbridge', as: 'program' });
    })();
    await erasePerson(own.deps, 'ada', BY);
    isOver = true;
    await writing;
    const all = await own.audit.read(undefined, 100_000);
    expect(all.filter(({ record }) => record.includes('"event":"start"'))).toHaveLength(count);
    expect(all.map(({ sequence: place }) => place)).toEqual(all.map((_, i) => i + 1));
  });

  it('is refused where the copy of the audit has no room, and Redis is left as it was', async () => {
    const own = world();
    await fill(own);
    await redis.config(
      'SET',
      'maxmemory',
      String(Math.round(1.1 * Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1]))),
    );
    try {
      await expect(erasePerson(own.deps, 'ada', BY)).rejects.toMatchObject({ code: 'eraseNoRoom' });
    } finally {
      await redis.config('SET', 'maxmemory', '0');
    }
    expect(await redis.exists(`{${prefix}}:audit-copy`)).toBe(0);
    await eraseAgain(own.deps);
    expect(await redis.xrange(`{${prefix}}:audit`, '-', '+').then(JSON.stringify)).not.toMatch(SAID);
  });
});

describe('what is known of a person', () => {
  it('is given by every place, as it is kept', async () => {
    const own = world();
    await fill(own);
    await own.bring();
    const counts: Record<string, number> = {};
    const places = [...(own.deps.personal?.places ?? []), ...(own.deps.evidence?.personal ?? [])];
    for (const { name, find } of places) counts[name] = (await Array.fromAsync(find('ada'))).length;
    expect(counts).toEqual({
      'Redis: requests': 4,
      'Redis: audit': expect.any(Number),
      'Redis: links, delegations, and who did what': 2,
      'audit files': expect.any(Number),
    });
    expect(counts['audit files']).toBe(counts['Redis: audit']);
    for (const { find } of places) expect(await Array.fromAsync(find('nobody'))).toEqual([]);
  });
});
