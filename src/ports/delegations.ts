import type { Delegation } from '../core/people/delegation.ts';

/** Who decides for whom. One that is over is kept for a while: what was approved under it stays so. */
export interface Delegations {
  all(): Promise<readonly Delegation[]>;
  /** In place of the one that the same person had. */
  keep(delegation: Delegation): Promise<void>;
  /** False where there was none. */
  drop(from: string): Promise<boolean>;
  /** Drops all; gives how many there were. */
  clear(): Promise<number>;
}
