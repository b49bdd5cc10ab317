import type { Instant } from '../language/instant.ts';
import type { Extension } from './lease.ts';
import { by, note, scheduled, step, type Tally, text } from './life.ts';
import type { Active, InForce, Moment } from './request.ts';
import type { Review } from './review.ts';

/** `shown`: the version of the card on which it was pressed. */
export function extensionAsked(request: InForce, extension: Extension, shown: Shown = {}): InForce {
  const moment = { at: extension.at, event: 'extension asked', by: extension.by.id, ...shown };
  return scheduled({ ...request, ...note(request, moment), extension }, extension.at);
}

export function extensionReviewed(request: InForce, review: Review, counted: Tally = {}): InForce {
  const moment = { at: review.at, event: 'extension reviewed', by: review.by.id };
  const { quorum, escalatesAt, reminders, ...whom } = counted;
  const next = { ...request, ...note(request, moment), ...whom };
  if (!request.extension) return scheduled(next, review.at);
  const { escalatesAt: _, reminders: __, ...rest } = request.extension;
  const told = {
    ...(quorum ? { quorum } : {}),
    ...(escalatesAt === undefined ? {} : { escalatesAt }),
    ...(reminders ? { reminders } : {}),
  };
  const extension = { ...rest, ...told, reviews: [...rest.reviews, review] };
  return scheduled({ ...next, extension }, review.at);
}

/** By the last review of those that it needs, or by the requester alone where a policy lets people extend by themselves. */
export function extended(request: InForce, until: Instant, given: Review | Given, shown: Shown = {}): InForce {
  const { extension, trouble: _, early: __, ...rest } = request;
  const about = 'verdict' in given ? [...(extension?.reviews ?? []), given] : [];
  const reviews = [...request.reviews, ...about.map(ofExtension)];
  const history = { ...step(request, 'extended', given.at, { ...by(given.by), ...shown }), reviews };
  return rest.status === 'active'
    ? scheduled({ ...rest, ...history, lease: { ...rest.lease, until } }, given.at)
    : scheduled({ ...rest, ...history, lease: { ...rest.lease, until } }, given.at);
}

type Given = Pick<Review, 'by' | 'at'>;
type Shown = Pick<Moment, 'shown'>;

export function extensionDenied(request: InForce, review: Review): InForce {
  const { extension: _, ...rest } = request;
  const moment = { at: review.at, event: 'extension denied', by: review.by.id, ...text(review.reason) };
  return scheduled(
    { ...rest, ...note(request, moment), reviews: [...request.reviews, ofExtension(review)] },
    review.at,
  );
}

function ofExtension(review: Review): Review {
  return { ...review, extension: true };
}

/** More time that was approved, and that the cloud does not carry yet, is not given: the end is the one from before. */
export function extensionFailed(request: Active, why: string, now: Instant): Active {
  const lease = { ...request.lease, until: request.lease.seenUntil };
  const { trouble: _, ...rest } = request;
  return scheduled({ ...rest, ...note(request, { at: now, event: 'extension failed', text: why }), lease }, now);
}

export function extensionUnanswered(request: InForce, now: Instant): InForce {
  const { extension: _, ...rest } = request;
  return scheduled({ ...rest, ...note(request, { at: now, event: 'extension unanswered' }) }, now);
}
