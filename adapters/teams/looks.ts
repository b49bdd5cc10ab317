import { MINUTE_MS } from '../../src/core/language/instant.ts';

/** Looks of one person in a minute: whoever scrolls through a channel takes some, and each costs a read. */
const MOST_LOOKS = 120;
const MOST_KEPT = 5_000;

/** How often one person may look. `now` is a monotonic clock, in ms. */
export class Looks {
  readonly #now: () => number;
  readonly #counts = new Map<string, { readonly ends: number; count: number }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  isTooMany(user: string): boolean {
    const known = this.#counts.get(user);
    const period = known && this.#now() < known.ends ? known : { ends: this.#now() + MINUTE_MS, count: 0 };
    if (this.#counts.size >= MOST_KEPT) this.#counts.clear();
    this.#counts.set(user, period);
    period.count += 1;
    return period.count > MOST_LOOKS;
  }
}
