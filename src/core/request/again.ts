import type { Instant } from '../language/instant.ts';
import type { AskedAgain } from './asked-again.ts';
import { type Judged, note, scheduled, type Tally } from './life.ts';
import { named } from './named.ts';
import type { Pending, Request } from './request.ts';

/** What it is asked with again: what it is judged by now, and who is asked. */
export type AskedWith = Judged & Tally & Pick<Request, 'standing' | 'demands'>;

/** What changed: in English, and for whoever reads it. */
type Changes = Pick<AskedAgain, 'what' | 'said'>;

/** Something is not as it was shown: whoever approved did not see it, and everybody is asked again, with what changed. */
export function askedAgain(request: Pending, now: Instant, changes: Changes, facts: AskedWith): Pending {
  const { escalatesAt: _, offer: __, reminders: ___, ...rest } = request;
  const history = note(request, { at: now, event: 'asked again', text: changes.what.join('; ') });
  const again = { at: now, version: history.version, ...changes };
  const dropped = named(request, request.reviews);
  return scheduled({ ...rest, ...facts, ...history, ...dropped, reviews: [], again }, now);
}
