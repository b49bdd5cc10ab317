/** What is on the way at most; what is asked for meanwhile goes together in the next call. */
const ON_THE_WAY = 2;

interface Waiting<V> {
  readonly key: string;
  readonly resolve: (value: V) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Joins readings of single things that are asked for at the same time into few calls: a thousand machines whose leases
 * end in the same second are read by tens. A reading never begins before it is asked for, and nothing is kept.
 */
export class Batch<V> {
  readonly #load: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>;
  readonly #none: V;
  readonly #most: number;
  #waiting: Waiting<V>[] = [];
  #underWay = 0;
  #planned = false;

  /** `load` reads at most `most` keys in one go; a key that it does not give is `none`. */
  constructor(load: (keys: readonly string[]) => Promise<ReadonlyMap<string, V>>, none: V, most: number) {
    this.#load = load;
    this.#none = none;
    this.#most = most;
  }

  get(key: string, signal: AbortSignal): Promise<V> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const stop = () => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      const done =
        <T>(finish: (result: T) => void) =>
        (result: T) => {
          signal.removeEventListener('abort', stop);
          finish(result);
        };
      this.#waiting.push({ key, resolve: done(resolve), reject: done(reject) });
      this.#plan();
    });
  }

  /** Lets everything that is asked for in this turn of the event loop come together. */
  #plan(): void {
    if (this.#planned || this.#waiting.length === 0 || this.#underWay >= ON_THE_WAY) return;
    this.#planned = true;
    setImmediate(() => {
      this.#planned = false;
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    const keys = [...new Set(this.#waiting.map(({ key }) => key))].slice(0, this.#most);
    const taken = new Set(keys);
    const going = this.#waiting.filter(({ key }) => taken.has(key));
    this.#waiting = this.#waiting.filter(({ key }) => !taken.has(key));
    this.#underWay += 1;
    this.#plan();
    try {
      const values = await this.#load(keys);
      for (const { key, resolve } of going) resolve(values.get(key) ?? this.#none);
    } catch (error) {
      for (const { reject } of going) reject(error);
    } finally {
      this.#underWay -= 1;
      this.#plan();
    }
  }
}
