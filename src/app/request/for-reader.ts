import type { Place } from '../../core/people/place.ts';
import { isWaiting, type Request } from '../../core/request/request.ts';
import { becauseOf } from '../../core/view/asked.ts';
import { viewOf } from '../../core/view/projection.ts';
import { type ReadAs, readBy, readersOf } from '../../core/view/readers.ts';
import type { View } from '../../core/view/view.ts';
import type { Deps } from '../deps.ts';

/**
 * The request as it is shown at a place: in a private chat with what its owner may press and, while they are asked, with the
 * reason; in a channel with what decides. Nobody is asked for that: people are known by their accounts.
 */
export function editionAt({ directory }: Pick<Deps, 'directory'>, request: Request, place: Place): View {
  const view = viewOf(request);
  const owns = (one: Place) => (id: string) =>
    one.kind === 'private' && directory.accountOf(one.chat, id)?.toLowerCase() === one.id.toLowerCase();
  const readers = readersOf(request);
  if (place.kind !== 'private') {
    const toldAlone = (id: string) => request.places.some((one) => owns(one)(id));
    const edition = readBy(view, request, { toldAlone });
    return view.buttons.length === 0 ? edition : { ...edition, readers };
  }
  return editionFor(request, readers.find(owns(place)));
}

/** The same for one reader, wherever they read it. */
export function editionFor(request: Request, person: string | undefined, as?: ReadAs): View {
  const edition = readBy(viewOf(request), request, { person, ...(as ? { as } : {}) });
  const reader = isWaiting(request) ? request.asked.find(({ id }) => id === person) : undefined;
  const because = reader && becauseOf(reader, request);
  return because === undefined ? edition : { ...edition, notes: [{ tone: 'info', text: [because] }, ...edition.notes] };
}
