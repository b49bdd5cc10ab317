import { mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { asking } from '../../src/redis/asking.ts';
import type { RedisClient } from '../../src/redis/client.ts';
import { CommitWatch } from '../../src/redis/commit-watch.ts';
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
  [
    'reads its data for long',
    /is still reading its data/,
    async ({ own, operator }) => {
      // It answers after every thousand commands that it reads again.
      await operator.eval("for i = 1, 60000 do redis.call('SET', 'filler:' .. i, 1) end", 0);
      await own.kill();
      await own.start('--key-load-delay', '500');
    },
  ],
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

const NOT_IT = /is not what answers at its address, .*`redis`/;
/** It speaks as Redis does, and never says what is asked first. */
const SILENT = /does not answer in time|is not what answers at its address/;
/** What is at the address in truth: what it answers to whatever is sent, and what is told. */
const OTHERS: Readonly<Record<string, readonly [answer: string, says: RegExp]>> = {
  'a web server': ['HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n', NOT_IT],
  'a mail server': ['220 mail.example ESMTP\r\n', NOT_IT],
  'something with bytes of its own': ['\u0000\u0001\u0002\u0003', NOT_IT],
  'a server that says OK to everything': ['+OK\r\n', SILENT],
  'a server with numbers alone': [':1\r\n', SILENT],
  'a server with empty lists alone': ['*0\r\n', SILENT],
  'a server that knows no command': ['-ERR unknown command\r\n', SILENT],
};

it.for(Object.entries(OTHERS))(
  'where %s is in place of Redis that is told, in a sentence',
  async ([, [bytes, says]]) => {
    const server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => socket.write(bytes));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const redis = connectRedis(`redis://127.0.0.1:${port}`, { log: QUIET });
    onTestFinished(() => redis.disconnect());
    const why = troubleOf(redis);
    const store = redisStore({ redis, log: QUIET });
    const error = await store.write().catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'storeAway' });
    expect(why(error)?.text).toMatch(says);
  },
);

it('where something else answers on a connection that worked, what it says counts for nothing', async () => {
  const redis = connectRedis('redis://127.0.0.1:1', { log: QUIET });
  onTestFinished(() => redis.disconnect());
  for (const reply of [
    'OK',
    1,
    null,
    [],
    ['a', 'b'],
    [1, 2, 3],
    [1, '2', '3 0 0 - 0'],
    [1, 2, '3 0 0'],
    [1, 2, '3 0 0 - 0\r\n:1'],
  ]) {
    const onStrange = vi.fn<() => void>();
    const ask = asking({
      run: async () => reply,
      ...{ base: '{x}', commits: new CommitWatch(QUIET), elapsed: () => 0, log: QUIET, onStrange },
    });
    const error = await ask('now').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'storeAway' });
    // It is given up: on it any answer may be that to another question.
    expect(onStrange).toHaveBeenCalledOnce();
    expect(troubleOf(redis)(error)?.text).toMatch(NOT_IT);
  }
});
