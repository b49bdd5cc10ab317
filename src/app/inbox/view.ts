import type { Person } from '../../core/people/person.ts';
import { placeKey } from '../../core/people/place.ts';
import { firstIn } from '../../core/request/group.ts';
import type { Answer, Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { noRequest } from '../machine/no-request.ts';
import { isSecurity } from '../request/end.ts';
import { groupCalled } from '../request/group.ts';
import { groupViewFor, viewFor } from './edition.ts';
import { concerns } from './queries.ts';

/**
 * A request as this person sees it, read and nothing else: for whoever it concerns, and for whoever reads it where its card is.
 * Throws as if there were none for all others.
 */
export async function viewed(deps: Deps, person: Person, id: string, { place }: Sender): Promise<Answer> {
  const first = firstIn(id);
  if (first !== undefined) {
    const view = await groupViewFor(deps, person, await groupCalled(deps, first), place);
    if (!view) throw await noRequest(deps, id);
    return { lines: [], refused: false, view };
  }
  const { request } = await deps.store.load(id);
  if (!request) throw await noRequest(deps, id);
  const isHere = place.kind === 'channel' && request.places.some((one) => placeKey(one) === placeKey(place));
  const mayRead = isHere || isSecurity(deps, person) || (await concerns(deps, person, request));
  if (!mayRead) throw await noRequest(deps, id);
  return { lines: [], refused: false, view: await viewFor(deps, person, request, place) };
}
