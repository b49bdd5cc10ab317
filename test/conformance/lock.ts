import { describe, expect, it } from 'vitest';
import type { HoldOptions, Lock } from '../../src/ports/lock.ts';

const WAIT_MS = 3_000;

/** What every lock must do. */
export function lockConformance(name: string, make: () => Lock): void {
  const never = new AbortController().signal;
  const options = (patch: Partial<HoldOptions> = {}): HoldOptions => ({
    ttlMs: 5_000,
    waitMs: 0,
    closing: false,
    signal: never,
    ...patch,
  });

  /** Holds the keys until let go. */
  async function holder(lock: Lock, keys: readonly string[], patch: Partial<HoldOptions> = {}) {
    const gate = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const done = lock.hold(keys, options(patch), async () => {
      held.resolve();
      await gate.promise;
    });
    await Promise.race([held.promise, done]);
    return {
      letGo: async () => {
        gate.resolve();
        await done;
      },
    };
  }

  describe(`${name}: the lock`, () => {
    it('gives what the work gives, and is free again, also when the work throws', async () => {
      const lock = make();
      expect(await lock.hold(['a'], options(), async () => 7)).toBe(7);
      await expect(lock.hold(['a'], options(), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
      expect(await lock.hold(['a'], options(), async () => 8)).toBe(8);
    });

    it('tells how long it surely lasts', async () => {
      await make().hold(['a'], options({ ttlMs: 5_000 }), async (held) => {
        expect(held.remainingMs()).toBeGreaterThan(3_000);
        expect(held.remainingMs()).toBeLessThanOrEqual(5_000);
        expect(held.signal.aborted).toBe(false);
      });
    });

    it('is taken for all keys or for none', async () => {
      const lock = make();
      const first = await holder(lock, ['b']);
      await expect(lock.hold(['a', 'b'], options(), async () => {})).rejects.toMatchObject({ code: 'locked' });
      expect(await lock.hold(['a'], options(), async () => 'free')).toBe('free');
      await first.letGo();
      expect(await lock.hold(['b', 'a', 'a'], options(), async () => 'both')).toBe('both');
    });

    it('waits for its turn', async () => {
      const lock = make();
      const first = await holder(lock, ['a']);
      const second = lock.hold(['a'], options({ waitMs: WAIT_MS }), async () => 'second');
      await first.letGo();
      expect(await second).toBe('second');
    });

    it('never lets two in at once, and all of them in the end', async () => {
      const lock = make();
      let inside = 0;
      let most = 0;
      const enter = (n: number) =>
        lock.hold(
          n % 2 === 0 ? ['a', 'b'] : ['b', 'c'],
          options({ waitMs: 20_000, closing: n % 3 === 0 }),
          async () => {
            inside += 1;
            most = Math.max(most, inside);
            await new Promise((resolve) => setImmediate(resolve));
            inside -= 1;
          },
        );
      await Promise.all(Array.from({ length: 12 }, (_, n) => enter(n)));
      expect(most).toBe(1);
    });

    it('lets a waiting close go before an open that waits longer', async () => {
      const lock = make();
      const order: string[] = [];
      const first = await holder(lock, ['a', 'b']);
      const wait = (what: string, keys: readonly string[], closing: boolean) =>
        lock.hold(keys, options({ waitMs: WAIT_MS, closing }), async () => void order.push(what));
      const open = wait('open', ['a'], false);
      const close = wait('close', ['a', 'b'], true);
      await first.letGo();
      await Promise.all([open, close]);
      expect(order).toEqual(['close', 'open']);
    });

    it('keeps what is let go for a waiting close, whoever wants to open just then', async () => {
      const lock = make();
      const first = await holder(lock, ['a', 'b']);
      const close = holder(lock, ['a', 'b'], { waitMs: WAIT_MS, closing: true });
      await first.letGo();
      await expect(lock.hold(['a'], options(), async () => 'open')).rejects.toMatchObject({ code: 'locked' });
      await (await close).letGo();
      expect(await lock.hold(['a'], options(), async () => 'open')).toBe('open');
    });

    it('gives up waiting when its caller does', async () => {
      const lock = make();
      const first = await holder(lock, ['a']);
      const caller = new AbortController();
      const second = lock.hold(['a'], options({ waitMs: WAIT_MS, signal: caller.signal }), async () => 'never');
      caller.abort();
      await expect(second).rejects.toThrow();
      await first.letGo();
      await expect(lock.hold(['a'], options({ signal: caller.signal }), async () => 'never')).rejects.toThrow();
      expect(await lock.hold(['a'], options(), async () => 'free')).toBe('free');
    });

    it('passes its caller’s abort on to the work', async () => {
      const caller = new AbortController();
      await make().hold(['a'], options({ signal: caller.signal }), async (held) => {
        caller.abort();
        expect(held.signal.aborted).toBe(true);
      });
    });
  });
}
