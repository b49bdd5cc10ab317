import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { commitFile, commitMemory } from '../../src/redis/commit-file.ts';
import type { CommitMemory } from '../../src/redis/commit-watch.ts';
import { redisStore } from '../../src/redis/store.ts';
import { sinceBoot } from '../../src/redis/time.ts';
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
function process(commits?: CommitMemory, elapsed?: () => number) {
  const log = keptLog();
  const redis = server.client();
  const store = redisStore({ redis, log, ...(commits && { commits }), ...(elapsed && { elapsed }) });
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

const beside = (folder: string) => ({ marks: { keyFile: join(folder, 'key') }, redis: { prefix: 'test' } });
const fileIn = (folder: string) => join(folder, 'commits-test.json');

describe('a Redis of which a process that is started knows nothing', () => {
  /** One that works on it, with a file of its own and a clock that the test sets. */
  function worker(folder = mkdtempSync(join(tmpdir(), 'drawbridge-'))) {
    const clock = { ms: 0 };
    const made = process(commitMemory(beside(folder), QUIET, true), () => sinceBoot() + clock.ms);
    return { ...made, clock, folder, write: () => made.store.write() };
  }

  it('and that holds nothing is a first start', async () => {
    const one = worker();
    expect(await one.wentBack()).toBe(false);
    expect((await one.write()).wentBack).toBeUndefined();
    await one.commit();
    expect(await one.wentBack()).toBe(false);
  });

  it('is not relied on, and is compared where nobody vouches for it: once, and told as that', async () => {
    const old = worker();
    await old.write();
    await old.commit();
    await old.write();
    old.redis.disconnect();
    const [one, two] = [worker(), worker()];
    expect(await one.wentBack()).toBe(true);
    expect(await one.write()).toMatchObject({ wentBack: true, isUnsettled: true });
    expect(await two.write()).toMatchObject({ wentBack: true, isUnsettled: true });
    for (let second = 1; second < 10; second += 1) {
      one.clock.ms += 1_000;
      expect(await one.write()).toMatchObject({ isUnsettled: true });
    }
    one.clock.ms += 1_000;
    const raised = await one.write();
    expect(raised).toMatchObject({ wentBack: true, epoch: 1 });
    expect(raised.isUnsettled).toBeUndefined();
    const second = await two.write();
    expect(second).toMatchObject({ wentBack: true, epoch: 1 });
    expect(second.isUnsettled).toBeUndefined();
    expect(await one.store.wasStrange?.()).toBe(true);
    await one.store.compared(1);
    expect([await one.wentBack(), await two.wentBack()]).toEqual([false, false]);
  });

  it('is relied on at once where somebody who knows it lives: a deploy, process by process', async () => {
    const old = worker();
    await old.write();
    await old.commit();
    await old.write();
    const one = worker();
    expect(await one.write()).toMatchObject({ isUnsettled: true });
    await old.write();
    expect((await one.write()).wentBack).toBeUndefined();
    // It vouches for the next one, the old one being gone.
    old.redis.disconnect();
    const two = worker();
    expect(await two.write()).toMatchObject({ isUnsettled: true });
    await one.write();
    expect((await two.write()).wentBack).toBeUndefined();
    expect((await two.store.now()).epoch).toBe(0);
  });

  it('was restored with all that its processes said then: none of that vouches for it', async () => {
    const old = worker();
    await old.write();
    await old.commit();
    await old.write();
    const restore = await snapshot();
    await old.commit();
    old.redis.disconnect();
    await restore();
    const [one, two] = [worker(), worker()];
    for (let i = 0; i < 3; i += 1)
      for (const strange of [one, two]) expect(await strange.write()).toMatchObject({ isUnsettled: true });
  });

  it('is known again after a restart, by the file', async () => {
    const old = worker();
    await old.write();
    await old.commit();
    await vi.waitFor(() => expect(commitFile(fileIn(old.folder), QUIET).recall()).toMatchObject({ count: 1 }));
    old.redis.disconnect();
    const next = worker(old.folder);
    expect((await next.write()).wentBack).toBeUndefined();
  });

  it('is taken as it is by a command, which leaves nothing behind: whoever works there doubts it all the same', async () => {
    const old = worker();
    await old.write();
    await old.commit();
    const folder = mkdtempSync(join(tmpdir(), 'drawbridge-'));
    const command = process(commitMemory(beside(folder), QUIET, false));
    expect(await command.wentBack()).toBe(false);
    await command.commit();
    expect(commitFile(fileIn(folder), QUIET).recall()).toBeUndefined();
    expect(await worker(folder).wentBack()).toBe(true);
  });
});
