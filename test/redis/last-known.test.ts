import { expect, it } from 'vitest';
import { redisLastKnown } from '../../src/redis/last-known.ts';
import { keptLog, testRedis } from './server.ts';

it('keeps who may always close, in place of those before, for a while', async ({ onTestFinished }) => {
  const server = await testRedis();
  onTestFinished(() => server.stop());
  const redis = server.client();
  const log = keptLog();
  const lastKnown = redisLastKnown({ redis, prefix: 'test', log });
  expect(await lastKnown.all()).toEqual([]);
  const sam = { id: 'sam', name: 'Sam', slack: 'U7', groups: ['security'] };
  await lastKnown.keep([sam, { ...sam, id: 'kim' }]);
  await lastKnown.keep([sam]);
  expect(await lastKnown.all()).toEqual([sam]);
  expect(await redis.pttl('{test}:last-known')).toBeGreaterThan(6 * 86_400_000);
  await redis.set('{test}:last-known', '[{"id":1}]');
  expect(await lastKnown.all()).toEqual([]);
  expect(log.errors).toHaveLength(1);
});
