import type { Instant } from '../language/instant.ts';
import type { Approver, Stage } from './stage.ts';

/** After so long without enough approvals, these may approve as well. */
export interface Rung {
  readonly afterMs: number;
  readonly to: readonly Approver[];
}

/** All rungs of a stage, the first one first: `then` is one like those of `escalate`. */
export function ladderOf({ answerInMs, later, rungs = [] }: Stage): readonly Rung[] {
  const first = answerInMs === undefined || !later ? [] : [{ afterMs: answerInMs, to: later }];
  return [...first, ...rungs].toSorted((a, b) => a.afterMs - b.afterMs);
}

/** Who may approve a stage as well by now. */
export function reachedBy(stage: Stage, since: Instant | undefined, now: Instant): readonly Approver[] {
  if (since === undefined) return [];
  return ladderOf(stage).flatMap(({ afterMs, to }) => (now >= since + afterMs ? to : []));
}

/** When others may approve a stage as well, each time that it comes to that. */
export function rungTimes(stage: Stage, since: Instant | undefined): readonly Instant[] {
  return since === undefined ? [] : ladderOf(stage).map(({ afterMs }) => since + afterMs);
}
