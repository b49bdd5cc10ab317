import { expect, it } from 'vitest';
import { redisDelegations } from '../../src/redis/delegations.ts';
import { memoryDelegations } from '../memory/delegations.ts';
import { keptLog, SEALS, testRedis } from './server.ts';

const of = (from: string, to: string, until = 2_000) => ({
  from: { id: from, name: from },
  to: { id: to, name: to },
  since: 1_000,
  until,
});

it('keeps one delegation of each person, as its twin does, and leaves alone what cannot be read', async ({
  onTestFinished,
}) => {
  const server = await testRedis();
  onTestFinished(() => server.stop());
  const redis = server.client();
  const log = keptLog();
  for (const delegations of [redisDelegations({ redis, seals: SEALS, prefix: 'test', log }), memoryDelegations()]) {
    expect(await delegations.all()).toEqual([]);
    await delegations.keep(of('grace', 'sam'));
    await delegations.keep(of('kim', 'sam'));
    await delegations.keep(of('grace', 'kim', 3_000));
    const all = await delegations.all();
    expect(all.toSorted((a, b) => a.from.id.localeCompare(b.from.id))).toEqual([
      of('grace', 'kim', 3_000),
      of('kim', 'sam'),
    ]);
    expect(await delegations.drop('kim')).toBe(true);
    expect(await delegations.drop('kim')).toBe(false);
    expect(await delegations.all()).toEqual([of('grace', 'kim', 3_000)]);
    expect([await delegations.clear(), await delegations.all()]).toEqual([1, []]);
    await delegations.keep(of('grace', 'kim', 3_000));
  }
  await redis.hset('{test}:delegations', 'ada', '{"from":1}');
  expect(await redisDelegations({ redis, seals: SEALS, prefix: 'test', log }).all()).toEqual([
    of('grace', 'kim', 3_000),
  ]);
  expect(log.errors).toEqual(['a delegation cannot be read from Redis']);
});
