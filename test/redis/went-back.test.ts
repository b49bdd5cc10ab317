import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { commitFile } from '../../src/redis/commit-file.ts';
import type { CommitMemory } from '../../src/redis/commit-watch.ts';
import { redisStore } from '../../src/redis/store.ts';
import { pending } from '../conformance/fixtures.ts';
import { keptLog, QUIET, testRedis } from './server.ts';

let server: Awaited<ReturnType<typeof testRedis>>;
let operator: Redis;
let ids = 0;
beforeAll(async () => {
  server = await testRedis();
  operator = server.client();
});
afterAll(() => server.stop());
beforeEach(() => operator.flushall());

/** A process with a connection of its own. */
function process(commits?: CommitMemory) {
  const log = keptLog();
  const redis = server.client();
  const store = redisStore({ redis, log, ...(commits ? { commits } : {}) });
  const commit = async () => {
    ids += 1;
    const next = pending(`r${ids}`, Date.now());
    expect(await store.save([{ next, from: 0 }])).toEqual(['saved']);
  };
  const wentBack = async () => (await store.now()).wentBack === true;
  return { store, redis, log, commit, wentBack };
}

/** Everything, as a snapshot has it; what it gives brings it back. */
async function snapshot(): Promise<() => Promise<void>> {
  const keys = await operator.keys('*');
  const kept = await Promise.all(keys.map(async (key) => [key, await operator.dumpBuffer(key)] as const));
  return async () => {
    await operator.flushall();
    for (const [key, value] of kept) if (value) await operator.restore(key, 0, value);
  };
}

describe('a Redis that lost commits', () => {
  it('is noticed at the next answer, by every process; another epoch begins once', async () => {
    const [one, two] = [process(), process()];
    await one.commit();
    const restore = await snapshot();
    await one.commit();
    await two.store.write();
    expect(await one.wentBack()).toBe(false);
    expect(await one.store.wentBackAt()).toBeUndefined();
    await restore();
    expect(await one.wentBack()).toBe(true);
    expect(await two.wentBack()).toBe(true);
    const [a, b] = [await one.store.write(), await two.store.write()];
    expect([a.epoch, b.epoch]).toEqual([1, 1]);
    expect(one.log.errors).toHaveLength(1);
    expect(await one.store.wentBackAt()).toBeGreaterThan(Date.now() - 60_000);
    await one.store.compared(1);
    expect([await one.wentBack(), await two.wentBack()]).toEqual([false, false]);
    await one.commit();
    expect(await two.wentBack()).toBe(false);
  });

  it('is noticed though as many commits were made since: the last has another id', async () => {
    const one = process();
    await one.commit();
    const restore = await snapshot();
    await one.commit();
    await restore();
    await process().commit();
    expect(await one.wentBack()).toBe(true);
  });

  it('is noticed after a broken connection though more were made since: the one that is remembered is not shown', async () => {
    const one = process();
    await one.commit();
    const restore = await snapshot();
    await one.commit();
    one.redis.disconnect(true);
    await restore();
    const other = process();
    for (let i = 0; i < 3; i += 1) await other.commit();
    await vi.waitFor(async () => expect((await one.store.write()).wentBack).toBe(true));
    expect((await one.store.now()).epoch).toBe(1);
  });

  it('is not suspected where others just went on', async () => {
    const [one, other] = [process(), process()];
    await one.commit();
    one.redis.disconnect(true);
    for (let i = 0; i < 3; i += 1) await other.commit();
    await vi.waitFor(async () => expect((await one.store.write()).wentBack).toBeUndefined());
    expect(one.log.errors).toEqual([]);
  });

  it('that was emptied is noticed, also by a process that was started after: it is kept in a file', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'drawbridge-')), 'commits.json');
    const one = process(commitFile(file, QUIET));
    await one.commit();
    await vi.waitFor(() => expect(commitFile(file, QUIET).recall()).toMatchObject({ count: 1 }));
    await operator.flushall();
    const next = process(commitFile(file, QUIET));
    expect(await next.wentBack()).toBe(true);
    expect(await next.store.write()).toMatchObject({ wentBack: true, epoch: 1 });
    await next.store.compared(1);
    expect(await next.wentBack()).toBe(false);
  });

  it('again before what was lost the first time was compared is not compared yet', async () => {
    const one = process();
    await one.commit();
    const restore = await snapshot();
    await one.commit();
    await restore();
    const { epoch = 0 } = await one.store.write();
    await restore();
    expect((await one.store.write()).epoch).toBe(epoch + 1);
    await one.store.compared(epoch);
    expect(await one.wentBack()).toBe(true);
    await one.store.compared(epoch + 1);
    expect(await one.wentBack()).toBe(false);
  });

  it('a process without memory, and a new database, are nothing', async () => {
    const one = process();
    expect(await one.wentBack()).toBe(false);
    await one.commit();
    const next = process();
    expect(await next.wentBack()).toBe(false);
    expect((await next.store.write()).wentBack).toBeUndefined();
  });

  it('a memory is doubted until the store has shown it', async () => {
    const one = process();
    await one.commit();
    const [epoch, count, id] = await operator.hmget('{drawbridge}:commits', 'epoch', 'count', 'id');
    const memory = { epoch: Number(epoch ?? 0), count: Number(count), id: id ?? '' };
    await one.commit();
    const next = process({ recall: () => memory, keep: () => {} });
    expect(await next.wentBack()).toBe(true);
    expect((await next.store.write()).wentBack).toBeUndefined();
    expect(await next.wentBack()).toBe(false);
  });
});
