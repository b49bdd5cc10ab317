import { HOUR_MS } from '../core/language/instant.ts';

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

/** More is asked for by nobody: the oldest is dropped then. */
const MOST_KEPT = 5_000;
/** A service, or a proxy, may ask for years. What is called so late that it asks again was not called too often. */
const MOST_MS = HOUR_MS;

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
    // The one that is asked for last is the last to go.
    this.#gates.delete(key);
    this.#gates.set(key, { until: this.#asking.now() + Math.min(ms, MOST_MS) });
    const [oldest] = this.#gates.keys();
    if (this.#gates.size > MOST_KEPT && oldest !== undefined) this.#gates.delete(oldest);
  }
}
