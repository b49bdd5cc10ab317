import { type Place, placeKey } from '../../core/people/place.ts';
import type { Request } from '../../core/request/request.ts';
import { readersOf } from '../../core/view/readers.ts';
import type { Card } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { heardAt } from './publish-at.ts';

interface Published {
  readonly places: readonly Place[];
  /** By the key of their place. */
  readonly cards: ReadonlyMap<string, Card>;
  /** The milestones that are told now; each place may hear of some only. */
  readonly announced: readonly string[];
}

/**
 * Whom a message in this channel may mention, by id: of those whom the requests name, who have no card of their own that tells
 * them, and whom no channel before it mentions. Each person is called once a milestone; elsewhere their name stands. Undefined
 * in private chats, where nobody else is called.
 */
export function callsAt(
  deps: Deps,
  requests: readonly Request[],
  place: Place,
  published: Published,
): readonly string[] | undefined {
  if (place.kind === 'private') return undefined;
  const tellers = published.places.filter((one) => tells(deps, one, published));
  const here = placeKey(place);
  return [...new Set(requests.flatMap(readersOf))].filter((id) => {
    if (tellers.some((one) => owns(deps, one, id))) return false;
    const first = tellers.find(
      ({ kind, chat }) => kind === 'channel' && deps.directory.accountOf(chat, id) !== undefined,
    );
    return first !== undefined && placeKey(first) === here;
  });
}

function owns({ directory }: Deps, { kind, chat, id }: Place, person: string): boolean {
  return kind === 'private' && directory.accountOf(chat, person)?.toLowerCase() === id.toLowerCase();
}

/** NB. a place whose chat refused its card has none, and tells nobody anything. */
function tells(deps: Deps, place: Place, { cards, announced }: Published): boolean {
  const card = cards.get(placeKey(place));
  const isRefused = card !== undefined && card.ref === undefined && card.version > 0;
  return !isRefused && announced.some((one) => heardAt(deps, place, one));
}
