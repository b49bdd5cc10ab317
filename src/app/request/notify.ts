import { placeKey } from '../../core/people/place.ts';
import { escalatesAtOf } from '../../core/request/escalation.ts';
import { cardIdOf } from '../../core/request/group.ts';
import { isToldByNext } from '../../core/view/moves.ts';
import type { Deps } from '../deps.ts';
import { callsAt } from './calls.ts';
import { editionAt } from './for-reader.ts';
import { groupOf } from './group.ts';
import { homesChanged } from './homes-changed.ts';
import { hurry } from './hurry.ts';
import { notifyGroup } from './notify-group.ts';
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
import { noteUnreached } from './unreached.ts';

/** Two workers must not publish one request at once: the older view could land last. */
const LOCK_MS = 4_000;
/** Longer than the lock of a process that died. */
const WAIT_MS = 5_000;

/**
 * Publishes the newest state of a request at each of its places that is behind, and asks others where too few of those who decide could
 * be told. Throws when a place is to be tried again.
 */
export async function notify(deps: Deps, id: string, signal: AbortSignal): Promise<void> {
  const { request: before } = await deps.store.load(id);
  try {
    await publish(deps, id, before ? cardIdOf(before) : id, signal);
  } finally {
    if (before && escalatesAtOf(before) !== undefined)
      await hurry(deps, id, signal).catch((error: unknown) =>
        deps.log.warn({ request: id, error }, 'others could not be asked before their time'),
      );
  }
}

/** `card`: where its cards are kept, with those of the first, where several share them. */
async function publish(deps: Deps, id: string, card: string, signal: AbortSignal): Promise<void> {
  await deps.lock.hold([`cards:${card}`], { ttlMs: LOCK_MS, waitMs: WAIT_MS, closing: false, signal }, async (held) => {
    const { request } = await deps.store.load(id);
    if (!request) return;
    const group = await groupOf(deps, request);
    if (group) return notifyGroup(deps, request, group, held.signal);
    const own = await ownPlaces(deps, request);
    const cards = new Map((await deps.store.cards(id)).map((card) => [placeKey(card.place), card]));
    const within = publishing(held.signal);
    const results = await Promise.allSettled(
      request.places.map(async (place) => {
        const edition = editionAt(deps, request, place);
        const card = cards.get(placeKey(place));
        const isHeld = isHeldBack(deps, request, place, edition.announce);
        if (!card && isHeld) return undefined;
        const isHeard = heardAt(deps, place, edition.announce);
        // A card comes with the first that is heard; what follows edits it in silence.
        if (!isHeard && !card) return undefined;
        const isNext = place.kind === 'private' && isToldByNext(request, edition.announce);
        const isOthers = place.kind === 'private' && !own.has(placeKey(place)) && !FOR_EVERYBODY.test(edition.announce);
        const zone = await zoneAt(deps, place, request);
        const calls = callsAt(deps, [request], place, {
          places: request.places,
          cards,
          announced: [edition.announce],
        });
        const view = { ...edition, ...(zone === undefined ? {} : { zone }), ...(calls ? { calls } : {}) };
        return publishAt(
          deps,
          { view, digest: digestOf(edition), quiet: isOthers || !isHeard || isHeld || isNext, kept: request },
          { place, card },
          within,
        );
      }),
    );
    await homesChanged(deps, request);
    const missed = results.flatMap((result) => (result.status === 'fulfilled' && result.value ? [result.value] : []));
    await noteUnreached(deps, request, missed).catch((error: unknown) =>
      deps.log.warn({ request: id, error }, 'who was not reached could not be kept'),
    );
    throwFailed(results);
    await deps.store.published(id, request.version);
  });
}
