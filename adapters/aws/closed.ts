import { type Placement, placementKey } from '../../src/core/rule.ts';

/** Kept at most; the oldest is forgotten first, which costs a few calls and nothing else. */
const MOST = 20_000;

/**
 * The placements whose closing EC2 confirmed by name to this process. When such a one is to be closed again later than
 * readings lag (the second look at an ended lease), a reading alone says whether anything has landed there since.
 */
export class Closed {
  readonly #at = new Map<string, number>();
  readonly #now: () => number;
  readonly #lagMs: number;

  /** `now` is the process clock; `lagMs` is how far readings may lag. */
  constructor(now: () => number, lagMs: number) {
    this.#now = now;
    this.#lagMs = lagMs;
  }

  note(placement: Placement): void {
    const key = placementKey(placement);
    this.#at.delete(key);
    this.#at.set(key, this.#now());
    if (this.#at.size > MOST) for (const oldest of this.#at.keys()) return void this.#at.delete(oldest);
  }

  /** It is about to be written again. */
  forget(placement: Placement): void {
    this.#at.delete(placementKey(placement));
  }

  /** Was it closed so long ago that a reading would show anything that is there? */
  longAgo(placement: Placement): boolean {
    const at = this.#at.get(placementKey(placement));
    return at !== undefined && this.#now() - at > this.#lagMs;
  }
}
