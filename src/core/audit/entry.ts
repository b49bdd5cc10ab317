import type { Instant } from '../language/instant.ts';

/** One line of evidence, written by the same script as the change that it tells of. */
export interface AuditEntry {
  readonly at: Instant;
  readonly request: string;
  /** The version that came of it. */
  readonly version: number;
  readonly event: string;
  /** A person's id, or `drawbridge`. */
  readonly by: string;
  readonly text?: string;
}
