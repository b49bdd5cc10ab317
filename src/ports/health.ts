import type { Instant } from '../core/language/instant.ts';

/** What is served and what is degraded, as this process sees it. */
export interface Health {
  /** Redis, each chat, each cloud with each place in it that cannot be read, the directory. */
  parts(): readonly PartHealth[];
  /** Parts without which nothing can be served: their names. Empty when deliveries are welcome. */
  missing(): readonly string[];
}

export interface PartHealth {
  readonly name: string;
  /** Since when it is as it is, by this computer's clock. */
  readonly since: Instant;
  /** What is wrong, in words that may be shown; absent when nothing is. */
  readonly trouble?: string;
}
