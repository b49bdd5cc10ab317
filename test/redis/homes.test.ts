import { expect, it } from 'vitest';
import { redisHomes } from '../../src/redis/homes.ts';
import { memoryHomes } from '../memory/homes.ts';
import { testRedis } from './server.ts';

it('gives each page that changed once, of whoever looked at theirs within a day, as its twin does', async ({
  onTestFinished,
}) => {
  const server = await testRedis();
  onTestFinished(() => server.stop());
  const redis = server.client();
  for (const homes of [redisHomes({ redis, prefix: 'test' }), memoryHomes(Date.now)]) {
    await homes.changed('slack', []);
    await homes.changed('slack', ['U1', 'U2']);
    expect(await homes.take('slack', 10)).toEqual([]);
    await homes.opened('slack', 'U1');
    await homes.opened('slack', 'U3');
    await homes.opened('teams', 'U2');
    for (const _ of [1, 2]) await homes.changed('slack', ['U1', 'U2', 'U3']);
    expect(await homes.take('slack', 1)).toHaveLength(1);
    expect(await homes.take('slack', 10)).toHaveLength(1);
    expect(await homes.take('slack', 10)).toEqual([]);
    expect(await homes.take('teams', 10)).toEqual([]);
  }
  await redis.zadd('{test}:homes:slack', Date.now() - 25 * 3_600_000, 'U4');
  const homes = redisHomes({ redis, prefix: 'test' });
  await homes.changed('slack', ['U4']);
  expect(await homes.take('slack', 10)).toEqual([]);
  await homes.opened('slack', 'U1');
  expect(await redis.zscore('{test}:homes:slack', 'U4')).toBeNull();
});
