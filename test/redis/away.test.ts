import { describe, expect, it, onTestFinished } from 'vitest';
import { redisAudit } from '../../src/redis/audit.ts';
import type { RedisClient } from '../../src/redis/client.ts';
import { redisDelegations } from '../../src/redis/delegations.ts';
import { redisHomes } from '../../src/redis/homes.ts';
import { redisJournal } from '../../src/redis/journal.ts';
import { redisLastKnown } from '../../src/redis/last-known.ts';
import { redisLock } from '../../src/redis/lock.ts';
import { redisProtectionRecords } from '../../src/redis/protection-records.ts';
import { redisStore } from '../../src/redis/store.ts';
import { troubleOf } from '../../src/redis/trouble.ts';
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

const BREAKS: Readonly<Record<string, (redis: RedisClient) => Promise<unknown>>> = {
  'whose password was changed': async (redis) => {
    await redis.config('SET', 'requirepass', 'another');
    redis.disconnect(true);
  },
  'that took away what this user may do': (redis) => redis.call('ACL', 'SETUSER', 'default', '-@all'),
  'that takes no more connections': async (redis) => {
    await redis.config('SET', 'maxclients', '1');
    redis.disconnect(true);
  },
  'that runs a script without end': async (redis) => {
    await redis.config('SET', 'busy-reply-threshold', '1');
    void redis.eval('while true do end', 0).catch(() => {});
  },
  'that became a replica': (redis) => redis.call('REPLICAOF', '127.0.0.1', '1'),
  'that waits for replicas': (redis) => redis.config('SET', 'min-replicas-to-write', '1'),
};

it.for(Object.entries(BREAKS))('a Redis %s is told in the same sentence', async ([, breaks]) => {
  const own = await ownRedis();
  onTestFinished(() => own.stop());
  const [redis, holder] = [own.client(), own.client()];
  const store = redisStore({ redis, log: QUIET });
  await Promise.all([store.write(), holder.ping()]);
  await breaks(redis);
  await expect(store.write()).rejects.toMatchObject({ code: 'storeAway' });
});

/** What goes past the scripts, in one command or in a pipeline. */
const BARE: Readonly<Record<string, (redis: RedisClient) => Promise<unknown>>> = {
  'a card': (redis) => redisStore({ redis, log: QUIET }).cards('7'),
  'who was allowed to close': (redis) => redisLastKnown({ redis, log: QUIET }).all(),
  'who decides for whom': (redis) => redisDelegations({ redis, prefix: 'drawbridge', seals: SEALS, log: QUIET }).all(),
  'the size of the audit': (redis) => redisAudit({ redis, log: QUIET }).size(),
  'a page of consent': (redis) =>
    redisProtectionRecords({ redis, prefix: 'drawbridge', seals: SEALS, log: QUIET }).pages(),
};

describe.each(Object.entries(BARE))('%s', (_, ask) => {
  it.each([
    ['ACL', 'SETUSER', 'default', '-@all', '+acl'],
    ['CONFIG', 'SET', 'maxmemory', '1'],
  ])('is asked of a Redis after %s %s %s %s: in a sentence, or answered', async (...command) => {
    const own = await ownRedis();
    onTestFinished(() => own.stop());
    const redis = own.client();
    await redis.ping();
    await redis.call(...(command as [string, ...string[]]));
    const code = await ask(redis).then(
      () => 'answered',
      (error: { readonly code?: string }) => error.code,
    );
    expect(code).toBe(command[0] === 'ACL' ? 'storeAway' : 'answered');
  });

  it('is asked of a Redis that is gone: in a sentence', async () => {
    const own = await ownRedis();
    onTestFinished(() => own.stop());
    const redis = own.client();
    await redis.ping();
    await own.kill();
    await expect(ask(redis)).rejects.toMatchObject({ code: 'storeAway' });
  });
});

it.each([
  ['is full', ['CONFIG', 'SET', 'maxmemory', '1'], /has no memory left\. Give it more memory/],
  ['took a right away', ['ACL', 'SETUSER', 'default', '-zadd'], /does not let its user do all/],
])(
  'a transaction that a Redis discards, as it %s (EXECABORT), is told in a sentence, with the remedy',
  async (_, command, says) => {
    const own = await ownRedis();
    onTestFinished(() => own.stop());
    const redis = own.client();
    const why = troubleOf(redis);
    const homes = redisHomes({ redis, prefix: 'drawbridge' });
    await homes.opened('slack', 'U1');
    await redis.call(...(command as [string, ...string[]]));
    const error = await homes.opened('slack', 'U2').catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'storeAway', cause: { message: expect.stringContaining('EXECABORT') } });
    expect(why(error)?.text).toMatch(says);
  },
);

it('what Redis says against it that nobody here knows is a sentence too, with what it said behind it', async () => {
  const own = await ownRedis();
  onTestFinished(() => own.stop());
  const redis = own.client();
  await redis.set('{drawbridge}:cards:7', '');
  await redis.del('{drawbridge}:cards:7');
  await redis.lpush('{drawbridge}:cards:7', 'a list');
  await expect(redisStore({ redis, log: QUIET }).cards('7')).rejects.toMatchObject({
    code: 'storeRefuses',
    cause: { message: expect.stringContaining('WRONGTYPE') },
  });
});
