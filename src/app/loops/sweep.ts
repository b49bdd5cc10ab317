import type { Deps } from '../deps.ts';
import { notify } from '../request/notify.ts';

/** A card may be behind for this long before it is hinted at again. */
const BEHIND_MS = 10_000;
/** A hint of the sweep that still waits after this long may be lost: the next one counts as new. */
const AGAIN_MS = 30_000;
const AT_ONCE = 500;
/** Cards that were behind so often, one time after the other, got nothing of their hints. */
const LOST_AFTER = 3;
/** So many are published past the queue in one sweep, so many of them at a time, and no more are begun after so long. */
const MOST_PAST = 50;
const HANDS = 5;
const PAST_MS = 15_000;

interface Swept {
  readonly mended: number;
  readonly behind: number;
}

interface Behind {
  readonly id: string;
  readonly version: number;
}

/**
 * Finds what hints and timers lost: live requests missing from the due index, and cards behind their request. Made once
 * for a process: its first run waits for no card, as whoever was to publish it may be dead, and its hints are its own, as
 * a dead process's job of the same id would swallow them. What a queue refuses, or takes and does nothing about, is published here.
 */
export function sweeper(deps: Deps): (signal?: AbortSignal) => Promise<Swept> {
  const name = Buffer.from(deps.random(6)).toString('hex');
  const lost = lostHints();
  let isFirst = true;
  return async (signal = new AbortController().signal) => {
    const mended = await deps.store.mend();
    if (mended > 0) deps.log.warn({ mended }, 'machines were missing from the due index');
    const behind = await deps.store.behind(isFirst ? 0 : BEHIND_MS, AT_ONCE);
    isFirst = false;
    const unheard = lost(behind);
    const occasion = `${name}-${Math.floor(deps.monotonic() / AGAIN_MS)}`;
    const isTaken = behind.length === 0 || (await take(deps, behind, occasion));
    await publishPast(deps, isTaken ? unheard : behind, signal);
    return { mended, behind: behind.length };
  };
}

/** A job is a hint and nothing more: that people are told does not hang on it. */
async function take({ queue, log }: Deps, behind: readonly Behind[], occasion: string): Promise<boolean> {
  try {
    await queue.notify(behind, occasion);
    return true;
  } catch (error) {
    log.warn({ error, cards: behind.length }, 'the queue takes no hints for cards: they are published past it');
    return false;
  }
}

/** Counts how often each was behind with the same version; gives those whose hints are lost. */
function lostHints(): (behind: readonly Behind[]) => readonly Behind[] {
  let times = new Map<string, number>();
  return (behind) => {
    const before = times;
    const keyOf = ({ id, version }: Behind) => `${id} ${version}`;
    times = new Map(behind.map((one) => [keyOf(one), (before.get(keyOf(one)) ?? 0) + 1]));
    return behind.filter((one) => (times.get(keyOf(one)) ?? 0) >= LOST_AFTER);
  };
}

/** The longest behind first. What cannot be published now is behind in the next sweep, too. */
async function publishPast(deps: Deps, cards: readonly Behind[], signal: AbortSignal): Promise<void> {
  const startedMs = deps.monotonic();
  const left = cards.slice(0, MOST_PAST).values();
  const hand = async () => {
    for (const { id } of left) {
      if (signal.aborted || deps.monotonic() - startedMs >= PAST_MS) return;
      await notify(deps, id, signal).catch((error: unknown) => {
        deps.log.warn({ request: id, error }, 'a card could not be published past the queue; it is tried again');
      });
    }
  };
  await Promise.all(Array.from({ length: HANDS }, hand));
}
