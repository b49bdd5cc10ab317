/** Kept at most; the oldest is forgotten first, which costs a few calls and nothing else. */
const MOST = 20_000;

/**
 * The rules that EC2 confirmed by name to this process to be revoked. A rule's id is never used again, so when such a
 * placement is to be closed again later than readings lag (the second look at an ended lease), a reading alone says
 * whether anything has landed there since.
 */
export class RevokedRules {
  readonly #at = new Map<string, number>();
  readonly #now: () => number;
  readonly #lagMs: number;
  readonly #most: number;

  /** `now` is the process clock; `lagMs` is how far readings may lag. */
  constructor(now: () => number, lagMs: number, most = MOST) {
    this.#now = now;
    this.#lagMs = lagMs;
    this.#most = most;
  }

  /** `sgr-…` was revoked just now. */
  note(id: string): void {
    this.#at.set(id, this.#now());
    const [oldest] = this.#at.keys();
    if (this.#at.size > this.#most && oldest !== undefined) this.#at.delete(oldest);
  }

  /** Was the rule revoked so long ago that a reading would show anything that stands in its place? */
  longAgo(id: string | undefined): boolean {
    const at = id === undefined ? undefined : this.#at.get(id);
    return at !== undefined && this.#now() - at > this.#lagMs;
  }
}
