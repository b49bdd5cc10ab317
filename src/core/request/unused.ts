import type { Instant } from '../language/instant.ts';

/** Whether it is closed before its end because nobody connects, and what is known of that. */
export interface Unused {
  /** So long after it was opened, in milliseconds, somebody must have connected; absent: it is not closed for that. */
  readonly afterMs?: number;
  /** Why nobody can tell whether anybody connects, in a few words: then it stays open until its end. */
  readonly untold?: string;
  /** When a connection was seen first, by the cloud's clock. */
  readonly seenAt?: Instant;
}
