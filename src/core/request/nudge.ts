import { type Instant, MINUTE_MS } from '../language/instant.ts';
import type { Escalating } from './escalation.ts';
import { note, scheduled } from './life.ts';
import { extensionOf, type Request } from './request.ts';

/** A requester may remind those who are asked this often. */
export const NUDGE_MS = 15 * MINUTE_MS;

/** When the requester may next remind those who are asked; in the past where they may now. */
export function nudgeableAt(request: Request): Instant {
  const since = extensionOf(request)?.at ?? request.askedAt;
  const last = request.timeline.findLast(({ event, at }) => event === 'nudged' && at >= since);
  return last === undefined ? since : last.at + NUDGE_MS;
}

/** The requester, or who asked for them, reminds those who are asked. */
export function nudged<R extends Escalating>(request: R, now: Instant, by: string): R {
  return scheduled({ ...request, ...note(request, { at: now, event: 'nudged', by }) }, now);
}
