/** Milliseconds since 1970, UTC. Every simulator takes one, so that a test can move time without waiting. */
export type Clock = () => number;

/** A clock that stands still until it is told to move. */
export class ManualClock {
  #now: number;

  constructor(startMs: number) {
    this.#now = startMs;
  }

  readonly now: Clock = () => this.#now;

  /** Moves time on by `ms`. */
  advance(ms: number): void {
    this.#now += ms;
  }
}
