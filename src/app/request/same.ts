import type { Request } from '../../core/request/request.ts';
import { isStanding, samenessOf } from '../../core/request/same.ts';
import type { Deps } from '../deps.ts';

/** The request of the same person that stands and asks for the same; undefined where none does. */
export async function sameAs(
  { store }: Pick<Deps, 'store'>,
  like: Parameters<typeof samenessOf>[0],
): Promise<Request | undefined> {
  const sameness = samenessOf(like);
  const id = await store.standing(sameness);
  if (id === undefined) return undefined;
  const { request, now } = await store.load(id);
  return request && isStanding(request, now.at) && samenessOf(request) === sameness ? request : undefined;
}
