import { DAY_MS, type Instant } from '../language/instant.ts';
import type { Place } from '../people/place.ts';
import type { GlassBroken, GlassReview } from './break-glass.ts';
import { note } from './life.ts';
import type { Ended, Request } from './request.ts';
import type { Who } from './review.ts';

/** Access that nobody approved, and that is over. */
export type Broken = Ended & { readonly breakGlass: GlassBroken };

/** An overdue review is asked for again this often. */
const NAG_MS = DAY_MS;

/** Until when it has to be reviewed; undefined where nothing is owed. */
export function reviewOwedBy({ breakGlass }: Request): Instant | undefined {
  return breakGlass && !breakGlass.review ? breakGlass.reviewBy : undefined;
}

/** Can it be reviewed now? */
export function isReviewable(request: Request): request is Broken {
  return request.status === 'ended' && reviewOwedBy(request) !== undefined;
}

export function isOverdue(request: Request, now: Instant): boolean {
  return (reviewOwedBy(request) ?? now) < now;
}

/** Is somebody to be asked now: for the first time, once more, or because it is overdue, others as well? After a pause once, however long it was. */
export function askingDue({ breakGlass }: Broken, now: Instant): 'first' | 'again' | 'late' | undefined {
  const { askedAt, remindedAt = askedAt, reviewBy, isLate } = breakGlass;
  if (askedAt === undefined || remindedAt === undefined) return 'first';
  if (now >= reviewBy) return isLate ? (now >= remindedAt + NAG_MS ? 'again' : undefined) : 'late';
  const half = askedAt + (reviewBy - askedAt) / 2;
  return now >= half && remindedAt < half ? 'again' : undefined;
}

/** Reviewers are asked: these, at these places besides those there are. */
export function reviewAsked(
  request: Broken,
  why: 'first' | 'again' | 'late',
  told: { readonly asked: readonly Who[]; readonly places: readonly Place[] },
  now: Instant,
): Ended {
  const late = why === 'late' ? { isLate: true as const } : {};
  const breakGlass = { askedAt: now, ...request.breakGlass, remindedAt: now, ...late };
  const moment = {
    at: now,
    event: why === 'first' ? 'review asked' : why === 'late' ? 'review overdue' : 'review reminded',
  };
  return { ...request, ...note(request, moment), ...told, breakGlass };
}

export function glassReviewed(request: Broken, review: GlassReview): Ended {
  const moment = { at: review.at, event: `was ${review.verdict}`, by: review.by.id, text: review.words };
  return { ...request, ...note(request, moment), breakGlass: { ...request.breakGlass, review } };
}

/** Is it still to be told by this way? */
export function isAlarmOwed(request: Request, way: string): request is Request & { readonly breakGlass: GlassBroken } {
  return request.breakGlass !== undefined && !request.breakGlass.alarmed?.includes(way);
}

/** It was told by this way. */
export function glassAlarmed(request: Request & { readonly breakGlass: GlassBroken }, way: string): Request {
  const alarmed = [...(request.breakGlass.alarmed ?? []), way];
  return { ...request, ...note(request), breakGlass: { ...request.breakGlass, alarmed } };
}
