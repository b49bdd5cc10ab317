import { expect, it } from 'vitest';
import { take } from '../../src/app/request/submit.ts';
import { redisStore } from '../../src/redis/store.ts';
import { ASK } from '../app/approved.ts';
import { ADA, SENDER, world } from '../app/fixtures.ts';
import { QUIET, redisOfFile } from './server.ts';

const server = redisOfFile();

it('fifty asks for the same, at once in two processes, make one request', async () => {
  const processes = [1, 2].map((n) => {
    const store = redisStore({ redis: server.client(), prefix: 'same', log: QUIET });
    const { deps } = world();
    // Each process makes ids of its own.
    const random = (length: number) => crypto.getRandomValues(new Uint8Array(length));
    return { n, deps: { ...deps, store, random } };
  });
  const asks = Array.from({ length: 25 }, (_, i) =>
    processes.map(({ n, deps }) => ({ deps, key: `p${n}-${i}` })),
  ).flat();
  const all = await Promise.all(asks.map(({ deps, key }) => take(deps, ADA, ASK, { ...SENDER, key })));
  const [process] = processes;
  const kept = await process?.deps.store.find({ by: 'requester', which: 'ada' }, 99);
  expect(kept).toHaveLength(1);
  expect(new Set(all.map(({ request }) => request.id))).toEqual(new Set(kept?.map(({ id }) => id)));
  expect(all.filter(({ stoodBefore }) => !stoodBefore)).toHaveLength(1);
});
