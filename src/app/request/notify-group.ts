import { type Place, placeKey, uniquePlaces } from '../../core/people/place.ts';
import { cardIdOf, versionOf } from '../../core/request/group.ts';
import { isWaiting, type Request } from '../../core/request/request.ts';
import { groupView, membersAt } from '../../core/view/group.ts';
import { groupNews } from '../../core/view/group-news.ts';
import { milestoneOf } from '../../core/view/milestone.ts';
import type { Card } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { callsAt } from './calls.ts';
import { membersShown } from './group.ts';
import { homesChanged } from './homes-changed.ts';
import {
  digestOf,
  FOR_EVERYBODY,
  heardAt,
  isHeldBack,
  ownPlaces,
  publishAt,
  publishing,
  throwFailed,
  zoneAt,
} from './publish-at.ts';
import { type Missed, noteUnreached } from './unreached.ts';

/**
 * The same for several requests of one command: one card a place, of those that belong there. It is under the lock of their card.
 * `changed` is the one that it was called for.
 */
export async function notifyGroup(
  deps: Deps,
  changed: Request,
  group: readonly Request[],
  signal: AbortSignal,
): Promise<void> {
  const own = await ownPlaces(deps, changed);
  const cards = new Map((await deps.store.cards(cardIdOf(changed))).map((card) => [placeKey(card.place), card]));
  const places = uniquePlaces(group.flatMap((one) => one.places));
  const within = publishing(signal);
  const results = await Promise.allSettled(
    places.map((place) => publishGroup(deps, group, { place, cards, isOwn: own.has(placeKey(place)) }, within)),
  );
  await homesChanged(deps, changed);
  const missed = results.flatMap((result) => (result.status === 'fulfilled' && result.value ? [result.value] : []));
  await noteMissed(deps, group, missed);
  throwFailed(results);
  await Promise.all(group.map(({ id, version }) => deps.store.published(id, version)));
}

interface At {
  readonly place: Place;
  /** By the key of their place. */
  readonly cards: ReadonlyMap<string, Card>;
  /** Whose request it is reads it there. */
  readonly isOwn: boolean;
}

async function publishGroup(
  deps: Deps,
  group: readonly Request[],
  { place, cards, isOwn }: At,
  signal: AbortSignal,
): Promise<Missed | undefined> {
  const card = cards.get(placeKey(place));
  const here = membersAt(group, place);
  const members = membersShown(deps, group, place);
  const [first] = here;
  if (!members || !first) return undefined;
  const isHeld = here.every((one) => isHeldBack(deps, one, place, milestoneOf(one).announce));
  if (!card && isHeld) return undefined;
  const { fresh, ...news } = groupNews(here, card?.announced);
  const isHeard = (fresh.length === 0 && card !== undefined) || fresh.some((one) => heardAt(deps, place, one));
  if (!isHeard && !card) return undefined;
  const isOthers = place.kind === 'private' && !isOwn && !fresh.some((one) => FOR_EVERYBODY.test(one));
  const zone = await zoneAt(deps, place, first);
  const places = uniquePlaces(group.flatMap((one) => one.places));
  const calls = callsAt(deps, here, place, { places, cards, announced: fresh });
  const shown = { ...groupView(members), ...news, ...(zone === undefined ? {} : { zone }) };
  const view = { ...shown, ...(calls ? { calls } : {}) };
  // What is asked may be another question that reads the same.
  const digest = digestOf({ ...shown, request: `${shown.request} ${shown.version}` });
  const kept = { id: cardIdOf(first), version: versionOf(here) };
  return publishAt(deps, { view, digest, quiet: isOthers || !isHeard || isHeld, kept }, { place, card }, signal);
}

/** Of each of them that waits there. */
async function noteMissed(deps: Deps, group: readonly Request[], missed: readonly Missed[]): Promise<void> {
  if (missed.length === 0) return;
  for (const request of group.filter(isWaiting)) {
    const theirs = missed.filter(({ place }) => membersAt([request], place).length > 0);
    await noteUnreached(deps, request, theirs).catch((error: unknown) =>
      deps.log.warn({ request: request.id, error }, 'who was not reached could not be kept'),
    );
  }
}
