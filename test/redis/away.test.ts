import { expect, it, onTestFinished } from 'vitest';
import { redisJournal } from '../../src/redis/journal.ts';
import { redisLock } from '../../src/redis/lock.ts';
import { redisStore } from '../../src/redis/store.ts';
import { ownRedis } from './own-redis.ts';
import { QUIET, SEALS } from './server.ts';

it('a Redis that cannot be asked, or written, is told in a sentence from the first moment on', async () => {
  const own = await ownRedis();
  onTestFinished(() => own.stop());
  const redis = own.client();
  const store = redisStore({ redis, log: QUIET });
  const journal = redisJournal({ redis, seals: SEALS, log: QUIET });
  const lock = redisLock({ redis, log: QUIET });
  const asked = () => [
    store.write(),
    journal.accept({ chat: 'slack', key: 'k', ttlMs: 1_000, what: 'it' }),
    lock.hold(
      ['a'],
      { ttlMs: 1_000, waitMs: 0, closing: false, signal: AbortSignal.timeout(60_000) },
      async () => 'held',
    ),
  ];
  const away = { code: 'storeAway', text: expect.stringContaining('Try again in a minute.') };
  await store.write();
  await redis.config('SET', 'maxmemory', '1');
  for (const one of asked()) await expect(one).rejects.toMatchObject(away);
  await redis.config('SET', 'maxmemory', '0');
  await Promise.all(asked());
  await own.kill();
  onTestFinished(() => own.start());
  const all = await Promise.allSettled([store.now(), ...asked()]);
  expect(all.map((one) => one.status === 'rejected' && (one.reason as { code?: string }).code)).toEqual(
    Array(4).fill('storeAway'),
  );
});
