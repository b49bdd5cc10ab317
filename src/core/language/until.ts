import type { Instant } from './instant.ts';
import { MINUTE_MS } from './instant.ts';

/** What a clock shows to whoever speaks. */
export interface WallClock {
  readonly now: Instant;
  readonly zone: string;
  /** When it is to start, where that was said: an end is counted from there. */
  readonly from?: Instant;
}

/** A moment that was said, and the words for it. */
export interface Until {
  readonly at: Instant;
  readonly said: string;
}

/** How long it is until then from now, or from the start that was said, in whole minutes: never shorter. What begins later ends then all the same. */
export function msUntil({ at }: Until, { now, from = now }: WallClock): number {
  return Math.ceil((at - from) / MINUTE_MS) * MINUTE_MS;
}
