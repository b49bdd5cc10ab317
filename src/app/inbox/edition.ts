import type { Person } from '../../core/people/person.ts';
import type { Place } from '../../core/people/place.ts';
import type { Request } from '../../core/request/request.ts';
import { groupView, type Member, membersAt } from '../../core/view/group.ts';
import type { View } from '../../core/view/view.ts';
import type { Deps } from '../deps.ts';
import { editionAt, editionFor } from '../request/for-reader.ts';
import { readsAs } from './pages.ts';

/** A request as this person sees it at a place, with the buttons that they may press: in a channel, too. */
export async function viewFor(deps: Deps, person: Person, request: Request, place: Place): Promise<View> {
  if (place.kind === 'private') return editionAt(deps, request, place);
  const as = await readsAs(deps, person, request);
  const { readers } = editionAt(deps, request, place);
  return { ...editionFor(request, person.id, as), ...(readers ? { readers } : {}) };
}

/**
 * The card of several requests, in the same way; undefined where none of them has a card at this place. Without a milestone: what is
 * told is told below the card.
 */
export async function groupViewFor(
  deps: Deps,
  person: Person,
  group: readonly Request[],
  place: Place,
): Promise<View | undefined> {
  const [one, ...more] = await Promise.all(
    membersAt(group, place).map(
      async (request): Promise<Member> => ({ request, view: await viewFor(deps, person, request, place) }),
    ),
  );
  if (!one) return undefined;
  const view = groupView([one, ...more]);
  return { ...view, announce: '', headline: view.summary };
}
