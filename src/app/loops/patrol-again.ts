import { SECOND_MS } from '../../core/language/instant.ts';
import type { Deps } from '../deps.ts';
import { patrol } from './patrol.ts';

/** The first time after this, then twice as late each time, until the next patrol is as soon. */
const SOON_MS = 15 * SECOND_MS;

/** For so long the lock of a patrol is held without being renewed. */
export const PATROL_LEASE_MS = 30_000;

/** The lock that a loop is run under, by one replica at a time. */
export function loopLock(name: string): string {
  return `loop:${name}`;
}

interface Patrols {
  patrol(signal: AbortSignal): Promise<void>;
  again(signal: AbortSignal): Promise<void>;
}

/**
 * The patrol, and the same again soon where it could not read a cloud to its end, keep what it found, or close what was to go, or where that of another
 * process was not whole: a rule whose record was lost is known by it alone, and would stand past its end until the next one.
 */
export function patrols(deps: Deps, everyMs: number): Patrols {
  let isOwed = false;
  let waitMs = SOON_MS;
  let atMs: number | undefined;
  let underWay = 0;
  const go = async (signal: AbortSignal) => {
    let isWhole = false;
    underWay += 1;
    try {
      ({ isWhole } = await patrol(deps, signal));
    } finally {
      underWay -= 1;
      isOwed = !isWhole;
    }
  };
  return {
    patrol: go,
    async again(signal) {
      // What it finds is not known before it ends, and a second one beside it would only ask the clouds twice.
      if (underWay > 0) return;
      if (!isOwed && (await deps.store.strays())?.isWhole !== false) {
        waitMs = SOON_MS;
        atMs = undefined;
        return;
      }
      if (waitMs >= everyMs) return;
      atMs ??= deps.monotonic() + waitMs;
      if (deps.monotonic() < atMs) return;
      // Throws `locked` where that of another process is under way: what it leaves is looked at at the next turn.
      const options = { ttlMs: PATROL_LEASE_MS, waitMs: 0, closing: false, signal };
      await deps.lock.hold([loopLock('patrol')], options, (held) => go(held.signal));
      waitMs *= 2;
      atMs = deps.monotonic() + waitMs;
    },
  };
}
