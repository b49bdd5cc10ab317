import { beforeEach, describe, expect, it, vi } from 'vitest';
import { redisLock } from '../../src/redis/lock.ts';
import { lockConformance } from '../conformance/lock.ts';
import { QUIET, redisOfFile } from './server.ts';

const server = redisOfFile();
let prefix = '';

beforeEach(() => {
  prefix = server.prefix();
});

const lockOf = (redis = server.client()) => redisLock({ redis, prefix, log: QUIET });
const never = new AbortController().signal;
const options = (patch: { ttlMs?: number; waitMs?: number; closing?: boolean } = {}) => ({
  ttlMs: 5_000,
  waitMs: 0,
  closing: false,
  signal: never,
  ...patch,
});

lockConformance('Redis', () => lockOf());

describe('the lock in Redis', () => {
  it('is one for all processes', async () => {
    const [one, other] = [lockOf(), lockOf()];
    await one.hold(['sg-1'], options(), async () => {
      await expect(other.hold(['sg-1'], options(), async () => {})).rejects.toMatchObject({ code: 'locked' });
    });
    await expect(other.hold(['sg-1'], options(), async () => 'mine')).resolves.toBe('mine');
  });

  it('is had by who waits for it in the same process as soon as it is let go of, without a clock', async () => {
    const redis = server.client();
    await redis.ping();
    const lock = lockOf(redis);
    const asked = vi.spyOn(redis as unknown as { 'drawbridge-lock': () => unknown }, 'drawbridge-lock');
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    try {
      const order: string[] = [];
      let waiting: Promise<unknown> = Promise.resolve();
      await lock.hold(['sg-1', 'sg-2'], options(), async () => {
        waiting = Promise.all(
          ['sg-1', 'sg-2'].map((key) => lock.hold([key], options({ waitMs: 60_000 }), async () => order.push(key))),
        );
        while (asked.mock.settledResults.filter(({ type }) => type === 'fulfilled').length < 3)
          await new Promise((resolve) => setImmediate(resolve));
        order.push('first');
      });
      await waiting;
      expect(order.slice().sort()).toEqual(['first', 'sg-1', 'sg-2']);
      expect(order[0]).toBe('first');
      expect(asked).toHaveBeenCalledTimes(5);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is waited for in the same process until the signal aborts', async () => {
    const lock = lockOf();
    const stop = new AbortController();
    await lock.hold(['sg-1'], options(), async () => {
      const waiting = lock.hold(['sg-1'], { ...options({ waitMs: 60_000 }), signal: stop.signal }, async () => 'never');
      stop.abort(new Error('enough'));
      await expect(waiting).rejects.toThrow('enough');
    });
    await expect(lock.hold(['sg-1'], options(), async () => 'mine')).resolves.toBe('mine');
  });

  it('is renewed for as long as the work takes', async () => {
    const redis = server.client();
    await lockOf().hold(['sg-1'], options({ ttlMs: 3_000 }), async (held) => {
      const { signal } = held;
      for (let renewals = 0, before = held.remainingMs(); renewals < 2; ) {
        await new Promise((resolve) => setImmediate(resolve));
        const now = held.remainingMs();
        if (now > before) renewals += 1;
        before = now;
      }
      expect(signal.aborted).toBe(false);
      expect(await redis.pttl(`{${prefix}}:lock:sg-1`)).toBeGreaterThan(0);
    });
    expect(await redis.exists(`{${prefix}}:lock:sg-1`)).toBe(0);
  });

  it('is over for the work of a computer that slept meanwhile: no call begins under it any more', async () => {
    let slept = 0;
    const passing = () => performance.now() + slept;
    const lock = redisLock({ redis: server.client(), prefix, log: QUIET, passing });
    await lock.hold(['sg-1'], options({ ttlMs: 60_000 }), async (held) => {
      expect(held.remainingMs()).toBeGreaterThan(30_000);
      slept = 1_800_000;
      expect(held.remainingMs()).toBe(0);
    });
  });

  it('tells the work when a renewal finds that somebody else has it, and then leaves theirs alone', async () => {
    const redis = server.client();
    const key = `{${prefix}}:lock:sg-1`;
    await lockOf().hold(['sg-1'], options({ ttlMs: 3_000 }), async (held) => {
      expect(held.remainingMs()).toBeGreaterThan(0);
      await redis.set(key, 'somebody else');
      await vi.waitFor(() => expect(held.signal.aborted).toBe(true));
      // It may be told on a card.
      expect(held.signal.reason).toMatchObject({ code: 'lockLost' });
      expect(held.remainingMs()).toBe(0);
    });
    expect(await redis.get(key)).toBe('somebody else');
  });

  it('counts on less time than Redis gives, and tells the work when no renewal came through in time', async () => {
    const redis = server.client();
    const key = `{${prefix}}:lock:sg-1`;
    await lockOf(redis).hold(['sg-1'], options({ ttlMs: 3_000 }), async (held) => {
      const sure = held.remainingMs();
      expect(sure).toBeLessThan(await redis.pttl(key));
      redis.disconnect();
      await vi.waitFor(() => expect(held.signal.aborted).toBe(true));
      expect(await server.client().pttl(key)).toBeGreaterThan(0);
    });
  });

  it('answers a question that is sent twice as it did the first time', async () => {
    const redis = server.client();
    await lockOf(redis).hold(['sg-1'], options(), async () => {
      const token = (await redis.get(`{${prefix}}:lock:sg-1`)) ?? '';
      const scripts = redis as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
      const keys = [`{${prefix}}:lock:sg-1`, `{${prefix}}:beats`];
      const ask = (by: string) => scripts['drawbridge-lock']?.(2, ...keys, by, 5_000, '0', 500, 2_000);
      expect(await ask(token)).toBe(1);
      expect(await ask('somebody else')).toBe(0);
    });
  });
});
