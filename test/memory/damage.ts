import type { MachineId } from '../../src/core/machine/machine.ts';

/** What a test may break. */
export interface Damage {
  /** Takes a machine out of the due index, as a bug or a careless hand would. */
  forgetDue(machine: MachineId): Promise<void>;
  /** How it is now: what it gives makes it so again, as a restore or a lost failover does, which is noticed at once. */
  snapshot(): () => void;
}
