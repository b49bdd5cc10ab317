import { describe, expect, it } from 'vitest';
import type { Ceremony } from '../../src/core/people/ceremony.ts';
import { redisAccountLinks } from '../../src/redis/account-links.ts';
import { redisCeremonies } from '../../src/redis/ceremonies.ts';
import { keptLog, redisOfFile, SEALS } from './server.ts';

const server = redisOfFile();

const ADA = { slack: 'U1', entra: 'a1a1a1a1-0000-4000-8000-000000000001', name: 'Ada', at: 5 };

describe('links of accounts', () => {
  const links = (prefix: string) => redisAccountLinks({ redis: server.client(), seals: SEALS, prefix });

  it('are kept both ways, and dropped both ways', async () => {
    const all = links('both');
    expect(await all.keep(ADA)).toBe(true);
    expect([await all.ofSlack('U1'), await all.ofEntra(ADA.entra.toUpperCase()), await all.all()]).toEqual([
      ADA,
      ADA,
      [ADA],
    ]);
    expect(await all.drop('U1')).toEqual(ADA);
    expect([await all.ofSlack('U1'), await all.ofEntra(ADA.entra), await all.drop('U1')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('are all dropped at once, those that nobody here wrote too', async () => {
    const all = links('cleared');
    await all.keep(ADA);
    await server.client().hset('{cleared}:links', 'U9', '{}');
    expect(await all.clear()).toBe(2);
    expect([await all.all(), await all.keep({ ...ADA, slack: 'U2' })]).toEqual([[], true]);
  });

  it('are one for each account, however many ask at once', async () => {
    const all = links('race');
    const others = Array.from({ length: 20 }, (_, i) => ({ ...ADA, slack: `U${i + 1}` }));
    const kept = await Promise.all([...others, ...others].map((link) => all.keep(link)));
    // Whoever won and asks again is told the same: its answer may have been lost.
    expect(kept.filter(Boolean)).toHaveLength(2);
    expect(await all.all()).toHaveLength(1);
    const winner = (await all.all())[0]?.slack ?? '';
    expect(await all.keep({ ...ADA, slack: winner, entra: 'b1b1b1b1-0000-4000-8000-000000000001' })).toBe(false);
  });

  it('that cannot be read are an error, and nobody’s', async () => {
    const redis = server.client();
    await redis.hset('{odd}:links', 'U1', '{"slack":"U1"}');
    await expect(redisAccountLinks({ redis, seals: SEALS, prefix: 'odd' }).ofSlack('U1')).rejects.toThrow();
  });
});

describe('what is under way in a browser', () => {
  const until = Date.now() + 600_000;
  const first: Ceremony = { id: 'a', until, epoch: 1, chat: 'slack', account: 'U1' };
  const rig = (prefix: string) => {
    const [redis, log] = [server.client(), keptLog()];
    return { redis, log, all: redisCeremonies({ redis, seals: SEALS, prefix, log }) };
  };

  it('goes on step by step, each taken by one alone, whatever the order of its fields', async () => {
    const { all } = rig('steps');
    await all.begin('link U1', first);
    const read = await all.read('link U1');
    expect(read).toEqual(first);
    const next: Ceremony = { ...first, isBack: true, begun: { state: 's', browser: 'b', verifier: 'v', nonce: 'n' } };
    const taken = await Promise.all(Array.from({ length: 20 }, () => all.advance('link U1', first, next)));
    expect(taken.filter(Boolean)).toHaveLength(1);
    expect(await all.read('link U1')).toEqual(next);
    expect(await all.end('link U1', first)).toBe(false);
    expect([await all.end('link U1', next), await all.read('link U1')]).toEqual([true, undefined]);
    expect(await all.advance('link U1', next, first)).toBe(false);
  });

  it('is forgotten after its end, and replaced by what begins anew', async () => {
    const { all, redis } = rig('end');
    await all.begin('link U1', first);
    await all.begin('link U1', { ...first, id: 'b' });
    expect(await all.read('link U1')).toMatchObject({ id: 'b' });
    const [key = ''] = await redis.keys('{end}:ceremony:*');
    const before = await redis.pttl(key);
    expect(before).toBeGreaterThan(500_000);
    expect(before).toBeLessThanOrEqual(662_000);
    await all.advance('link U1', { ...first, id: 'b' }, { ...first, id: 'b', wrong: 1 });
    expect(await redis.pttl(key)).toBeGreaterThan(500_000);
  });

  it('is as if it were not there where it cannot be read', async () => {
    const { all, redis, log } = rig('odd');
    await all.begin('link U1', first);
    const [key = ''] = await redis.keys('{odd}:ceremony:*');
    await redis.set(key, '{"id":1}');
    expect(await all.read('link U1')).toBeUndefined();
    expect(log.errors).toEqual(['what is under way in a browser cannot be read from Redis']);
  });
});
