import { JitError } from '../../src/core/errors/errors.ts';
import type { HoldOptions, Lock } from '../../src/ports/lock.ts';
import type { Scheduler } from './scheduler.ts';

interface Holder {
  readonly process: number;
  until: number;
}

/** Locks that run out on the model's clock: a process that sleeps too long, or is stopped, has lost its own. */
export class ModelLocks {
  readonly #scheduler: Scheduler;
  readonly #holders = new Map<string, Holder>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  lock(process: number): Lock {
    return { hold: (keys, options, work) => this.#hold(process, keys, options, work) };
  }

  /** All of them, with the Redis that held them. */
  lose(): void {
    this.#holders.clear();
  }

  async #hold<T>(
    process: number,
    keys: readonly string[],
    options: HoldOptions,
    work: Parameters<Lock['hold']>[2],
  ): Promise<T> {
    const scheduler = this.#scheduler;
    await scheduler.turn(process);
    if (keys.some((key) => (this.#holders.get(key)?.until ?? 0) > scheduler.now))
      throw new JitError('locked', { machine: 'm-1' });
    const holder: Holder = { process, until: scheduler.now + options.ttlMs };
    for (const key of keys) this.#holders.set(key, holder);
    const mine = () => keys.every((key) => this.#holders.get(key) === holder) && holder.until > scheduler.now;
    // Nobody renews here: the shortest that a real lock can be between two renewals.
    const held = {
      signal: new AbortController().signal,
      remainingMs: () => (mine() ? holder.until - scheduler.now : 0),
    };
    try {
      return (await work(held)) as T;
    } finally {
      if (!scheduler.isDead(process))
        for (const key of keys) if (this.#holders.get(key) === holder) this.#holders.delete(key);
    }
  }
}
