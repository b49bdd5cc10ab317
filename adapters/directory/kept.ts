/** More than any company has people. */
const MOST = 50_000;

interface One<T> {
  readonly at: number;
  readonly value: T;
}

/** What was read of whom and when. Whoever asks while it is being read gets that reading. */
export class Kept<T> {
  readonly #now: () => number;
  readonly #kept = new Map<string, One<T>>();
  readonly #reading = new Map<string, Promise<T | undefined>>();

  constructor(now: () => number) {
    this.#now = now;
  }

  within(key: string, ms: number): T | undefined {
    const one = this.#kept.get(key);
    return one && this.#now() - one.at < ms ? one.value : undefined;
  }

  /** However old. */
  last(key: string): T | undefined {
    return this.#kept.get(key)?.value;
  }

  keep(key: string, value: T): void {
    if (this.#kept.size >= MOST) this.#kept.clear();
    this.#kept.set(key, { at: this.#now(), value });
  }

  /** What is not there is not kept, and forgotten where it was. */
  async anew(key: string, read: () => Promise<T | undefined>): Promise<T | undefined> {
    const under = this.#reading.get(key);
    if (under) return under;
    const reading = read().finally(() => this.#reading.delete(key));
    this.#reading.set(key, reading);
    const value = await reading;
    if (value === undefined) this.#kept.delete(key);
    else this.keep(key, value);
    return value;
  }
}
