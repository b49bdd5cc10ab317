import type { Instant } from '../language/instant.ts';
import { note, scheduled } from './life.ts';
import type { Pending, Request } from './request.ts';

const EVENT = 'refused now';
/** What says again how it stands. */
const SINCE: readonly string[] = [EVENT, 'routed again', 'asked again', 'allowed again'];

/** What the rules, as they were changed, say against a request that waits; undefined where nothing does. */
export function refusalNow(request: Request): string | undefined {
  const last =
    request.status === 'pending' ? request.timeline.findLast(({ event }) => SINCE.includes(event)) : undefined;
  return last?.event === EVENT ? last.text : undefined;
}

/** Was that said already? */
export function isRefusedNow(request: Request, text: string): boolean {
  return refusalNow(request) === text;
}

/** The rules refuse it as they are now. It goes on waiting: they may be changed again. */
export function refusedNow(request: Pending, text: string, now: Instant): Pending {
  return scheduled({ ...request, ...note(request, { at: now, event: EVENT, text }) }, now);
}
