import { isAhead, type Rank } from './rank.ts';
import { orAborted } from './time-limit.ts';

interface Waiter {
  readonly rank: Rank;
  readonly isChange: boolean;
  readonly go: () => void;
}

/** Is called once what was taken is free again; more than once does nothing. */
type GiveBack = () => void;

/**
 * So many calls under way at once; urgent ones go first, then those that change something, then in the order of their ranks. Without it all that
 * becomes due together opens a connection each, and where that takes long, all of it runs out of time together.
 */
export class CallSlots {
  #free: number;
  readonly #waiting = new Set<Waiter>();

  constructor(count: number) {
    this.#free = count;
  }

  /** Undefined where all are taken. */
  takeFree(): GiveBack | undefined {
    if (this.#free === 0) return undefined;
    this.#free -= 1;
    return this.#taken();
  }

  /** Waits for one. Throws the reason of the signal when that aborts before. */
  async take(rank: Rank, isChange: boolean, signal: AbortSignal): Promise<GiveBack> {
    const free = this.takeFree();
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

  #taken(): GiveBack {
    let isMine = true;
    return () => {
      if (isMine) this.#next();
      isMine = false;
    };
  }

  #next(): void {
    let first: Waiter | undefined;
    for (const one of this.#waiting) if (!first || goesBefore(one, first)) first = one;
    if (!first) this.#free += 1;
    else {
      this.#waiting.delete(first);
      first.go();
    }
  }
}

function goesBefore(one: Waiter, other: Waiter): boolean {
  if (one.rank.isUrgent === other.rank.isUrgent && one.isChange !== other.isChange) return one.isChange;
  return isAhead(one.rank, other.rank);
}
