import type { Instant } from '../core/language/instant.ts';

/** What is served and what is degraded, as this process sees it. */
export interface Health {
  /** Redis, each chat, each cloud with each place in it that cannot be read, the directory. */
  parts(): readonly PartHealth[];
  /** Parts without which nothing can be served: their names. Empty when deliveries are welcome. */
  missing(): readonly string[];
}

/** How late this process proved closings to be, the last thousand of them; and what is overdue anywhere. In milliseconds. */
export interface Closings {
  readonly proven: number;
  readonly latestMs: number;
  readonly medianMs: number;
  readonly p99Ms: number;
  readonly worstMs: number;
  /** Had to be closed by now, as the store was asked last: some, and by how much the oldest. `unknown` where it did not say. */
  readonly overdue: number | 'unknown';
  readonly oldestMs: number | 'unknown';
}

export interface PartHealth {
  readonly name: string;
  /** Since when it is as it is, by this computer's clock. */
  readonly since: Instant;
  /** What is wrong, in words that may be shown; absent when nothing is. */
  readonly trouble?: string;
}
