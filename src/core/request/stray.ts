import { createHash } from 'node:crypto';
import type { Instant } from '../language/instant.ts';
import { type CloudName, cloudOf } from '../machine/machine.ts';
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
  /** Was every cloud read to its end, as far as it was looked at by now? */
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

/** What a patrol can tell of one cloud, by the keys of placements. */
export interface LookedThrough {
  readonly cloud: CloudName;
  readonly strays: GatheredStrays;
  /** It was read to its end. */
  readonly isWhole: boolean;
  /** Of these it is known whether they are strays. */
  readonly seen: ReadonlySet<string>;
  /** These stand, and nobody could tell whether they are. */
  readonly doubtful: ReadonlySet<string>;
}

/** The list before, and what is to be made of it. */
interface Known {
  readonly now: Strays | undefined;
  /** What was on it when the patrol began: whatever came since may have come after it was looked for. */
  readonly before: ReadonlySet<string>;
  /** Every cloud was looked at. */
  readonly isLast: boolean;
}

/** The list after these clouds were looked through. What could not be looked for stays on it: it would be open past its end unnoticed. */
export function straysOf(all: readonly LookedThrough[], { now, before, isLast }: Known): Strays {
  const byCloud = new Map(all.map((one) => [one.cloud, one]));
  const kept = (now?.rules ?? []).filter(({ placement }) => {
    const key = placementKey(placement);
    const looked = byCloud.get(cloudOf(placement.rule.machine));
    if (!looked) return !isLast;
    return !looked.seen.has(key) && (looked.doubtful.has(key) || !looked.isWhole || !before.has(key));
  });
  const found = all.flatMap(({ strays }) => strays.rules);
  const count = all.reduce((sum, { strays }) => sum + strays.count, kept.length);
  // A patrol may be cut off between two clouds: until the last one, the list is no more whole than it was before.
  const isWhole = (isLast || now?.isWhole === true) && all.every((one) => one.isWhole && one.doubtful.size === 0);
  return { rules: firstOf([...found, ...kept], MOST_KEPT), count, isWhole };
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
