import type { ClosingPlan, How, Stay } from '../core/machine/lockdown.ts';
import type { MachineId } from '../core/machine/machine.ts';
import type { Port } from '../core/rule/port.ts';
import type { UndoRecords } from './undo.ts';

/** Rare power: close what others let stand open at ports that are to be protected, and put it back. */
export interface Closer {
  /** What closing would change, and for whom. Writes nothing. */
  planToClose(machine: MachineId, ports: readonly Port[], how: How, signal: AbortSignal): Promise<ClosingPlan>;
  /**
   * Closes, and gives what could not be. How a thing was is kept in `undo` before it is touched. Idempotent: what was
   * begun is gone on with. The caller holds the lock of `protectKey`.
   */
  closeStanding(
    machine: MachineId,
    ports: readonly Port[],
    how: How,
    undo: UndoRecords,
    signal: AbortSignal,
  ): Promise<readonly Stay[]>;
  /**
   * Puts back what was closed for a machine at these ports, or all, as far as no other protected machine needs it closed;
   * without a machine, everything in `undo`. Says in sentences what could not be put back, and what waits for others.
   */
  putBack(
    which: { readonly machine?: MachineId; readonly ports?: readonly Port[] },
    undo: UndoRecords,
    signal: AbortSignal,
  ): Promise<readonly string[]>;
}
