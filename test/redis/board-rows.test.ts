import type { Redis } from 'ioredis';
import { beforeEach, describe, expect, it } from 'vitest';
import { isIntact } from '../../src/core/audit/record.ts';
import { rowOf } from '../../src/core/board/row.ts';
import type { BoardRows } from '../../src/ports/board-rows.ts';
import type { Store } from '../../src/ports/store.ts';
import { redisBoardRows } from '../../src/redis/board-rows.ts';
import { KEEP } from '../../src/redis/limits.ts';
import { redisStore } from '../../src/redis/store.ts';
import { approve, change, end, open, pending } from '../conformance/fixtures.ts';
import { keptLog, QUIET, redisOfFile } from './server.ts';

const server = redisOfFile();
let redis: Redis;
let store: Store;
let rows: BoardRows;
let prefix: string;
let at: number;

beforeEach(async () => {
  prefix = server.prefix();
  redis = server.client();
  store = redisStore({ redis, prefix, log: QUIET, board: true });
  rows = redisBoardRows({ redis, prefix, log: QUIET });
  at = (await store.now()).at;
});

async function changed(since = 0, limit = 100) {
  const all: string[] = [];
  for await (const some of rows.changed(since, limit)) all.push(...some.map(({ row }) => `${row.id} ${row.status}`));
  return all;
}

describe('the rows of the board in Redis', () => {
  it('follow every commit, each request once, the newest change last', async () => {
    const [a, b] = [pending('aaaaaaa', at), pending('bbbbbbb', at)];
    await store.save([change(a, 0), change(b, 0)]);
    expect(await changed()).toEqual(['aaaaaaa pending', 'bbbbbbb pending']);
    const opened = open(a, at);
    await store.save([change({ ...approve(a, at), version: 2 }, 1)]);
    await store.save([change({ ...opened, version: 3 }, 2)]);
    expect((await changed()).toSorted()).toEqual(['aaaaaaa active', 'bbbbbbb pending']);
    await store.save([change({ ...end(opened, at + 5), version: 4 }, 3)]);
    for await (const [last] of rows.changed(0, 100))
      if (last?.row.id === 'aaaaaaa') expect(last.row).toEqual(rowOf({ ...end(opened, at + 5), version: 4 }));
  });

  it('are none of a commit that was stale, and none where there is no board', async () => {
    const plain = redisStore({ redis, prefix, log: QUIET });
    await plain.save([change(pending('ccccccc', at), 0)]);
    expect(await changed()).toEqual([]);
    await store.save([change({ ...pending('ccccccc', at), version: 9 }, 8)]);
    expect(await changed()).toEqual([]);
  });

  it('come for what was asked before there was a board, once the indexes are mended', async () => {
    const plain = redisStore({ redis, prefix, log: QUIET });
    await plain.save([change(pending('ddddddd', at), 0)]);
    await store.mend();
    expect(await changed()).toEqual(['ddddddd pending']);
  });

  it('are read in pages, however many changed in the same instant', async () => {
    const many = Array.from({ length: 25 }, (_, i) => change(pending(`e${100_000 + i}`, at), 0));
    await store.save(many);
    const seen = await changed(0, 10);
    expect(new Set(seen).size).toBe(25);
  });

  it('go with their records, a few at each commit; what is still kept stays', async () => {
    await store.save([change(pending('fffffff', at), 0), change(pending('ggggggg', at), 0)]);
    await redis.zadd(`{${prefix}}:board`, at - KEEP.endedMs - 1_000, 'fffffff', at - KEEP.endedMs - 1_000, 'ggggggg');
    await redis.del(`{${prefix}}:request:fffffff`);
    await store.save([change(pending('hhhhhhh', at), 0)]);
    expect((await changed()).toSorted()).toEqual(['ggggggg pending', 'hhhhhhh pending']);
    expect(await redis.hexists(`{${prefix}}:board-rows`, 'fffffff')).toBe(0);
  });

  it('lead to the audit entries of a request, as they were hashed', async () => {
    const asked = pending('jjjjjjj', at);
    await store.save([change(asked, 0)]);
    await store.save([change({ ...approve(asked, at), version: 2 }, 1)]);
    const entries = await rows.entries('jjjjjjj');
    expect(entries).toHaveLength(2);
    expect(entries.every(isIntact)).toBe(true);
    expect(await rows.entries('kkkkkkk')).toEqual([]);
  });

  it('that cannot be read are left out, and in the log', async () => {
    const log = { ...keptLog(), warned: 0 };
    await store.save([change(pending('mmmmmmm', at), 0)]);
    await redis.hset(`{${prefix}}:board-rows`, 'mmmmmmm', '{"id":');
    const told: string[] = [];
    const own = redisBoardRows({ redis, prefix, log: { ...log, warn: (_, message) => void told.push(message) } });
    for await (const some of own.changed(0, 10)) expect(some).toEqual([]);
    expect(told).toEqual([expect.stringContaining('cannot be read')]);
  });
});
