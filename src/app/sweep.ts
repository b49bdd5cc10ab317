import type { Deps } from './deps.ts';

/** A card may be behind for this long before it is hinted at again. */
const BEHIND_MS = 10_000;
const AT_ONCE = 500;

/** Finds what hints and timers lost: live requests missing from the due index, and cards behind their request. */
export async function sweep(deps: Deps): Promise<{ readonly mended: number; readonly behind: number }> {
  const mended = await deps.store.mend();
  if (mended > 0) deps.log.warn({ mended }, 'machines were missing from the due index');
  const behind = await deps.store.behind(BEHIND_MS, AT_ONCE);
  if (behind.length > 0) await deps.queue.notify(behind);
  return { mended, behind: behind.length };
}
