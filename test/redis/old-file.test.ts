import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { commitFile, commitMemory } from '../../src/redis/commit-file.ts';
import type { StoreStamp } from '../../src/redis/commit-watch.ts';
import { redisStore } from '../../src/redis/store.ts';
import { sinceBoot } from '../../src/redis/time.ts';
import { pending } from '../conformance/fixtures.ts';
import { QUIET, testRedis } from './server.ts';

let server: Awaited<ReturnType<typeof testRedis>>;
let operator: Redis;
let ids = 0;
beforeAll(async () => {
  server = await testRedis();
  operator = server.client();
});
afterAll(() => server.stop());
beforeEach(() => operator.flushall());

const fileIn = (folder: string) => join(folder, 'commits-test.json');
const beside = (folder: string) => ({ marks: { keyFile: join(folder, 'key') }, redis: { prefix: 'test' } });

/** A process with the file of this folder and a clock that the test sets; or a command there. */
function process(folder = mkdtempSync(join(tmpdir(), 'drawbridge-')), works = true) {
  const clock = { ms: 0 };
  const redis = server.client();
  const commits = commitMemory(beside(folder), QUIET, works);
  const store = redisStore({ redis, log: QUIET, commits, elapsed: () => sinceBoot() + clock.ms });
  const commit = async (times = 1) => {
    for (let i = 0; i < times; i += 1) {
      ids += 1;
      expect(await store.save([{ next: pending(`r${ids}`, Date.now()), from: 0 }])).toEqual(['saved']);
    }
  };
  /** A second goes by, and it writes. */
  const second = () => {
    clock.ms += 1_000;
    return store.write();
  };
  return { store, redis, clock, folder, commit, second, write: () => store.write() };
}

/** One that ran long ago, and left its file. */
async function ranBefore(): Promise<string> {
  const one = process();
  await one.write();
  await one.commit();
  await vi.waitFor(() => expect(commitFile(fileIn(one.folder), QUIET).recall()).toMatchObject({ count: 1 }));
  one.redis.disconnect();
  return one.folder;
}

/** Another that goes on, and lives. */
async function knowing() {
  const one = process();
  await one.write();
  await operator.hset('{drawbridge}:commits', 'vouched', '1');
  await one.write();
  await one.commit();
  return one;
}

/** More commits than Redis keeps the ids of. */
async function forgetIds(): Promise<void> {
  await operator.del('{drawbridge}:commit-ids');
}

/** As after it was found to have gone back, and was compared. */
async function laterEpoch(): Promise<void> {
  await operator.hincrby('{drawbridge}:commits', 'epoch', 1);
  await forgetIds();
}

const stampNow = async (): Promise<StoreStamp> => {
  const [epoch, count, id] = await operator.hmget('{drawbridge}:commits', 'epoch', 'count', 'id');
  return { epoch: Number(epoch ?? 0), count: Number(count), id: id ?? '' };
};

describe.each([
  ['does not show the commit of the file any more', forgetIds],
  ['is in a later epoch than the file', laterEpoch],
] as const)('a file from long ago, and a Redis that %s', (_, forget) => {
  it('is not relied on, vouched for to nobody, and compared where nobody vouches for it', async () => {
    const folder = await ranBefore();
    const main = await knowing();
    await forget();
    await main.commit();
    main.redis.disconnect();
    const standby = process(folder);
    const fresh = process();
    for (let i = 0; i < 10; i += 1) {
      expect(await standby.second()).toMatchObject({ wentBack: true, isUnsettled: true });
      expect(await fresh.write()).toMatchObject({ wentBack: true, isUnsettled: true });
    }
    const { epoch } = await stampNow();
    const raised = await standby.second();
    expect(raised).toMatchObject({ wentBack: true, epoch: epoch + 1 });
    expect(raised.isUnsettled).toBeUndefined();
    expect(await standby.store.wasStrange?.()).toBe(true);
    await standby.store.compared(epoch + 1);
    expect((await standby.write()).wentBack).toBeUndefined();
  });

  it('is relied on at once where somebody who knows it vouches for it', async () => {
    const folder = await ranBefore();
    const main = await knowing();
    await forget();
    await main.commit();
    const standby = process(folder);
    expect(await standby.write()).toMatchObject({ isUnsettled: true });
    await main.write();
    expect((await standby.write()).wentBack).toBeUndefined();
    expect((await stampNow()).epoch).toBeLessThan(2);
  });
});

describe('a file of this very Redis', () => {
  it('makes a process sure at once, also where others went on meanwhile', async () => {
    const folder = await ranBefore();
    const main = await knowing();
    await main.commit(20);
    main.redis.disconnect();
    const again = process(folder);
    expect((await again.write()).wentBack).toBeUndefined();
    const fresh = process();
    expect(await fresh.write()).toMatchObject({ isUnsettled: true });
    await again.write();
    expect((await fresh.write()).wentBack).toBeUndefined();
  });

  it('does so after Redis went back too, when nothing was committed since, and when it was', async () => {
    const folder = await ranBefore();
    const first = process(folder);
    await first.write();
    await operator.hset('{drawbridge}:commits', 'count', 0);
    expect(await first.write()).toMatchObject({ wentBack: true, epoch: 1 });
    await first.store.compared(1);
    expect((await first.write()).wentBack).toBeUndefined();
    await vi.waitFor(() => expect(commitFile(fileIn(folder), QUIET).recall()).toMatchObject({ epoch: 1 }));
    first.redis.disconnect();
    const second = process(folder);
    expect((await second.write()).wentBack).toBeUndefined();
    second.redis.disconnect();
    // Committed, and killed before its file was written.
    await process(undefined, false).commit();
    expect((await process(folder).write()).wentBack).toBeUndefined();
  });

  it('tells after a restart that Redis went back: another epoch, told as that, and nobody is waited for', async () => {
    const folder = await ranBefore();
    await operator.hset('{drawbridge}:commits', 'count', 0);
    const again = process(folder);
    const back = await again.write();
    expect(back).toMatchObject({ wentBack: true, epoch: 1 });
    expect(back.isUnsettled).toBeUndefined();
    expect(await again.write()).toEqual({ ...back, at: expect.any(Number) });
    expect(await again.store.wasStrange?.()).toBe(false);
    await again.store.compared(1);
    expect((await again.write()).wentBack).toBeUndefined();
  });

  it('is not overwritten by a command, which takes Redis as it is', async () => {
    const folder = await ranBefore();
    const before = commitFile(fileIn(folder), QUIET).recall();
    await laterEpoch();
    const command = process(folder, false);
    expect((await command.write()).wentBack).toBeUndefined();
    await command.commit();
    await new Promise((resolve) => setImmediate(resolve));
    expect(commitFile(fileIn(folder), QUIET).recall()).toEqual(before);
    expect(await process(folder).write()).toMatchObject({ isUnsettled: true });
  });
});

describe('a process that was cut off for more commits than Redis has the ids of', () => {
  it('waits for those that were there', async () => {
    const [one, other] = [await knowing(), process()];
    await one.write();
    await other.write();
    await one.write();
    expect((await other.write()).wentBack).toBeUndefined();
    other.redis.disconnect(true);
    await one.commit();
    await forgetIds();
    await one.commit();
    await vi.waitFor(async () => expect(await other.write()).toMatchObject({ isUnsettled: true }));
    await one.write();
    expect((await other.write()).wentBack).toBeUndefined();
  });
});

describe('a process that knows nothing of a Redis', () => {
  it('that is being compared already, joins in: that compare counts, and is told as what it is', async () => {
    const old = await knowing();
    await operator.hset('{drawbridge}:commits', 'count', 0);
    expect(await old.write()).toMatchObject({ wentBack: true, epoch: 1 });
    const fresh = process();
    const met = await fresh.write();
    expect(met).toMatchObject({ wentBack: true, epoch: 1 });
    expect(met.isUnsettled).toBeUndefined();
    for (let i = 0; i < 12; i += 1) await fresh.second();
    await old.store.compared(1);
    expect((await old.store.now()).wentBack).toBeUndefined();
    expect((await fresh.write()).wentBack).toBeUndefined();
    expect(await fresh.store.wasStrange?.()).toBe(false);
  });

  it('gives others ten seconds in which Redis answers: time in which it was away counts for nothing', async () => {
    const old = await knowing();
    const fresh = process();
    for (let i = 0; i < 8; i += 1) expect(await fresh.second()).toMatchObject({ isUnsettled: true });
    fresh.clock.ms += 12_000;
    expect(await fresh.write()).toMatchObject({ isUnsettled: true });
    for (let i = 0; i < 5; i += 1) expect(await fresh.second()).toMatchObject({ isUnsettled: true });
    await old.write();
    expect((await fresh.second()).wentBack).toBeUndefined();
    expect((await stampNow()).epoch).toBe(0);
  });
});
