import type { Instant } from '../language/instant.ts';
import type { Escalating } from './escalation.ts';
import { note, scheduled } from './life.ts';
import { extensionOf, isWaiting, type Request } from './request.ts';

const EVENT = 'refused now';
/** What says again how it stands. */
const SINCE: readonly string[] = [EVENT, 'routed again', 'asked again', 'allowed again', 'extension asked'];

/** What stands, since something changed, against a request or an extension that waits; undefined where nothing does. */
export function refusalNow(request: Request): string | undefined {
  if (!isWaiting(request)) return undefined;
  const since = extensionOf(request)?.at ?? request.askedAt;
  const last = request.timeline.findLast(({ event, at }) => at >= since && SINCE.includes(event));
  return last?.event === EVENT ? last.text : undefined;
}

/** Was that said already? */
export function isRefusedNow(request: Request, text: string): boolean {
  return refusalNow(request) === text;
}

/** It is refused as everything is now. It goes on waiting: that may change again. */
export function refusedNow<R extends Escalating>(request: R, text: string, now: Instant): R {
  return scheduled({ ...request, ...note(request, { at: now, event: EVENT, text }) }, now);
}
