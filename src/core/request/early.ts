import type { Instant } from '../language/instant.ts';

/** It ends earlier than was approved, as too many others end then to be closed in time. */
export interface Early {
  readonly until: Instant;
  /** The end that was approved. */
  readonly insteadOf: Instant;
  /** So many others end from then until the approved end. */
  readonly others: number;
}
