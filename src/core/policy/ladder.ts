import type { Instant } from '../language/instant.ts';
import type { Approver, Stage } from './stage.ts';

/** After so long without enough approvals, these may approve as well. */
export interface Rung {
  readonly afterMs: number;
  readonly to: readonly Approver[];
}

/** When a stage began, and when a rung of it was asked before its time. */
export interface Begun {
  /** Undefined: it has not begun. */
  readonly since?: Instant;
  readonly hurried?: readonly Instant[];
}

/** All rungs of a stage, the first one first: `then` is one like those of `escalate`. */
export function ladderOf({ answerInMs, later, rungs = [] }: Stage): readonly Rung[] {
  const first = answerInMs === undefined || !later ? [] : [{ afterMs: answerInMs, to: later }];
  return [...first, ...rungs].toSorted((a, b) => a.afterMs - b.afterMs);
}

/** Who may approve a stage as well by now. */
export function reachedBy(stage: Stage, begun: Begun, now: Instant): readonly Approver[] {
  const times = rungTimes(stage, begun);
  return ladderOf(stage).flatMap(({ to }, i) => ((times[i] ?? Infinity) <= now ? to : []));
}

/**
 * When others may approve a stage as well, each time that it comes to that. Each time that it was hurried brings one rung forward, the
 * next one: no rung is ever later than the policy says.
 */
export function rungTimes(stage: Stage, { since, hurried = [] }: Begun): readonly Instant[] {
  if (since === undefined) return [];
  const times = ladderOf(stage).map(({ afterMs }) => since + afterMs);
  for (const at of hurried.filter((one) => one >= since).toSorted((a, b) => a - b)) {
    const next = times.findIndex((time) => time > at);
    if (next >= 0) times[next] = at;
  }
  return times;
}
