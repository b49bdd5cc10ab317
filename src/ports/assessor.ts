import type { Assessment, Verdict } from '../core/assessment.ts';
import type { Machine } from '../core/machine.ts';

/** Rare power of a cloud: says of all its machines whether they should be protected. */
export interface Assessor {
  /**
   * Reads everything now, in bulk: the number of calls does not grow with the number of machines but by their pages. What
   * cannot be read (a subscription, a region) is left out and named; throws when nothing can.
   */
  assess(signal: AbortSignal): Promise<Assessed>;
}

export interface Assessed {
  readonly machines: readonly AssessedMachine[];
  /** What was left out, in words. */
  readonly unread: readonly string[];
}

export interface AssessedMachine extends Assessment {
  readonly machine: Machine;
  /** What the cloud's own product says of it, where it has an opinion. */
  readonly opinion?: Opinion;
}

export interface Opinion {
  /** `Defender`. */
  readonly by: string;
  readonly verdict: Verdict;
}
