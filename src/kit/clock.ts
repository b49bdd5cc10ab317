import { setTimeout as sleep } from 'node:timers/promises';

/** The process's own time, and waiting on it: for what is kept a while, and for trying again. */
export interface Clock {
  /** UTC milliseconds. */
  now(): number;
  /** Waits, or rejects with the signal's reason as soon as it aborts. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

/** Waits on a timer. */
export async function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch (error) {
    // Node throws its own AbortError, with the reason as its cause.
    throw signal.aborted ? signal.reason : error;
  }
}
