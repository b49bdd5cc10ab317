import type { Place } from '../../core/people/place.ts';
import { isWaiting, type Request } from '../../core/request/request.ts';
import { becauseOf } from '../../core/view/asked.ts';
import type { View } from '../../core/view/view.ts';

/** The view as the owner of a private chat sees it: while they are asked, with the reason. Everything else is the same for all. */
export function forReader(
  view: View,
  request: Request,
  place: Place,
  accountOf: (id: string) => string | undefined,
): View {
  if (place.kind !== 'private' || !isWaiting(request)) return view;
  const reader = request.asked.find(({ id }) => accountOf(id)?.toLowerCase() === place.id.toLowerCase());
  const because = reader && becauseOf(reader, request);
  return because === undefined ? view : { ...view, notes: [{ tone: 'info', text: [because] }, ...view.notes] };
}
