import type { LoggedWrite, WriteAround } from '../core/evidence/written.ts';
import type { Instant } from '../core/language/instant.ts';
import type { MachineId } from '../core/machine/machine.ts';

/** One log of a cloud: that of a subscription, or of an account in a region. */
export interface CloudLog {
  /** `Azure 00000000-…`, `AWS 123456789012, eu-west-1`: as it is kept, and told. */
  readonly name: string;
  /** How long the service takes to show what happened, by its documentation. */
  readonly lagMs: number;
  /** How long it keeps it. */
  readonly keepsMs: number;
  /** Is a machine's account in it? */
  covers(machine: MachineId): boolean;
}

/** Rare power of a cloud: reads in its own log who wrote to what lets something in. */
export interface WriteLog {
  logs(signal: AbortSignal): Promise<readonly CloudLog[]>;
  /**
   * All writes that succeeded, or may have, in that time, in no order. Throws where it may not be read, is throttled, or is too
   * long to be read to its end: then nobody can tell.
   */
  written(
    log: string,
    period: { readonly from: Instant; readonly to: Instant },
    signal: AbortSignal,
  ): Promise<readonly LoggedWrite[]>;
  /** Those of them that are in front of protected machines, with these. */
  around(log: string, writes: readonly LoggedWrite[], signal: AbortSignal): Promise<readonly WriteAround[]>;
}

/** How far a log was compared with the audit. */
export interface LogMark {
  /** When it was compared for the first time: what was before is nobody's here to tell. */
  readonly began: Instant;
  /** Everything before it was compared. */
  readonly upTo: Instant;
  /** The audit says of everything before it whether it was compared. */
  readonly claimed?: Instant;
  /** Since when it lacks Drawbridge's own writes. */
  readonly blindFrom?: Instant;
  /** The audit says that nobody can tell. */
  readonly unread?: boolean;
}

/** Behind which entries of the audit are read. */
export interface ReadFrom {
  readonly epoch: number;
  readonly sequence: number;
  /** From when on every entry is known; absent where all are. */
  readonly since?: Instant;
}

/** Keeps how far each log was compared. */
export interface LogMarks {
  of(log: string): Promise<LogMark | undefined>;
  keep(log: string, mark: LogMark): Promise<void>;
  /** The place in the audit behind which everything is that may still be needed. */
  place(): Promise<ReadFrom | undefined>;
  keepPlace(place: ReadFrom): Promise<void>;
}
