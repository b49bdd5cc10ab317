import type { AuditEntry } from '../core/audit/entry.ts';
import type { AuditTexts } from '../core/audit/record.ts';
import type { Instant } from '../core/language/instant.ts';

/**
 * Evidence, in one order: entries of commits, which the store writes in the commit's own script, and all others. Each gets
 * its epoch, sequence and instant where it is written.
 */
export interface Audit {
  /** Writes one entry that belongs to no commit. It is kept once this resolves; nothing may be changed before that. */
  record(entry: AuditEntry): Promise<void>;
  /** The same for an entry that was kept elsewhere meanwhile: it is written once, however often it is given. */
  merge(entry: AuditEntry): Promise<void>;
  /** Entries after a place, or from the first that is kept, in their order. */
  read(after: AuditPlace | undefined, limit: number): Promise<readonly AuditRecord[]>;
  /** Where the last entry stands that was ever written, whether it is kept still or not; undefined before the first. The next one comes behind it. */
  newest(): Promise<AuditPlace | undefined>;
  /** Writes what it has only counted so far: what is old enough, or, at the end, all of it. Absent where everything is written at once. */
  settle?(isEnd: boolean): Promise<void>;
  /** How much there is, and how much room is left for it. */
  size(): Promise<AuditSize>;
}

/** Where an entry stands. Sequences have no gap within an epoch; a later epoch is a database that began anew. */
export interface AuditPlace {
  readonly epoch: number;
  readonly sequence: number;
}

export interface AuditRecord extends AuditPlace, AuditTexts {
  /** When it was written, by the store's own time. */
  readonly at: Instant;
}

export interface AuditSize {
  readonly entries: number;
  /** Older ones than these many are dropped; absent when all are kept. */
  readonly keep?: number;
  /** Bytes that the whole database takes, and that it may take; absent where it does not say. */
  readonly usedBytes?: number;
  readonly mostBytes?: number;
}
