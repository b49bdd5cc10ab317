import { ENDLESS, orAborted } from './time-limit.ts';

/** More than this many things of one kind are not remembered. */
const MOST = 1_000;

/** Who reads, with the clock that tells how old a reading is. */
interface Reader {
  now(): number;
}

interface Kept<T> {
  readonly at: number;
  readonly value: Promise<T>;
}

/** Readings of what changes seldom, kept for some seconds by reader and id: whoever asks at the same time shares one. */
export class Recent<T> {
  readonly #keptMs: number;
  readonly #kept = new WeakMap<Reader, Map<string, Kept<T>>>();

  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  /** `read` is shared, so it has no signal of the one who asks, and limits itself. One that fails is not kept. */
  read(reader: Reader, id: string, read: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const all = this.#of(reader);
    const before = all.get(id);
    const at = reader.now();
    if (before && at - before.at < this.#keptMs) return orAborted(before.value, signal);
    const value = read(ENDLESS);
    all.set(id, { at, value });
    value.catch(() => {
      if (all.get(id)?.value === value) all.delete(id);
    });
    return orAborted(value, signal);
  }

  #of(reader: Reader): Map<string, Kept<T>> {
    const known = this.#kept.get(reader);
    if (known && known.size < MOST) return known;
    const made = new Map<string, Kept<T>>();
    this.#kept.set(reader, made);
    return made;
  }
}
