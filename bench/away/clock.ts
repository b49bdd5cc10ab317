import { setTimeout as wait } from 'node:timers/promises';
import { HOUR_MS } from '../../src/core/language/instant.ts';

/** What opens ports before something is measured may wait for so long: nobody has to wait for that. */
export const EARLIER_MS = HOUR_MS;

/**
 * A clock that runs so many times faster than the real one once it is told to, and can be set forward. It may begin earlier, so that what is
 * waited for before that is over by now.
 */
export class FastClock {
  readonly factor: number;
  #isFast = false;
  #from: { readonly real: number; readonly told: number };

  constructor(factor: number, earlierMs = 0) {
    this.factor = factor;
    this.#from = { real: Date.now(), told: Date.now() - earlierMs };
  }

  readonly now = (): number => {
    const { real, told } = this.#from;
    return told + (Date.now() - real) * (this.#isFast ? this.factor : 1);
  };

  /** Runs fast from this instant on, which has not gone by: what a cloud did meanwhile would be under way again. */
  runFrom(told: number): void {
    if (told < this.now()) throw new Error('a clock does not go back: begin it earlier');
    this.#from = { real: Date.now(), told };
    this.#isFast = true;
  }

  /** Looks at each of the clock's seconds until it has seen enough, or until then. */
  async until(then: number, hasSeenEnough: () => boolean): Promise<void> {
    while (this.now() < then) {
      await wait(1_000 / this.factor);
      if (hasSeenEnough()) return;
    }
  }

  /** Before it runs fast, whoever waits sets it forward. */
  readonly pause = async (ms: number, signal: AbortSignal): Promise<void> => {
    if (!this.#isFast) this.#from = { real: Date.now(), told: this.now() + ms };
    await wait(this.#isFast ? ms / this.factor : 1, undefined, { signal });
  };
}
