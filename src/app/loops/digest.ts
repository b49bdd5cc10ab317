import { JitError } from '../../core/errors/errors.ts';
import { dayAt } from '../../core/language/day.ts';
import { DAY_MS } from '../../core/language/instant.ts';
import { type Place, placeKey } from '../../core/people/place.ts';
import { digestOf } from '../../core/view/recommendation.ts';
import type { Report } from '../../core/view/report.ts';
import type { Deps } from '../deps.ts';
import { survey } from '../protect/recommend.ts';

const SURVEY_MS = 120_000;
const TELL_MS = 10_000;
/** Longer than any day. */
const REMEMBERED_MS = 2 * DAY_MS;

/**
 * Tells the places of the setting `digest` once a day what should be protected, whatever is restarted meanwhile. Made
 * once for a process and run every minute: what a chat did not take is told again by the process that began it.
 */
export function digester(deps: Deps): (signal: AbortSignal) => Promise<void> {
  let today = '';
  let owed: readonly Place[] = [];
  return async (signal) => {
    const { digest } = deps.rules;
    if (!digest) return;
    const { at, trusted } = await deps.store.now();
    const { date, minute } = dayAt(at, digest.zone);
    if (!trusted || minute < digest.atMinute || (date === today && owed.length === 0)) return;
    const found = await survey(deps, AbortSignal.any([signal, AbortSignal.timeout(SURVEY_MS)]));
    // Only now, so that a day on which no cloud answers at first is not lost.
    if (date !== today) owed = await claimed(deps, date, digest.tell);
    today = date;
    owed = await tellAll(deps, digestOf(found), owed, signal);
  };
}

/** The places that nobody has begun to tell today. */
async function claimed(deps: Deps, date: string, places: readonly Place[]): Promise<readonly Place[]> {
  const mine: Place[] = [];
  for (const place of places) {
    if (await deps.store.once(`digest:${date}:${placeKey(place)}`, REMEMBERED_MS)) mine.push(place);
  }
  return mine;
}

/** Gives the places that have to be told again. */
async function tellAll(
  deps: Deps,
  report: Report,
  places: readonly Place[],
  signal: AbortSignal,
): Promise<readonly Place[]> {
  const again: Place[] = [];
  for (const place of places) {
    try {
      const limit = AbortSignal.any([signal, AbortSignal.timeout(TELL_MS)]);
      await deps.chats.get(place.chat)?.tell?.(report, place, limit);
    } catch (error) {
      deps.log.warn({ error, place: placeKey(place) }, 'the digest could not be told');
      const isRefused = error instanceof JitError && error.kind !== 'busy';
      if (!isRefused) again.push(place);
    }
  }
  return again;
}
