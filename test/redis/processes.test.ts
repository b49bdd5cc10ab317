import { expect, it } from 'vitest';
import { redisProcesses } from '../../src/redis/processes.ts';
import { testRedis } from './server.ts';

it('knows which processes live, with their versions, and drops what is gone or cannot be read', async ({
  onTestFinished,
}) => {
  const server = await testRedis();
  onTestFinished(() => server.stop());
  const redis = server.client();
  const processes = redisProcesses({ redis, prefix: 'test' });
  const one = { id: 'a', host: 'one', roles: 'web', config: '0123abcd', program: '1.0.0', since: 1 };
  const two = { ...one, id: 'b', host: 'two', config: '4567cdef', rules: '89abcdef', since: 2 };
  expect(await processes.beat(two)).toEqual([two]);
  expect(await processes.beat(one)).toEqual([one, two]);
  const reloaded = { ...two, config: '0123abcd' };
  expect(await processes.beat(reloaded)).toEqual([one, reloaded]);
  await redis.hset('{test}:processes', 'old', JSON.stringify({ ...one, id: 'old', at: Date.now() - 31_000 }));
  await redis.hset('{test}:processes', 'newer', '{"id":1}');
  expect(await processes.beat(one)).toEqual([one, reloaded]);
  expect((await redis.hkeys('{test}:processes')).sort()).toEqual(['a', 'b']);
  expect(await processes.live()).toEqual([one, reloaded]);
  expect(await redis.pttl('{test}:processes')).toBeGreaterThan(0);
  await processes.leave('b');
  expect(await processes.beat(one)).toEqual([one]);
});
