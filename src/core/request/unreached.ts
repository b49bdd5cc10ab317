import type { Instant } from '../language/instant.ts';
import { type Place, placeKey, uniquePlaces } from '../people/place.ts';
import type { Escalating } from './escalation.ts';
import { note, scheduled } from './life.ts';
import type { Request, Unreached } from './request.ts';

/** These places took no card, and their owners are asked at others (`more`). */
export function unreached<R extends Escalating>(
  request: R,
  now: Instant,
  { missed, more }: { readonly missed: readonly Unreached[]; readonly more: readonly Place[] },
): R {
  const next = {
    ...request,
    unreached: [...(request.unreached ?? []), ...missed],
    places: uniquePlaces([...request.places, ...more]),
    ...note(request, { at: now, event: 'not reached' }),
  };
  return scheduled(next, now);
}

/** These places can be written to since, as somebody let the bot in: the newest card is due there. Undefined where none is meant. */
export function reachable<R extends Escalating>(
  request: R,
  now: Instant,
  isMeant: (place: Place) => boolean,
): R | undefined {
  const { unreached: all = [], ...rest } = request;
  const left = all.filter(({ place }) => !isMeant(place));
  if (left.length === all.length) return undefined;
  const next = { ...rest, unreached: left, ...note(request, { at: now, event: 'place opened' }) } as unknown as R;
  return scheduled(next, now);
}

/** Those that were not known yet. */
export function newlyMissed<P extends { readonly place: Place }>(
  { unreached: known = [] }: Request,
  missed: readonly P[],
): readonly P[] {
  const keys = new Set(known.map(({ place }) => placeKey(place)));
  return missed.filter(({ place }) => !keys.has(placeKey(place)));
}
