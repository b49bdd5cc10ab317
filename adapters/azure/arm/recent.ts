import { ENDLESS, orAborted } from '../../../src/kit/time-limit.ts';
import type { Azure } from './context.ts';

/** More than this many things of one kind are not remembered. */
const MOST = 1_000;

interface Kept<T> {
  readonly at: number;
  readonly value: Promise<T>;
}

/** Readings of what changes seldom, kept for some seconds by id: whoever asks at the same time shares one. */
export class Recent<T> {
  readonly #keptMs: number;
  readonly #kept = new WeakMap<Azure, Map<string, Kept<T>>>();

  constructor(keptMs: number) {
    this.#keptMs = keptMs;
  }

  /** `read` is shared, so it has no signal of the one who asks, and limits itself. */
  read(azure: Azure, id: string, read: (signal: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const all = this.#of(azure);
    const before = all.get(id);
    const at = azure.now();
    if (before && at - before.at < this.#keptMs) return orAborted(before.value, signal);
    const value = read(ENDLESS);
    all.set(id, { at, value });
    value.catch(() => all.delete(id));
    return orAborted(value, signal);
  }

  #of(azure: Azure): Map<string, Kept<T>> {
    const known = this.#kept.get(azure);
    if (known && known.size < MOST) return known;
    const made = new Map<string, Kept<T>>();
    this.#kept.set(azure, made);
    return made;
  }
}
