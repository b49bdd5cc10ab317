import { expect, it } from 'vitest';
import { redisLogMarks } from '../../src/redis/log-marks.ts';
import { keptLog, testRedis } from './server.ts';

it('keeps how far each log was compared, and is without what cannot be read', async ({ onTestFinished }) => {
  const server = await testRedis();
  onTestFinished(() => server.stop());
  const redis = server.client();
  const log = keptLog();
  const marks = redisLogMarks({ redis, prefix: 'test', log });
  expect([await marks.of('AWS a'), await marks.place()]).toEqual([undefined, undefined]);
  await marks.keep('AWS b', { began: 1, upTo: 2, claimed: 1, blindFrom: 2, unread: true });
  expect(await marks.of('AWS b')).toEqual({ began: 1, upTo: 2, claimed: 1, blindFrom: 2, unread: true });
  await marks.keep('AWS a', { began: 1, upTo: 2 });
  await marks.keep('audit', { began: 3, upTo: 4 });
  await marks.keepPlace({ epoch: 5, sequence: 6 });
  expect([await marks.of('AWS a'), await marks.of('audit'), await marks.place()]).toEqual([
    { began: 1, upTo: 2 },
    { began: 3, upTo: 4 },
    { epoch: 5, sequence: 6 },
  ]);
  await redis.hset('{test}:cloud-logs', 'log AWS a', '{"upTo":"soon"}');
  expect(await marks.of('AWS a')).toBeUndefined();
  expect(log.errors).toEqual(['how far a log of a cloud was compared cannot be read from Redis']);
});
