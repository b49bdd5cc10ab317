import { SECOND_MS } from '../../core/language/instant.ts';
import type { Deps } from '../deps.ts';
import { patrol } from './patrol.ts';

/** The first time after this, then twice as late each time, until the next patrol is as soon. */
const SOON_MS = 15 * SECOND_MS;

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
  const go = async (signal: AbortSignal) => {
    isOwed = true;
    isOwed = !(await patrol(deps, signal)).isWhole;
  };
  return {
    patrol: go,
    async again(signal) {
      if (!isOwed && (await deps.store.strays())?.isWhole !== false) {
        waitMs = SOON_MS;
        atMs = undefined;
        return;
      }
      if (waitMs >= everyMs) return;
      atMs ??= deps.monotonic() + waitMs;
      if (deps.monotonic() < atMs) return;
      await go(signal);
      waitMs *= 2;
      atMs = deps.monotonic() + waitMs;
    },
  };
}
