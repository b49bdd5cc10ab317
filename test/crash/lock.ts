import { JitError } from '../../src/core/errors/errors.ts';
import type { HoldOptions, Lock } from '../../src/ports/lock.ts';
import type { Scheduler } from './scheduler.ts';

interface Holder {
  readonly process: number;
  readonly until: number;
  removes: boolean;
}

/** Who says nothing for so long has left its locks to those that only remove too. */
const SILENT_MS = 2_000;

/** Locks that run out on the model's clock: a process that sleeps too long, or is stopped, has lost its own. */
export class ModelLocks {
  readonly #scheduler: Scheduler;
  readonly #holders = new Map<string, Holder>();
  /** Until then only who removes gets it: what was called under a lock that was left may still land. */
  readonly #left = new Map<string, number>();

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  /** How many locks were taken before they ended, as their process was silent. */
  taken = 0;

  lock(process: number): Lock {
    return { hold: (keys, options, work) => this.#hold(process, keys, options, work) };
  }

  /** All of them, with the Redis that held them. */
  lose(): void {
    this.#holders.clear();
    this.#left.clear();
  }

  #isFree(key: string, removes: boolean): boolean {
    const { now } = this.#scheduler;
    const holder = this.#holders.get(key);
    if (!removes && this.#mayLand(key)) return false;
    if (!holder || holder.until <= now) return true;
    return removes && holder.removes && this.#scheduler.isSilent(holder.process, SILENT_MS);
  }

  #mayLand(key: string): boolean {
    return (this.#left.get(key) ?? 0) > this.#scheduler.now;
  }

  async #hold<T>(
    process: number,
    keys: readonly string[],
    options: HoldOptions,
    work: Parameters<Lock['hold']>[2],
  ): Promise<T> {
    const scheduler = this.#scheduler;
    await scheduler.turn(process);
    const removes = options.removes ?? false;
    if (!keys.every((key) => this.#isFree(key, removes))) throw new JitError('locked', { machine: 'm-1' });
    const holder: Holder = { process, until: scheduler.now + options.ttlMs, removes };
    for (const key of keys) {
      if ((this.#holders.get(key)?.until ?? 0) > scheduler.now) this.taken += 1;
      this.#left.set(key, Math.max(this.#left.get(key) ?? 0, this.#holders.get(key)?.until ?? 0));
      this.#holders.set(key, holder);
    }
    const mine = () => keys.every((key) => this.#holders.get(key) === holder) && holder.until > scheduler.now;
    // Nobody renews here: the shortest that a real lock can be between two renewals.
    const held = {
      signal: new AbortController().signal,
      remainingMs: () => (mine() ? holder.until - scheduler.now : 0),
      writes: async () => {
        if (!holder.removes) return;
        await scheduler.turn(process);
        if (!mine() || keys.some((key) => this.#mayLand(key))) throw new JitError('locked', { machine: 'm-1' });
        holder.removes = false;
      },
    };
    try {
      return (await work(held)) as T;
    } finally {
      if (!scheduler.isDead(process))
        for (const key of keys) if (this.#holders.get(key) === holder) this.#holders.delete(key);
    }
  }
}
