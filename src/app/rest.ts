import { setTimeout as pause } from 'node:timers/promises';
import { inStep } from '../core/language/in-step.ts';

/** Waits in step with all else of this process that looks again and again. Ends at once, without an error, when it is to stop. */
export async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await pause(inStep(ms, performance.now()), undefined, { signal }).catch(() => {});
}
