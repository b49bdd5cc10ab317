import type { Instant } from '../../src/core/language/instant.ts';

/** Values that may have an end. */
export class Expiring<T> {
  readonly #clock: () => Instant;
  readonly #entries = new Map<string, { readonly value: T; readonly until: Instant }>();

  constructor(clock: () => Instant) {
    this.#clock = clock;
  }

  snapshot(): () => void {
    const kept = new Map(this.#entries);
    return () => {
      this.#entries.clear();
      for (const [key, entry] of kept) this.#entries.set(key, entry);
    };
  }

  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    return entry && entry.until > this.#clock() ? entry.value : undefined;
  }

  all(): readonly T[] {
    return [...this.#entries.keys()].flatMap((key) => this.get(key) ?? []);
  }

  set(key: string, value: T, forMs = Number.POSITIVE_INFINITY): void {
    this.#entries.set(key, { value, until: this.#clock() + forMs });
  }

  expire(key: string, forMs: number): void {
    const value = this.get(key);
    if (value !== undefined) this.set(key, value, forMs);
  }
}

export type MapOfAny = Map<unknown, unknown>;

/** What it gives makes the maps what they are now. */
export function snapshotOf(maps: readonly MapOfAny[]): () => void {
  const kept = maps.map((map) => [map, new Map(map)] as const);
  return () => {
    for (const [map, entries] of kept) {
      map.clear();
      for (const [key, value] of entries) map.set(key, value);
    }
  };
}
