import { setTimeout as wait } from 'node:timers/promises';
import type { Projection } from './projection.ts';

/** How often it is looked whether anything changed: all who wait for it cost one read together. */
const LOOK_MS = 500;

/** So long at most nobody is told anything: longer, and what is in between takes the connection for a dead one. */
const SILENT_MS = 15_000;

/** The version of what is shown, and a new one after each change, or the same once in 15 seconds, until the signal. Throws `storeAway`. */
export async function* changesIn(projection: Projection, signal: AbortSignal): AsyncGenerator<number> {
  let last: number | undefined;
  let looks = 0;
  while (!signal.aborted) {
    const { version } = await projection.read();
    looks += 1;
    if (version !== last || looks * LOOK_MS >= SILENT_MS) {
      yield version;
      looks = 0;
    }
    last = version;
    await wait(LOOK_MS, undefined, { signal, ref: false }).catch(() => {});
  }
}
