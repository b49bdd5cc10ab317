import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import type { RedisClient } from '../../src/redis/client.ts';
import { connectRedis } from '../../src/redis/connect.ts';
import { redisStore } from '../../src/redis/store.ts';
import { troubleOf } from '../../src/redis/trouble.ts';
import { ownRedis } from './own-redis.ts';
import { QUIET } from './server.ts';

interface Broken {
  readonly own: Awaited<ReturnType<typeof ownRedis>>;
  readonly operator: RedisClient;
  /** Who else is connected. */
  readonly other: RedisClient;
}

/** What happens to a real Redis, and what operators are to be told. */
const BREAKS: readonly (readonly [what: string, says: RegExp, breaks: (broken: Broken) => Promise<unknown>])[] = [
  ['is full', /has no memory left\. Give it more memory/, ({ operator }) => operator.config('SET', 'maxmemory', '1')],
  [
    'cannot save its snapshots',
    /cannot save to its disk.* free its disk.*`stop-writes-on-bgsave-error no`/,
    async ({ own, operator }) => {
      // Nothing can be renamed to it.
      mkdirSync(join(own.folder, 'dump.rdb'));
      await operator.config('SET', 'save', '3600 1');
      await operator.bgsave();
      await vi.waitFor(() => expect(operator.set('x', 1)).rejects.toMatchObject({ code: 'storeAway' }), {
        timeout: 20_000,
        interval: 100,
      });
    },
  ],
  ['became a replica', /is a replica.*REPLICAOF NO ONE/, ({ operator }) => operator.replicaof('127.0.0.1', '1')],
  [
    'runs a script without end',
    /runs a script of somebody else.*SCRIPT KILL/,
    async ({ operator, other }) => {
      await operator.config('SET', 'busy-reply-threshold', '1');
      void other.eval('while true do end', 0).catch(() => {});
    },
  ],
  [
    'has another password',
    /does not take the user or the password\. Put `redis\.username`/,
    async ({ operator }) => {
      await operator.config('SET', 'requirepass', 'another');
      await operator.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    },
  ],
  [
    'took a right away',
    /does not let its user do all that Drawbridge needs\..*docs\/redis\.md/,
    ({ operator }) => operator.call('ACL', 'SETUSER', 'default', '-get'),
  ],
  [
    'took keys away',
    /does not let its user do all that Drawbridge needs\./,
    ({ operator }) => operator.call('ACL', 'SETUSER', 'default', 'resetkeys', '~other*'),
  ],
  [
    'takes no more connections',
    /(?:takes no more connections|closes the connection)\..*`maxclients`/,
    async ({ operator }) => {
      await operator.config('SET', 'maxclients', '1');
      await operator.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    },
  ],
  [
    'waits for replicas',
    /has fewer replicas.*`min-replicas-to-write`/,
    ({ operator }) => operator.config('SET', 'min-replicas-to-write', '1'),
  ],
  [
    'has an index of another kind',
    /a key of Drawbridge that is of another kind/,
    async ({ operator }) => {
      await operator.del('{drawbridge}:due');
      await operator.set('{drawbridge}:due', 'a text');
    },
  ],
  ['is gone', /cannot be reached\. Start it/, ({ own }) => own.kill()],
  ['is paused', /does not answer in time\./, async ({ own }) => own.pause()],
];

it.for(BREAKS)('a Redis that %s is told as that, with the remedy', async ([, says, breaks]) => {
  const own = await ownRedis();
  onTestFinished(() => own.stop());
  const [operator, other] = [own.client(), own.client()];
  const redis = connectRedis(own.url, { log: QUIET });
  onTestFinished(() => redis.disconnect());
  const why = troubleOf(redis);
  const store = redisStore({ redis, log: QUIET });
  await Promise.all([store.write(), operator.ping(), other.ping()]);
  await breaks({ own, operator, other });
  const error = await store.write().catch((thrown: unknown) => thrown);
  expect(why(error)?.text).toMatch(says);
});

it('one whose name is not known is told as that', () => {
  const why = troubleOf({ on: () => ({}) as never });
  const error = new Error('getaddrinfo ENOTFOUND redis.example');
  expect(why(error)?.text).toMatch(/is not found by its name\. Put its address/);
});

it('of what nobody knows nothing is said', () => {
  const why = troubleOf({ on: () => ({}) as never });
  expect(why(new Error('oops'))).toBeUndefined();
  expect(why('oops')).toBeUndefined();
});
