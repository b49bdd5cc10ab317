import { createHash } from 'node:crypto';
import type { Instant } from '../language/instant.ts';
import { type Placement, placementKey } from '../rule/rule.ts';
import { requestId } from './request.ts';

/**
 * A rule with a valid mark of this installation that no request is known for: its record was lost, or a newer version wrote it. It can be listed and closed,
 * and ends by its mark; it is never extended, opened again, or counted as approved.
 */
export interface Stray {
  readonly placement: Placement;
  readonly until: Instant;
  /** The request that it belongs to, whose record this version cannot read. */
  readonly unreadable?: string;
}

/** What a patrol found. */
export interface Strays {
  /** The first of them. */
  readonly rules: readonly Stray[];
  readonly count: number;
  /** Was every cloud read to its end? */
  readonly isWhole: boolean;
}

/** So many are kept. */
const MOST_KEPT = 2_000;

export function straysOf(rules: readonly Stray[], isWhole: boolean): Strays {
  const sorted = rules.toSorted((a, b) => a.until - b.until);
  return { rules: sorted.slice(0, MOST_KEPT), count: rules.length, isWhole };
}

/** What it is called in place of a request's id: the same for the same spot, as long as the rule stands. */
export function strayId({ placement }: Stray): string {
  return requestId(
    createHash('sha256')
      .update(`stray ${placementKey(placement)}`)
      .digest(),
  );
}
