import { afterAll, beforeAll } from 'vitest';
import { redisStore } from '../../src/redis/store.ts';
import { storeConformance } from '../conformance/store.ts';
import { QUIET, testRedis } from './server.ts';

let server: Awaited<ReturnType<typeof testRedis>>;
let prefixes = 0;

beforeAll(async () => {
  server = await testRedis();
});
afterAll(() => server.stop());

storeConformance('Redis', async () => {
  prefixes += 1;
  const prefix = `test-${prefixes}`;
  const redis = server.client();
  return {
    store: redisStore({ redis, prefix, log: QUIET }),
    forgetDue: async (machine) => void (await redis.zrem(`{${prefix}}:due`, machine)),
    stop: async () => redis.disconnect(),
  };
});
