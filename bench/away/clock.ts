import { setTimeout as wait } from 'node:timers/promises';

/** A clock that runs so many times faster than the real one once it is told to, and can be set forward. */
export class FastClock {
  readonly factor: number;
  #isFast = false;
  #from = { real: Date.now(), told: Date.now() };

  constructor(factor: number) {
    this.factor = factor;
  }

  readonly now = (): number => {
    const { real, told } = this.#from;
    return told + (Date.now() - real) * (this.#isFast ? this.factor : 1);
  };

  /** Runs fast from this instant on. */
  runFrom(told: number): void {
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
