import { expect, it } from 'vitest';
import type { Drill } from '../../src/core/request/drill.ts';
import { redisDrills } from '../../src/redis/drills.ts';
import { keptLog, testRedis } from './server.ts';

it('keeps the last drill, and is without one that cannot be read', async ({ onTestFinished }) => {
  const server = await testRedis();
  onTestFinished(() => server.stop());
  const redis = server.client();
  const log = keptLog();
  const drills = redisDrills({ redis, prefix: 'test', log });
  expect(await drills.last()).toBeUndefined();
  const by = { id: 'sam', name: 'Sam' };
  const drill: Drill = {
    ...{ request: 'k7m3q9w', machineName: 'api-1', what: 'port 22 from 192.0.2.1', by },
    ...{ startedAt: 1, dueAt: 2, openedAt: 1, killedAt: 2, closedAt: 3, cloudAt: 3 },
    ...{ proof: 'closed', closer: 'queue', outcome: 'passed' },
  };
  await drills.keep(drill);
  expect(await drills.last()).toEqual(drill);
  await redis.set('{test}:drill', '{"request":1}');
  expect(await drills.last()).toBeUndefined();
  expect(log.errors).toEqual(['the last drill cannot be read from Redis']);
});
