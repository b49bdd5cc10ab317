import type { Instant } from '../language/instant.ts';
import type { Pending, Request } from './request.ts';

/** Since when a request waits for its requester, who was asked something or offered less; undefined while it waits for others. */
export function requestersTurn(request: Request): Instant | undefined {
  if (request.status !== 'pending') return undefined;
  const { offer, questions = [] } = request;
  const times = [...(offer ? [offer.at] : []), ...questions.filter(({ answer }) => !answer).map(({ at }) => at)];
  return times.length > 0 ? Math.min(...times) : undefined;
}

/** It waits for others again: reminders, and when more are asked, come later by as long as it waited for the requester. */
export function othersTurn(next: Pending, before: Pending, now: Instant): Pending {
  const since = requestersTurn(before);
  if (since === undefined || requestersTurn(next) !== undefined) return next;
  const later = (at: Instant) => at + (now - since);
  const { escalatesAt, reminders } = next;
  return {
    ...next,
    ...(escalatesAt === undefined ? {} : { escalatesAt: later(escalatesAt) }),
    ...(reminders ? { reminders: reminders.map(later) } : {}),
  };
}
