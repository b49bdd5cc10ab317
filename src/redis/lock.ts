import { randomBytes } from 'node:crypto';
import { JitError } from '../core/errors/errors.ts';
import { say } from '../core/language/say.ts';
import type { Held, HoldOptions, Lock } from '../ports/lock.ts';
import type { Log } from '../ports/log.ts';
import type { RedisClient } from './client.ts';
import { Holding } from './holding.ts';
import { baseKey } from './keys.ts';
import { beatsKey, SILENT_MS } from './pulse.ts';
import { type RunScript, scriptsOn } from './scripts.ts';
import { passing } from './time.ts';

export interface RedisLockOptions {
  readonly redis: RedisClient;
  /** Keys are `{prefix}:lock:<key>`. */
  readonly prefix?: string;
  readonly log: Log;
  /** This process among those that say that they live (`redisPulse`); without it, its locks end by their time alone. */
  readonly process?: string;
  /** Milliseconds, of a clock that counts sleep; another one is for tests. */
  readonly passing?: () => number;
}

/** Between two tries: so much, and as much again at random, so that those who wait do not walk in step. */
const POLL_MS = 25;
/** A waiting close marks its keys for this long at each try: a few tries, so that a mark outlives a slow one. */
const MARK_MS = 500;
/** Who waits for a lock of its own process is told when it is let go of, and asks this often all the same: it stays marked. */
const REMIND_MS = 150;

/** Locks in Redis (ports/lock.ts): a key holds the token of whoever has it. */
export function redisLock(options: RedisLockOptions): Lock {
  return new RedisLock(options);
}

class RedisLock implements Lock {
  readonly #base: string;
  readonly #beats: string;
  readonly #process: string;
  readonly #log: Log;
  readonly #run: RunScript;
  readonly #passing: () => number;
  /** What this process holds itself, and who is to be told when it lets go of it. */
  readonly #held = new Map<string, Set<() => void>>();

  constructor(options: RedisLockOptions) {
    const { redis, prefix = 'drawbridge', log, process = '' } = options;
    this.#passing = options.passing ?? passing;
    this.#base = baseKey(prefix);
    this.#beats = beatsKey(prefix);
    this.#process = process;
    this.#log = log;
    this.#run = scriptsOn(redis);
  }

  async hold<T>(keys: readonly string[], options: HoldOptions, work: (held: Held) => Promise<T>): Promise<T> {
    const own = `${this.#process}.${randomBytes(12).toString('base64url')}`;
    const first = `${options.removes ? 'removes' : 'writes'}.${own}`;
    // What may write has another token than what only removes: each is seen from Redis.
    let token = first;
    const locks = [...new Set(keys)].sort().map((key) => `${this.#base}:lock:${key}`);
    let holding: Holding | undefined;
    const waiting = new Set<() => void>();
    try {
      const since = await this.#take(locks, token, options);
      for (const lock of locks) this.#held.set(lock, waiting);
      const renew = async () => (await this.#run('renew', locks, [token, options.ttlMs])) === 1;
      const writes = async () => {
        if (!options.removes) return true;
        // Renewals are sent after it, on the same connection.
        token = `writes.${own}`;
        const may = (await this.#run('writes', locks, [first, token])) === 1;
        if (!may) token = first;
        return may;
      };
      const [{ ttlMs, signal }, log] = [options, this.#log];
      holding = new Holding({ ttlMs, passing: this.#passing, since, signal, renew, writes, log });
      return await work(holding);
    } finally {
      holding?.end();
      await this.#release(locks, [...new Set([first, token])]);
      for (const lock of locks) if (this.#held.get(lock) === waiting) this.#held.delete(lock);
      for (const go of waiting) go();
    }
  }

  /** Gives the time that the locks count from: before the question, so never later than in Redis. */
  async #take(locks: readonly string[], token: string, options: HoldOptions): Promise<number> {
    const { ttlMs, waitMs, closing, signal } = options;
    const giveUpAt = this.#passing() + waitMs;
    for (;;) {
      signal.throwIfAborted();
      const since = this.#passing();
      const taken = await this.#run(
        'lock',
        [...locks, this.#beats],
        [token, ttlMs, closing ? '1' : '0', MARK_MS, SILENT_MS],
      );
      if (taken === 1) return since;
      const left = giveUpAt - this.#passing();
      if (left <= 0) throw new JitError('locked', { machine: say`the machine` });
      await this.#pause(locks, left, signal);
    }
  }

  /** Until it is worth another try, or the signal aborts. */
  async #pause(locks: readonly string[], leftMs: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    const own = locks.flatMap((lock) => this.#held.get(lock) ?? []);
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, Math.min(leftMs, own.length > 0 ? REMIND_MS : POLL_MS * (1 + Math.random())));
    const go = () => resolve();
    for (const waiting of own) waiting.add(go);
    signal.addEventListener('abort', go, { once: true });
    await promise;
    clearTimeout(timer);
    for (const waiting of own) waiting.delete(go);
    signal.removeEventListener('abort', go);
  }

  /** What cannot be released now ends by itself. */
  async #release(locks: readonly string[], tokens: readonly string[]): Promise<void> {
    try {
      await this.#run('release', locks, tokens);
    } catch (error) {
      this.#log.warn({ error }, 'a lock could not be released; it ends by itself');
    }
  }
}
