import type { Instant } from '../language/instant.ts';
import { outcomeText, type PolicyOutcome } from './outcome.ts';

/** One request that was made, judged by the policies that hold and by others. */
export interface Replayed {
  readonly id: string;
  readonly at: Instant;
  /** Who asked for what, in a few words. */
  readonly what: string;
  readonly now: PolicyOutcome;
  readonly wouldBe: PolicyOutcome;
}

/** What became of what was asked, were it judged by other policies. */
export interface Replay {
  readonly since: Instant;
  readonly same: number;
  /** Those that differ, oldest first. */
  readonly refused: readonly Replayed[];
  readonly allowed: readonly Replayed[];
  /** Allowed by both, and decided by others or judged by another policy. */
  readonly otherwise: readonly Replayed[];
  /** Those of which it cannot be told, by what is not there any more. */
  readonly untold: { readonly people: number; readonly machines: number; readonly records: number };
  /** There were more than are looked through. */
  readonly isPart: boolean;
}

export function replayOf(since: Instant, all: readonly Replayed[], untold: Replay['untold'], isPart: boolean): Replay {
  const isRefused = ({ refused }: PolicyOutcome) => refused.length > 0;
  const differing = all.filter(({ now, wouldBe }) => !isSame(now, wouldBe)).sort((a, b) => a.at - b.at);
  return {
    since,
    same: all.length - differing.length,
    refused: differing.filter(({ now, wouldBe }) => !isRefused(now) && isRefused(wouldBe)),
    allowed: differing.filter(({ now, wouldBe }) => isRefused(now) && !isRefused(wouldBe)),
    otherwise: differing.filter(({ now, wouldBe }) => !isRefused(now) && !isRefused(wouldBe)),
    untold,
    isPart,
  };
}

/** Another reason for the same refusal is no difference. */
function isSame(now: PolicyOutcome, wouldBe: PolicyOutcome): boolean {
  if (now.refused.length > 0 && wouldBe.refused.length > 0) return true;
  return outcomeText(now) === outcomeText(wouldBe);
}
