/** Mutual exclusion among all processes. It is not a fence: it can be lost, and `work` is told by its signal. */
export interface Lock {
  /**
   * Holds all keys or none while `work` runs. Waits at most `waitMs` (then throws `locked`); a waiting close goes
   * before a waiting open. Renewed while the event loop lives; a lost renewal aborts the signal.
   */
  hold<T>(keys: readonly string[], options: HoldOptions, work: (held: Held) => Promise<T>): Promise<T>;
}

export interface HoldOptions {
  readonly ttlMs: number;
  readonly waitMs: number;
  readonly closing: boolean;
  /**
   * The work only makes calls that take rules away, until it says `writes`. Two such works do each other no harm, so that such a lock
   * is not waited for once its process is known to be gone; whoever opens waits for as long as without this.
   */
  readonly removes?: boolean;
  readonly signal: AbortSignal;
}

export interface Held {
  readonly signal: AbortSignal;
  /** How long the lock surely lasts from now, in milliseconds of the process's monotonic clock. */
  remainingMs(): number;
  /** To be waited for before any call that does more than take rules away. Throws `locked` where it must not be made. */
  writes(): Promise<void>;
}
