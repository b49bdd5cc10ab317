import type { Instant } from '../language/instant.ts';

/** What is owed for access that nobody approved. */
export interface GlassBroken {
  /** When somebody else has to have said whether it was right. */
  readonly reviewBy: Instant;
}
