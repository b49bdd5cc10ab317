import type { AuditEntry } from '../core/audit/entry.ts';

/** Entries of the audit that could not be written where they belong, kept on this computer until they can. */
export interface Spool {
  /** Resolves once they are on the disk. */
  add(entries: readonly AuditEntry[]): Promise<void>;
  /**
   * Writes all entries of this process, and of processes that died here, with `write`, which must write the same entry once
   * however often it is given. Gives how many there were. One that throws leaves them for the next time.
   */
  merge(write: (entry: AuditEntry) => Promise<void>): Promise<number>;
}
