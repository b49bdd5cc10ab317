import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { redisStore } from '../../src/redis/store.ts';
import { QUIET, redisOfFile } from './server.ts';

const server = redisOfFile();

/** What runs before something is closed, and after it. */
const CLOSING = ['prelude', 'audit', 'save', 'record', 'load', 'load-all', 'live-on', 'claim', 'settle', 'ending']
  .concat(['index', 'mend', 'lock', 'writes', 'renew', 'release', 'now'])
  .map((name) => readFileSync(new URL(`../../src/redis/lua/${name}.lua`, import.meta.url), 'utf8'));

const COMMANDS = [
  ...new Set(CLOSING.flatMap((text) => [...text.matchAll(/redis\.p?call\('([A-Z]+)'/g)].map(([, name]) => name ?? ''))),
].sort();

/** A connection whose user may do everything but one command, or on some keys alone. */
async function limited(...rules: readonly string[]) {
  const redis = server.client();
  const user = `limited-${Math.random().toString(36).slice(2)}`;
  await redis.call('ACL', 'SETUSER', user, 'on', 'nopass', '~*', '+@all', ...rules);
  await redis.call('AUTH', user, '');
  return redisStore({ redis, prefix: server.prefix(), log: QUIET });
}

describe('a store counts as one that can be written', () => {
  it('where everything is allowed, again and again, and leaves next to nothing behind', async () => {
    const store = await limited();
    for (let i = 0; i < 5; i += 1) expect(await store.write()).toMatchObject({ trusted: true });
    const redis = server.client();
    const keys = (await redis.keys('*')).map((key) => key.replace(/^\{[^}]*\}/, '')).sort();
    expect(keys).toEqual([':clock', ':probe']);
  });

  it('of commands that closing needs there are some', () => {
    expect(COMMANDS).toEqual(expect.arrayContaining(['GET', 'SET', 'XADD', 'XINFO', 'ZADD', 'ZRANGEBYSCORE']));
  });

  it.each(COMMANDS)('and not where its user may not %s', async (name) => {
    const store = await limited(`-${name.toLowerCase()}`);
    await expect(store.write()).rejects.toMatchObject({ code: 'storeAway' });
  });

  it.each([['due'], ['live']])('and not where the index %s is of another kind', async (name) => {
    const redis = server.client();
    const prefix = server.prefix();
    await redis.set(`{${prefix}}:${name}`, 'a text');
    const store = redisStore({ redis, prefix, log: QUIET });
    await expect(store.write()).rejects.toMatchObject({ code: 'storeRefuses' });
  });

  it('and not where the keys of requests are taken away from its user', async () => {
    const store = await limited('resetkeys', '~{*}:d*', '~{*}:l*', '~{*}:c*', '~{*}:p*', '~{*}:o*', '~{*}:s*', '~{*}');
    await expect(store.write()).rejects.toMatchObject({ code: 'storeAway' });
  });
});
