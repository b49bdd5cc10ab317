import { JitError } from '../core/errors/errors.ts';
import type { Log } from '../ports/log.ts';
import type { Now } from '../ports/store.ts';
import { type AnswerStamp, type CommitWatch, readStamp } from './commit-watch.ts';
import type { RunScript } from './scripts.ts';
import { ClockWatch } from './time.ts';
import { STRANGE } from './trouble.ts';

/** As lua/prelude.lua writes it. */
const STAMP = /^\d+ \d+ \d+ \S+ [01]$/;

interface Asking {
  readonly run: RunScript;
  readonly base: string;
  readonly commits: CommitWatch;
  readonly elapsed: () => number;
  readonly log: Log;
  /** Told of an answer that no script gives: on such a connection any answer may be that to another question. */
  readonly onStrange?: () => void;
}

export interface ScriptAnswer {
  readonly now: Now;
  readonly rest: readonly unknown[];
  readonly stamp: AnswerStamp;
}

export type AskScript = (name: Parameters<RunScript>[0], ...args: (string | number)[]) => Promise<ScriptAnswer>;

/** Something else may be at the address of Redis by now, or on the way to it: what it says counts for nothing. */
function answerOf(reply: unknown, onStrange: Asking['onStrange']): readonly [number, number, string, ...unknown[]] {
  const [at, behindMs, text, ...rest]: readonly unknown[] = Array.isArray(reply) ? reply : [];
  if (typeof at !== 'number' || typeof behindMs !== 'number' || typeof text !== 'string' || !STAMP.test(text)) {
    onStrange?.();
    throw new JitError('storeAway', {}, { cause: new Error(STRANGE) });
  }
  return [at, behindMs, text, ...rest];
}

/** Runs scripts; every one answers the time and where the store stands first (lua/prelude.lua), which are judged here. */
export function asking({ run, base, commits, elapsed, log, onStrange }: Asking): AskScript {
  const clock = new ClockWatch(log, `${base}:clock`);
  return async (name, ...args) => {
    const sent = elapsed();
    const [at, behindMs, text, ...rest] = answerOf(await run(name, [base], args), onStrange);
    const stamp = readStamp(text);
    const judged = clock.judge({ at, behindMs, reading: { redis: stamp.redis, sent, got: elapsed() } });
    const now = { ...judged, epoch: stamp.epoch };
    return { now: commits.judge(stamp, stamp.isCompared) ? { ...now, wentBack: true } : now, rest, stamp };
  };
}
