import { JitError } from '../../core/errors/errors.ts';
import type { Request } from '../../core/request/request.ts';
import type { ApiListing } from '../../ports/api.ts';

const MOST = 200;

type Placed = Pick<Request, 'askedAt' | 'id'>;

/**
 * A part of what there is, newest first, and where the next one begins. That is a time and an ID, and no number of a place: what comes or
 * ends meanwhile neither hides nor repeats anything. Throws `malformedCall` for what no answer gave as `next`.
 */
export function pageOf<T extends Placed>(
  all: readonly T[],
  { limit = MOST, after }: Pick<ApiListing, 'limit' | 'after'>,
): { readonly page: readonly T[]; readonly next?: string } {
  const sorted = all.toSorted(newestFirst);
  const at = after === undefined ? undefined : placeIn(after);
  const rest = at === undefined ? sorted : sorted.filter((one) => newestFirst(one, at) > 0);
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  return rest.length > page.length && last ? { page, next: cursorOf(last) } : { page };
}

function newestFirst(a: Placed, b: Placed): number {
  if (a.askedAt !== b.askedAt) return b.askedAt - a.askedAt;
  return a.id < b.id ? -1 : Number(a.id > b.id);
}

function cursorOf({ askedAt, id }: Placed): string {
  return Buffer.from(`${askedAt} ${id}`).toString('base64url');
}

function placeIn(cursor: string): Placed {
  const [, askedAt, id] = /^(\d{1,16}) ([2-9a-z]{7})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (askedAt !== undefined && id !== undefined) return { askedAt: Number(askedAt), id };
  const detail = '`after` must be what an answer gave as `next`';
  throw new JitError('malformedCall', { faults: detail }, { fields: [{ in: 'query', field: 'after', detail }] });
}
