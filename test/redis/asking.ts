import { onTestFinished } from 'vitest';
import type { RedisAddress } from '../../src/ports/redis-address.ts';
import { openRedis } from '../../src/redis/client.ts';
import { redisReplicas } from '../../src/redis/replicas.ts';
import { redisStore } from '../../src/redis/store.ts';
import { QUIET } from './server.ts';

/** A store, and what asks its replicas, on a clock of the test's own. */
export function asking(address: RedisAddress | string) {
  const [redis, own] = [1, 2].map(() => openRedis(address, { retries: 5, commandMs: 10_000 })) as [Client, Client];
  for (const one of [redis, own]) one.on('error', () => {});
  onTestFinished(() => {
    for (const one of [redis, own]) one.disconnect();
  });
  const clock = { ms: 0 };
  const replicas = redisReplicas({ redis: own, log: QUIET, limitMs: 200, monotonic: () => clock.ms });
  return { store: redisStore({ redis, log: QUIET }), replicas, clock };
}

type Client = ReturnType<typeof openRedis>;
