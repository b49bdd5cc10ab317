import type { ClosedRule, LockdownPlan, LockdownWay, PutBackPlan, Stay } from '../core/machine/lockdown.ts';
import type { MachineId } from '../core/machine/machine.ts';
import type { Port } from '../core/rule/port.ts';
import type { UndoRecord, UndoRecords } from './undo.ts';

/** Ports of a machine that are to be closed to others' rules, and how. */
export interface LockdownAsk {
  readonly machine: MachineId;
  readonly ports: readonly Port[];
  readonly how: LockdownWay;
}

/** Rare power: close what others let stand open at ports that are to be protected, and put it back. */
export interface Lockdown {
  /** What lockdown would change, and for whom. Writes nothing. */
  planLockdown(ask: LockdownAsk, signal: AbortSignal): Promise<LockdownPlan>;
  /**
   * Closes, and gives what could not be. How a thing was is kept in `undo` before it is touched. Idempotent: what was begun is
   * gone on with. The caller holds the locks of `protectKey` and `lockdownKey`.
   */
  lockDown(ask: LockdownAsk, undo: UndoRecords, signal: AbortSignal): Promise<readonly Stay[]>;
  /**
   * Names what lockdown and putting back edit of a machine's that other machines share, or what an undo record puts back:
   * those with the same key are locked down, or put back, one after the other. Absent where `protectKey` covers that;
   * where there is one, all that can be put back is in `undo`.
   */
  lockdownKey?(of: MachineId | UndoRecord): string;
  /** What an undo record says was closed. Throws `badUndo`. */
  closedIn?(record: UndoRecord): ClosedRule;
  /** What putting back would open, and for whom. Writes nothing. */
  planPutBack(which: PutBackAsk, undo: UndoRecords, signal: AbortSignal): Promise<PutBackPlan>;
  /**
   * Puts back what was closed, as far as no protected machine needs it closed. Says in sentences what could not be put back,
   * and what waits for others: that stays in `undo`. The caller holds the lock of `lockdownKey`.
   */
  putBack(which: PutBackAsk, undo: UndoRecords, signal: AbortSignal): Promise<readonly string[]>;
}

/** What is to be put back: what was closed for a machine, or some records; everything in `undo`, whoever needs it closed, where neither is named. */
export interface PutBackAsk {
  readonly machine?: MachineId;
  readonly ports?: readonly Port[];
  readonly records?: readonly string[];
  /** Also what somebody removed since. */
  readonly whole?: boolean;
}
