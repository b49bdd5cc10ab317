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

/** Those of some that end first, and how many there were. */
export interface GatheredStrays {
  readonly rules: readonly Stray[];
  readonly count: number;
}

/**
 * Takes strays one after the other, however many they are, and keeps those that end first: at most twice as many as are kept, which are sorted
 * now and then, so that no step takes long.
 */
export function gatherStrays(most = MOST_KEPT): {
  readonly add: (stray: Stray) => void;
  readonly all: () => GatheredStrays;
} {
  let kept: Stray[] = [];
  let count = 0;
  return {
    add(stray) {
      count += 1;
      kept.push(stray);
      if (kept.length >= 2 * most) kept = firstOf(kept, most);
    },
    all: () => ({ rules: firstOf(kept, most), count }),
  };
}

/** What all clouds had. */
export function straysOf(all: readonly GatheredStrays[], isWhole: boolean): Strays {
  const rules = firstOf(
    all.flatMap((one) => one.rules),
    MOST_KEPT,
  );
  return { rules, count: all.reduce((sum, one) => sum + one.count, 0), isWhole };
}

function firstOf(strays: readonly Stray[], most: number): Stray[] {
  return strays.toSorted((a, b) => a.until - b.until).slice(0, most);
}

/** What it is called in place of a request's id: the same for the same spot, as long as the rule stands. */
export function strayId({ placement }: Stray): string {
  return requestId(
    createHash('sha256')
      .update(`stray ${placementKey(placement)}`)
      .digest(),
  );
}
