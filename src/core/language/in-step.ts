/** What waits for no less than this wakes at multiples of it. */
const STEP_MS = 500;

/**
 * How long to wait, from an instant of the monotonic clock, in milliseconds: what looks again every few seconds wakes in step with all
 * else of its process that does, a quarter of a second sooner or later. A process at rest then wakes up twice a second, and asks Redis
 * all that it asks in one write, where it woke up forty times. Each process steps by its own clock: several do not walk in step.
 */
export function inStep(ms: number, from: number): number {
  if (ms < STEP_MS) return ms;
  return Math.ceil(Math.round((from + ms) / STEP_MS) * STEP_MS - from);
}
