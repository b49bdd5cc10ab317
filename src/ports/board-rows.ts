import type { BoardRow } from '../core/board/row.ts';
import type { Instant } from '../core/language/instant.ts';
import type { AuditRecord } from './audit.ts';

/** What the board shows of requests, as long as their records are kept. Written in the script of each commit. */
export interface BoardRows {
  /** How long what is over is kept. */
  readonly keptMs: number;
  /**
   * Rows that changed at this instant or later, the oldest change first; a row that changed meanwhile may come twice, and none is
   * left out. Throws `storeAway`.
   */
  changed(since: Instant, limit: number): AsyncIterable<readonly ChangedRow[]>;
  /** Another text once rows were taken away, or changed, without their requests: what is remembered of any is read anew. Throws `storeAway`. */
  generation(): Promise<string>;
  /** What the audit has of the commits of a request, the oldest first; what it no longer keeps is missing. Throws `storeAway`. */
  entries(id: string): Promise<readonly AuditRecord[]>;
}

export interface ChangedRow {
  /** When it changed last, by the store's own time. */
  readonly at: Instant;
  readonly row: BoardRow;
}
