import { isAhead, type Rank } from './rank.ts';
import { orAborted } from './time-limit.ts';

interface Waiter {
  readonly rank: Rank;
  readonly isChange: boolean;
  readonly go: () => void;
}

/** The part that only urgent ones get: calls that hang hold up no closing. */
const KEPT = 0.2;

/** Is called once what was taken is free again; more than once does nothing. */
type GiveBack = () => void;

/**
 * So many calls under way at once; urgent ones go first, then those that change something, then in the order of their ranks. Without it all that
 * becomes due together opens a connection each, and where that takes long, all of it runs out of time together.
 */
export class CallSlots {
  #free: number;
  readonly #kept: number;
  readonly #waiting = new Set<Waiter>();

  constructor(count: number) {
    this.#free = count;
    this.#kept = Math.floor(count * KEPT);
  }

  /** Undefined where all that it may have are taken. */
  takeFree(rank: Rank): GiveBack | undefined {
    return this.#isFreeFor(rank) ? this.#taken() : undefined;
  }

  /** Waits for one. Throws the reason of the signal when that aborts before. */
  async take(rank: Rank, isChange: boolean, signal: AbortSignal): Promise<GiveBack> {
    const free = this.takeFree(rank);
    if (free) return free;
    const { promise, resolve } = Promise.withResolvers<GiveBack>();
    const waiter = { rank, isChange, go: () => resolve(this.#taken()) };
    this.#waiting.add(waiter);
    try {
      return await orAborted(promise, signal);
    } catch (error) {
      // It may have been given in the moment in which it was given up.
      if (!this.#waiting.has(waiter)) (await promise)();
      throw error;
    } finally {
      this.#waiting.delete(waiter);
    }
  }

  #isFreeFor({ isUrgent }: Rank): boolean {
    return this.#free > (isUrgent ? 0 : this.#kept);
  }

  #taken(): GiveBack {
    this.#free -= 1;
    let isMine = true;
    return () => {
      if (isMine) this.#next();
      isMine = false;
    };
  }

  #next(): void {
    this.#free += 1;
    let first: Waiter | undefined;
    for (const one of this.#waiting) if (!first || goesBefore(one, first)) first = one;
    if (!first || !this.#isFreeFor(first.rank)) return;
    this.#waiting.delete(first);
    first.go();
  }
}

function goesBefore(one: Waiter, other: Waiter): boolean {
  if (one.rank.isUrgent === other.rank.isUrgent && one.isChange !== other.isChange) return one.isChange;
  return isAhead(one.rank, other.rank);
}
