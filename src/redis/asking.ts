import type { Log } from '../ports/log.ts';
import type { Now } from '../ports/store.ts';
import { type CommitWatch, readStamp, type StoreStamp } from './commit-watch.ts';
import type { RunScript } from './scripts.ts';
import { ClockWatch } from './time.ts';

interface Asking {
  readonly run: RunScript;
  readonly base: string;
  readonly commits: CommitWatch;
  readonly elapsed: () => number;
  readonly log: Log;
}

export interface ScriptAnswer {
  readonly now: Now;
  readonly rest: readonly unknown[];
  readonly stamp: StoreStamp;
}

export type AskScript = (name: Parameters<RunScript>[0], ...args: (string | number)[]) => Promise<ScriptAnswer>;

/** Runs scripts; every one answers the time and where the store stands first (lua/prelude.lua), which are judged here. */
export function asking({ run, base, commits, elapsed, log }: Asking): AskScript {
  const clock = new ClockWatch(log, `${base}:clock`);
  return async (name, ...args) => {
    const sent = elapsed();
    const reply = (await run(name, [base], args)) as [number, number, string, ...unknown[]];
    const [at, behindMs, text, ...rest] = reply;
    const stamp = readStamp(text);
    const judged = clock.judge({ at, behindMs, reading: { redis: stamp.redis, sent, got: elapsed() } });
    const now = { ...judged, epoch: stamp.epoch };
    return { now: commits.judge(stamp, stamp.isCompared) ? { ...now, wentBack: true } : now, rest, stamp };
  };
}
