import { expect, it } from 'vitest';
import { MOST_KEPT, redisJournal } from '../../src/redis/journal.ts';
import { journalConformance } from '../conformance/journal.ts';
import { keptLog, QUIET, redisOfFile, SEALS } from './server.ts';

const server = redisOfFile();

journalConformance('Redis', async () => {
  const prefix = server.prefix();
  const redis = server.client();
  return {
    journal: redisJournal({ redis, seals: SEALS, prefix, log: QUIET }),
    another: () => redisJournal({ redis, seals: SEALS, prefix, log: QUIET }),
    // As if its time had gone by.
    async die() {
      const alive = await redis.keys(`{${prefix}}:alive:*`);
      expect(alive).not.toEqual([]);
      await redis.del(...alive);
    },
    stop: async () => redis.disconnect(),
  };
});

it('keeps nothing for longer than it can be of use, and nothing that is too long', async () => {
  const redis = server.client();
  const log = keptLog();
  const journal = redisJournal({ redis, seals: SEALS, prefix: 'bounded', log });
  await journal.accept({ chat: 'slack', key: 'short', ttlMs: 600_000, what: 'x' });
  const long = { chat: 'slack', key: 'long', ttlMs: 600_000, what: 'x'.repeat(MOST_KEPT) } as const;
  await expect(journal.accept(long)).rejects.toMatchObject({ code: 'tooLongToKeep' });
  expect(await journal.accept({ ...long, onlyCloses: true })).toEqual({ isNew: true });
  const [kept = '', ...more] = await redis.keys('{bounded}:accepted:*');
  expect(more).toEqual([]);
  expect(await redis.pttl(kept)).toBeGreaterThan(0);
  expect(await redis.zcard('{bounded}:journal')).toBe(1);
  await journal.done('short');
  expect([await redis.keys('{bounded}:accepted:*'), await redis.zcard('{bounded}:journal')]).toEqual([[], 0]);
  redis.disconnect();
});

it('that is full takes on nothing any more, but what closes, and what was taken before is known', async () => {
  const redis = server.client();
  const journal = redisJournal({ redis, seals: SEALS, prefix: 'full', log: QUIET, most: 2 });
  const one = { chat: 'slack', key: 'one', ttlMs: 600_000, what: 'x' } as const;
  await journal.accept(one);
  await journal.accept({ ...one, key: 'two' });
  const three = { ...one, key: 'three' };
  await expect(journal.accept(three)).rejects.toMatchObject({ code: 'tooMuchToKeep' });
  expect(await journal.accept(one)).toEqual({ isNew: false });
  expect(await journal.accept({ ...one, key: 'revoke', onlyCloses: true })).toEqual({ isNew: true });
  expect(await journal.accept({ chat: 'slack', key: 'type-ahead', ttlMs: 600_000 })).toEqual({ isNew: true });
  expect(await redis.zcard('{full}:journal')).toBe(2);
  await journal.done('two');
  expect(await journal.accept(three)).toEqual({ isNew: true });
  redis.disconnect();
});

it('that was damaged is told in the log, and dropped', async () => {
  const redis = server.client();
  const log = keptLog();
  await redisJournal({ redis, seals: SEALS, prefix: 'damaged', log: QUIET }).accept({
    chat: 'slack',
    key: 'a',
    ttlMs: 600_000,
    what: 'x',
  });
  const [entry = ''] = await redis.keys('{damaged}:accepted:*');
  await redis.hset(entry, 'what', 'nonsense');
  await redis.del(...(await redis.keys('{damaged}:alive:*')));
  expect((await redisJournal({ redis, seals: SEALS, prefix: 'damaged', log }).unfinished(10)).entries).toEqual([]);
  expect(log.errors).toEqual([expect.stringContaining('cannot be read')]);
  expect(await redis.zcard('{damaged}:journal')).toBe(0);
  redis.disconnect();
});
