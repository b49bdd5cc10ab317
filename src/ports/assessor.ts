import type { AssessedMachine } from '../core/machine/assessment.ts';
import type { UnservedMachine } from '../core/machine/match.ts';

/** Rare power of a cloud: says of all its machines whether they should be protected. */
export interface Assessor {
  /**
   * Reads everything now, in bulk: the number of calls grows with pages, not with machines. What cannot be read (a
   * subscription, a region) is left out and named; throws when nothing can.
   */
  assess(signal: AbortSignal): Promise<Assessed>;
}

export interface Assessed {
  readonly machines: readonly AssessedMachine[];
  /** What was left out, in words. */
  readonly unread: readonly string[];
  /** What is there, and cannot be requested. */
  readonly unserved?: readonly UnservedMachine[];
  /** What we made and nobody uses any more, in sentences. */
  readonly leftovers?: readonly string[];
}
