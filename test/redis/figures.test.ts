import { expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../src/core/language/instant.ts';
import { redisFigures } from '../../src/redis/figures.ts';
import { redisStore } from '../../src/redis/store.ts';
import { change, end, open, pending } from '../conformance/fixtures.ts';
import { QUIET, redisOfFile } from './server.ts';

const server = redisOfFile();

it('the numbers of the store are those of its records', async () => {
  const redis = server.client();
  const prefix = 'figures';
  const store = redisStore({ redis, prefix, log: QUIET });
  const figures = redisFigures({ redis, prefix });
  const { at } = await store.now();
  expect(await figures.read()).toMatchObject({ open: 0, overdue: 0, oldestMs: 0, usedBytes: expect.any(Number) });

  const [waits, runs] = [pending('aaaaaaa', at), open(pending('bbbbbbb', at, { forMs: HOUR_MS }), at)];
  const lasting = { forMs: MINUTE_MS };
  const late = [2, 3].map((ago) => open(pending(`ccccc${ago}c`, at, lasting), at - ago * MINUTE_MS));
  const first = open(pending('ddddddd', at, lasting), at);
  const over = end(first, at);
  await store.save([change(waits, 0), change(runs, 0), ...late.map((one) => change(one, 0)), change(over, 0)]);
  const { oldestMs, ...counted } = await figures.read();
  expect(counted).toMatchObject({ open: 3, overdue: 2 });
  expect(oldestMs).toBeGreaterThanOrEqual(2 * MINUTE_MS);
  expect(oldestMs).toBeLessThan(HOUR_MS);
  // One that is proven closed counts no more.
  const [, oldest] = late;
  if (!oldest) throw new Error('not there');
  await store.save([change(end(oldest, at), oldest.version)]);
  expect(await figures.read()).toMatchObject({ open: 2, overdue: 1 });
});
