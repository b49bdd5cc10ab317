import { expect, it } from 'vitest';
import { KEEP } from '../../src/redis/limits.ts';
import { redisProtectionRecords } from '../../src/redis/protection-records.ts';
import { machine } from '../conformance/fixtures.ts';
import { protectionRecordsConformance } from '../conformance/protection-records.ts';
import { keptLog, QUIET, redisOfFile, SEALS } from './server.ts';

const server = redisOfFile();

protectionRecordsConformance('Redis', async () => {
  const redis = server.client();
  return {
    records: redisProtectionRecords({ redis, seals: SEALS, prefix: server.prefix(), log: QUIET }),
    stop: async () => redis.disconnect(),
  };
});

it('what cannot be read is logged, and is as if it were not there', async () => {
  const redis = server.client();
  const log = keptLog();
  const records = redisProtectionRecords({ redis, seals: SEALS, prefix: 'damaged', log });
  await redis.hset('{damaged}:consent-pages', 'aa', '{"code":"aa"}');
  await redis.hset('{damaged}:protected-by', machine(1), 'nonsense');
  expect(await records.pages()).toEqual([]);
  expect((await records.protectedBy()).size).toBe(0);
  expect(log.errors).toHaveLength(2);
  redis.disconnect();
});

it('pages are forgotten in time', async () => {
  const redis = server.client();
  const records = redisProtectionRecords({ redis, seals: SEALS, prefix: 'timed', log: QUIET });
  await records.keepPage({ code: 'aa', entry: 'fleet', machines: [], items: [], at: 1 });
  await records.agree('aa', { by: 'Sam', at: 2 });
  for (const key of ['consent-pages', 'consents']) {
    expect(await redis.pttl(`{timed}:${key}`)).toBeGreaterThan(KEEP.consentMs - 60_000);
  }
  redis.disconnect();
});
