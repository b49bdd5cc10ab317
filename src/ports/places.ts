import type { JitError } from '../core/errors/errors.ts';
import type { MachineId } from '../core/machine/machine.ts';
import type { Placement, Rule } from '../core/rule/rule.ts';

/** Rare power of a cloud where rules stand in something that is put on machines, and that anybody there may put elsewhere. */
export interface Places {
  /** What of ours is not where it belongs, in every account, or of these machines alone. Changes nothing. */
  misplaced(signal: AbortSignal, only?: readonly MachineId[]): AsyncIterable<Misplaced>;
  /** Puts one right. Done already is success; throws where it cannot be, with nothing changed for the worse. */
  putRight(found: Misplaced, signal: AbortSignal): Promise<void>;
}

/**
 * `takenOff`: from its own machine, where nobody gets in then. `elsewhere`: on something else too, which its rules open then.
 * `missing`: the rules of leases are not in a group that is in front of the machine now, or in none, so nobody gets in by them.
 */
export interface Misplaced {
  readonly what: 'takenOff' | 'elsewhere' | 'missing';
  /** The machine that it was made for. */
  readonly machine: MachineId;
  /** What placements in it are `at`. */
  readonly at: string;
  /** For `missing`: where the rules are once it is put right, so that they are closed there too. */
  readonly placements?: readonly Placement[];
  /**
   * Leases with this rule alone are meant, of which none stands anywhere any more. Where there is no such lease nothing is wrong: the cloud
   * does not tell an access that was ended from one whose rules somebody deleted.
   */
  readonly only?: Rule;
  /** What has to be held while it is put right, besides what protecting holds. */
  readonly locks: readonly string[];
  /** The cloud's own id of it. */
  readonly id: string;
  /** How people know it. */
  readonly name: string;
  /** Who did it, where the cloud told. */
  readonly by?: string;
  /** Why access through it ends, where it does. */
  readonly error: JitError;
  /** May, and can, it be put right? */
  readonly isRepairable: boolean;
}
