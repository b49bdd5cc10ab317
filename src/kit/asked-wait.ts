interface Gate {
  /** Monotonic milliseconds; before that, nothing is sent. */
  readonly until: number;
  /** The one call that finds out whether it goes on. */
  trying?: Promise<unknown>;
}

interface Asking {
  /** How long an error of a call asks to wait, in ms; undefined where it does not. */
  readonly waitOf: (error: unknown) => number | undefined;
  /** What is thrown in place of a call that would come too early by `ms`. */
  readonly refusal: (ms: number) => Error;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
}

/** More is asked for by nobody: what is over is dropped then. */
const MOST_KEPT = 5_000;

/**
 * Obeys what a service asks for with Retry-After: what it asked that for is not called until then, then by one call alone, and by
 * all again once that one was taken.
 */
export class AskedWait {
  readonly #asking: Required<Asking>;
  readonly #gates = new Map<string, Gate>();

  constructor(asking: Asking) {
    this.#asking = { now: () => performance.now(), ...asking };
  }

  /** Throws the refusal, and does not call, while the time of `key` has not come. */
  async run<T>(key: string, call: () => Promise<T>): Promise<T> {
    for (let gate = this.#gates.get(key); gate; gate = this.#gates.get(key)) {
      const left = gate.until - this.#asking.now();
      if (left > 0) throw this.#asking.refusal(left);
      if (!gate.trying) {
        const trying = this.#call(key, call);
        gate.trying = trying;
        return trying;
      }
      // Either way its gate is another one then, or none.
      await gate.trying.catch(() => {});
    }
    return this.#call(key, call);
  }

  async #call<T>(key: string, call: () => Promise<T>): Promise<T> {
    const before = this.#gates.get(key);
    try {
      const answer = await call();
      if (this.#gates.get(key) === before) this.#gates.delete(key);
      return answer;
    } catch (error) {
      const ms = this.#asking.waitOf(error);
      if (ms !== undefined) this.#keep(key, ms);
      else if (this.#gates.get(key) === before) this.#gates.delete(key);
      throw error;
    }
  }

  #keep(key: string, ms: number): void {
    const now = this.#asking.now();
    if (this.#gates.size >= MOST_KEPT)
      for (const [other, { until, trying }] of this.#gates) if (until <= now && !trying) this.#gates.delete(other);
    this.#gates.set(key, { until: now + ms });
  }
}
