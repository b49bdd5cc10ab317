import type { Person } from '../../core/people/person.ts';
import { type Place, placeKey, uniquePlaces } from '../../core/people/place.ts';
import { isInForce, isWaiting, type Request, type Unreached } from '../../core/request/request.ts';
import { newlyMissed, reachable, unreached } from '../../core/request/unreached.ts';
import type { LetIn } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { takeLive } from '../live.ts';
import { commit } from '../machine/commit.ts';

/** A place that refused a card for good, and the chat's code for why. */
export interface Missed {
  readonly place: Place;
  readonly code: string;
}

/**
 * Whoever could not be told is asked at their other address, if there is one; and whoever requested it, with the channels, is told
 * who it is and what to do, once for each place.
 */
export async function noteUnreached(deps: Deps, request: Request, all: readonly Missed[]): Promise<void> {
  const fresh = isWaiting(request) ? newlyMissed(request, all) : [];
  if (fresh.length === 0) return;
  const ids = new Set(
    [request.requester, ...(request.askedBy ? [request.askedBy] : []), ...request.asked].map(({ id }) => id),
  );
  const people = (await Promise.all([...ids].map((id) => deps.directory.byId(id, 'last')))).filter(
    (person) => person !== undefined,
  );
  const owners = fresh.map((one) => ({ ...one, owner: ownerOf(deps, people, one.place) }));
  const taken = new Set(request.places.map(placeKey));
  const missed = owners.map(({ place, code, owner }): Unreached => {
    const other = owner && deps.directory.reach(owner).find((one) => !taken.has(placeKey(one)));
    const instead = other ? { instead: other.chat } : {};
    return { place, code, ...(owner ? { who: { id: owner.id, name: owner.name } } : {}), ...instead };
  });
  const others = owners.flatMap(({ owner }) => (owner ? deps.directory.reach(owner) : []));
  const more = uniquePlaces(others).filter((place) => !taken.has(placeKey(place)));
  await commit(deps, request.id, (before, { at }) => {
    const left = newlyMissed(before, missed);
    if (left.length === 0 || !isWaiting(before) || !(before.status === 'pending' || isInForce(before)))
      return undefined;
    return { next: unreached(before, at, { missed: left, more }), event: 'not reached', by: 'drawbridge' };
  });
}

function ownerOf({ directory }: Deps, people: readonly Person[], place: Place): Person | undefined {
  return people.find((person) => directory.reach(person).some((one) => placeKey(one) === placeKey(place)));
}

/** Requests that are looked through. */
const MOST = 5_000;

/** The bot was let into a place: what waits and could not be shown there is shown. */
export async function showWaiting(deps: Deps, { chat, kind, id }: LetIn): Promise<void> {
  const isMeant = (place: Place) =>
    place.chat === chat && place.kind === kind && (id === undefined || place.id.toLowerCase() === id.toLowerCase());
  const waiting = await takeLive(deps.store, MOST, (request) =>
    isWaiting(request) && request.unreached?.some(({ place }) => isMeant(place)) ? [request.id] : [],
  );
  for (const request of waiting)
    await commit(deps, request, (before, { at }) => {
      if (!isWaiting(before) || !(before.status === 'pending' || isInForce(before))) return undefined;
      const next = reachable(before, at, isMeant);
      return next && { next, event: 'place opened', by: 'drawbridge' };
    });
}
