import type { Person } from '../../core/people/person.ts';
import { placeKey } from '../../core/people/place.ts';
import { firstIn } from '../../core/request/group.ts';
import type { Request } from '../../core/request/request.ts';
import type { View } from '../../core/view/view.ts';
import type { Answer, Sender } from '../../ports/inbox.ts';
import type { Deps } from '../deps.ts';
import { noRequest } from '../machine/no-request.ts';
import { isSecurity } from '../request/end.ts';
import { editionAt, editionFor } from '../request/for-reader.ts';
import { groupViewed } from './group-presses.ts';
import { readsAs } from './pages.ts';
import { concerns } from './queries.ts';

/**
 * A request as this person sees it, read and nothing else: for whoever it concerns, and for whoever reads it where its card is.
 * Throws as if there were none for all others.
 */
export async function viewed(deps: Deps, person: Person, id: string, { place }: Sender): Promise<Answer> {
  const first = firstIn(id);
  if (first !== undefined) return groupViewed(deps, first, place);
  const { request } = await deps.store.load(id);
  if (!request) throw await noRequest(deps, id);
  const isHere = place.kind === 'channel' && request.places.some((one) => placeKey(one) === placeKey(place));
  const mayRead = isHere || isSecurity(deps, person) || (await concerns(deps, person, request));
  if (!mayRead) throw await noRequest(deps, id);
  return { lines: [], refused: false, view: await viewFor(deps, person, request, { place }) };
}

/** With the buttons that this person may press: in a channel, too. */
export async function viewFor(
  deps: Deps,
  { id, ...rest }: Person,
  request: Request,
  { place }: Pick<Sender, 'place'>,
): Promise<View> {
  if (place.kind === 'private') return editionAt(deps, request, place);
  const person = { id, ...rest };
  const as = await readsAs(deps, person, request);
  const { readers } = editionAt(deps, request, place);
  return { ...editionFor(request, id, as), ...(readers ? { readers } : {}) };
}
