import type { Instant } from '../language/instant.ts';
import type { Saying } from '../language/text.ts';

/** It is asked again, since something is not as it was shown. */
export interface AskedAgain {
  readonly at: Instant;
  readonly version: number;
  /** What changed, in English. */
  readonly what: readonly string[];
  /** The same, each for whoever reads it; absent where a version asked that did not keep it. */
  readonly said?: readonly Saying[];
}
