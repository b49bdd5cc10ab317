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
