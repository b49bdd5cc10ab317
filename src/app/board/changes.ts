import { setTimeout as wait } from 'node:timers/promises';
import type { Projection } from './projection.ts';

/** How often it is looked whether anything changed: all who wait for it cost one read together. */
const LOOK_MS = 500;

/** So long at most nobody is told anything: longer, and what is in between takes the connection for a dead one. */
const SILENT_MS = 10_000;

/** The version of what is shown, and a new one after each change, or the same once in ten seconds, until the signal. Throws `storeAway`. */
export async function* changesIn(
  projection: Pick<Projection, 'read'>,
  signal: AbortSignal,
  pause: (ms: number, signal: AbortSignal) => Promise<void> = paused,
): AsyncGenerator<number> {
  let last: number | undefined;
  let saidAt = 0;
  while (!signal.aborted) {
    const { version } = await projection.read();
    // By this process alone, and whatever a busy machine makes of its pauses.
    if (version !== last || performance.now() - saidAt >= SILENT_MS) {
      yield version;
      saidAt = performance.now();
    }
    last = version;
    await pause(LOOK_MS, signal);
  }
}

async function paused(ms: number, signal: AbortSignal): Promise<void> {
  await wait(ms, undefined, { signal, ref: false }).catch(() => {});
}
