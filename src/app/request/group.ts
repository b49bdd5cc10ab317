import type { Place } from '../../core/people/place.ts';
import { membersIn } from '../../core/request/group.ts';
import type { Request } from '../../core/request/request.ts';
import { type GroupMembers, type Member, membersAt } from '../../core/view/group.ts';
import type { Deps } from '../deps.ts';
import { editionAt } from './for-reader.ts';

/** All that share a card with this one, as they are now, in the order in which they were named; undefined where it has its own. */
export async function groupOf(
  { store }: Pick<Deps, 'store'>,
  request: Request,
): Promise<readonly Request[] | undefined> {
  const ids = membersIn(request);
  if (!ids) return undefined;
  const all = await Promise.all(ids.map(async (id) => (await store.load(id)).request));
  return all.flatMap((one) => (one?.together?.id === request.together?.id ? (one ?? []) : []));
}

/** The same of the group whose first request has this id. */
export async function groupCalled(deps: Pick<Deps, 'store'>, first: string): Promise<readonly Request[]> {
  const { request } = await deps.store.load(first);
  return (request && (await groupOf(deps, request))) ?? [];
}

/** Those of a group that have a card at a place, each as it is shown there; undefined where none has. */
export function membersShown(
  deps: Pick<Deps, 'directory'>,
  group: readonly Request[],
  place: Place,
): GroupMembers | undefined {
  const [first, ...more] = membersAt(group, place).map((request): Member => {
    return { request, view: editionAt(deps, request, place) };
  });
  return first && [first, ...more];
}
