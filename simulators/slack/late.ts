import type { Clock } from '../shared/clock.ts';

/** Effects of calls that were cut off and land later, once the simulator's clock says so. */
export class Late {
  readonly #clock: Clock;
  #waiting: { readonly dueMs: number; readonly land: () => void }[] = [];

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(afterMs: number, land: () => void): void {
    this.#waiting.push({ dueMs: this.#clock() + afterMs, land });
    // A clock that follows real time lands it without anybody looking.
    setTimeout(() => this.landDue(), afterMs + 1).unref();
  }

  /** Lets everything happen that is due. */
  landDue(): void {
    const now = this.#clock();
    const due = this.#waiting.filter((w) => w.dueMs <= now);
    this.#waiting = this.#waiting.filter((w) => w.dueMs > now);
    for (const { land } of due) land();
  }
}
