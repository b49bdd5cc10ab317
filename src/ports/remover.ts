import type { Placement } from '../core/rule/rule.ts';
import type { Found } from './found.ts';

/** Rare power: closing without the lock that somebody else who writes there may hold. */
export interface Remover {
  /** What `patrol` finds, and changes nothing at all. */
  marked(signal: AbortSignal): AsyncIterable<Found>;
  /**
   * Reads each of these rules again, and takes away those of which `mayGo` is true for what was just read. It only removes:
   * an object that can only be written whole is written on the condition that it is still what was read, again and again
   * until none of them is left. Gives those that were taken away; absent is success. One that fails keeps no other from
   * going; the first error is thrown last. Throws `unconditional` where an object cannot be written on a condition.
   */
  remove(placements: readonly Placement[], mayGo: MayGo, signal: AbortSignal): Promise<readonly Placement[]>;
}

/** May the rule go, as it was just read? `cloudNow` is there where the reply had a `Date`. */
export type MayGo = (found: Found) => boolean;
