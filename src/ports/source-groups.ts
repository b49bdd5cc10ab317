import type { MachineId } from '../core/machine/machine.ts';

/** Rare power of a cloud: its rules can let in whoever bears a security group. */
export interface SourceGroups {
  /**
   * Whom a rule for this group would let in to the machine, in a sentence for whoever decides. Writes nothing. Throws
   * `groupElsewhere` where it would let in nobody, `machineGone`.
   */
  bearers(machine: MachineId, group: string, signal: AbortSignal): Promise<string>;
}
