import { JitError } from '../../src/core/errors/errors.ts';
import type { Held, HoldOptions, Lock } from '../../src/ports/lock.ts';

interface Waiter {
  readonly keys: readonly string[];
  readonly closing: boolean;
  readonly go: (lost: AbortController) => void;
}

/**
 * The Redis lock's twin without Redis, timers or a clock: those who wait go on when somebody lets go, closes first, then
 * in the order in which they came. A lock is held until it is let go or `lose` takes it away.
 */
export function memoryLock(): Lock & { lose(key: string): void } {
  return new MemoryLock();
}

class MemoryLock implements Lock {
  readonly #held = new Map<string, AbortController>();
  #waiting: readonly Waiter[] = [];

  async hold<T>(keys: readonly string[], options: HoldOptions, work: (held: Held) => Promise<T>): Promise<T> {
    options.signal.throwIfAborted();
    const lost = this.#isFree(keys, options.closing) ? this.#take(keys) : await this.#wait(keys, options);
    try {
      const signal = AbortSignal.any([options.signal, lost.signal]);
      return await work({
        signal,
        remainingMs: () => (lost.signal.aborted ? 0 : options.ttlMs),
        writes: async () => {},
      });
    } finally {
      for (const key of keys) if (this.#held.get(key) === lost) this.#held.delete(key);
      this.#next();
    }
  }

  /** Somebody slept past the end of this lock: others may take it, and the work is told. */
  lose(key: string): void {
    const lost = this.#held.get(key);
    for (const [other, owner] of this.#held) if (owner === lost) this.#held.delete(other);
    lost?.abort(new JitError('lockLost'));
    this.#next();
  }

  #wait(keys: readonly string[], { waitMs, closing, signal }: HoldOptions): Promise<AbortController> {
    if (waitMs <= 0) throw new JitError('locked', { machine: 'the machine' });
    return new Promise((resolve, reject) => {
      const giveUp = () => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter);
        reject(signal.reason);
        this.#next();
      };
      const waiter: Waiter = {
        keys,
        closing,
        go: (lost) => {
          signal.removeEventListener('abort', giveUp);
          resolve(lost);
        },
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting = [...this.#waiting, waiter].sort((a, b) => Number(b.closing) - Number(a.closing));
    });
  }

  #isFree(keys: readonly string[], closing: boolean): boolean {
    const marked = (key: string) => this.#waiting.some((other) => other.closing && other.keys.includes(key));
    return keys.every((key) => !this.#held.has(key) && (closing || !marked(key)));
  }

  #take(keys: readonly string[]): AbortController {
    const lost = new AbortController();
    for (const key of keys) this.#held.set(key, lost);
    return lost;
  }

  #next(): void {
    for (const waiter of this.#waiting) {
      if (!this.#isFree(waiter.keys, waiter.closing)) continue;
      this.#waiting = this.#waiting.filter((other) => other !== waiter);
      waiter.go(this.#take(waiter.keys));
    }
  }
}
