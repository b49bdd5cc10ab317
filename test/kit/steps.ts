import { ManualClock } from '../../simulators/shared/clock.ts';
import type { Clock } from '../../src/kit/clock.ts';

/** A clock on which pauses take no time of ours, and what was paused. */
export interface PausingClock extends Clock {
  readonly paused: readonly number[];
  readonly time: ManualClock;
}

export function pausingClock(start = 1_000_000): PausingClock {
  const time = new ManualClock(start);
  const paused: number[] = [];
  return {
    time,
    paused,
    now: time.now,
    async pause(ms, signal) {
      signal.throwIfAborted();
      paused.push(ms);
      time.advance(ms);
    },
  };
}

/** A clock on which many pause at the same time: `run` goes from the end of one pause to the next. */
export function manyPauses() {
  let now = 1_000_000;
  const paused: { readonly at: number; readonly wake: () => void }[] = [];
  return {
    now: () => now,
    pause: (ms: number) => new Promise<void>((wake) => paused.push({ at: now + ms, wake })),
    async run() {
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        const [first] = paused.toSorted((a, b) => a.at - b.at);
        if (!first) return;
        paused.splice(paused.indexOf(first), 1);
        now = Math.max(now, first.at);
        first.wake();
      }
    },
  };
}
