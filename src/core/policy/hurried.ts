import type { Instant } from '../language/instant.ts';

/** From `at` on, the next rung of a stage is asked, as too few of those whom it asked could be told. */
export interface Hurried {
  /** The stage as it was then (`StageState.key`): of another one it says nothing. */
  readonly stage: string;
  readonly at: Instant;
}
