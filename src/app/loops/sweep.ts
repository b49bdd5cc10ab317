import type { Deps } from '../deps.ts';

/** A card may be behind for this long before it is hinted at again. */
const BEHIND_MS = 10_000;
/** A hint of the sweep that still waits after this long may be lost: the next one counts as new. */
const AGAIN_MS = 30_000;
const AT_ONCE = 500;

/**
 * Finds what hints and timers lost: live requests missing from the due index, and cards behind their request. Made once
 * for a process: its first run waits for no card, as whoever was to publish it may be dead, and its hints are its own, as
 * a dead process's job of the same id would swallow them.
 */
export function sweeper(deps: Deps): () => Promise<{ readonly mended: number; readonly behind: number }> {
  const name = Buffer.from(deps.random(6)).toString('hex');
  let isFirst = true;
  return async () => {
    const mended = await deps.store.mend();
    if (mended > 0) deps.log.warn({ mended }, 'machines were missing from the due index');
    const behind = await deps.store.behind(isFirst ? 0 : BEHIND_MS, AT_ONCE);
    isFirst = false;
    const occasion = `${name}-${Math.floor(deps.monotonic() / AGAIN_MS)}`;
    if (behind.length > 0) await deps.queue.notify(behind, occasion);
    return { mended, behind: behind.length };
  };
}
