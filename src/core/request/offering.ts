import type { Instant } from '../language/instant.ts';
import { samePort } from '../rule/port.ts';
import { contains } from '../rule/source.ts';
import { note, scheduled, step, type Tally, withdrawn } from './life.ts';
import type { Offer, OfferTerms } from './offer.ts';
import type { Pending, Refused, Request } from './request.ts';
import type { Review, Who } from './review.ts';
import { seenDigest, seenOf, type WhatIsSeen } from './seen.ts';
import { othersTurn } from './turn.ts';

/** Is it within what was asked for, and less than that? Nothing else may be offered. */
export function isLess(terms: OfferTerms, request: Request): boolean {
  const { ports, source, forMs } = terms;
  const isWithin =
    ports.length > 0 &&
    ports.every((port) => request.ports.some((one) => samePort(one, port))) &&
    contains(request.source, source) &&
    forMs <= request.forMs;
  return isWithin && (ports.length < request.ports.length || source !== request.source || forMs < request.forMs);
}

/** The request as if it had asked for just that. */
export function lessOf<R extends Request>(request: R, { ports, source, sourceName, forMs }: OfferTerms): R {
  const { sourceName: _, bastion, ...rest } = request;
  const through = bastion !== undefined && source === request.source ? { bastion } : {};
  const named = sourceName === undefined ? {} : { sourceName };
  return { ...rest, ports, source, forMs, ...through, ...named } as unknown as R;
}

/** The approvals of it that are of what it is now. */
export function approvalsOf(request: Request): readonly Review[] {
  const now = seenDigest(seenOf(request));
  return request.reviews.filter(({ verdict, seen }) => verdict === 'approve' && seen === now);
}

/**
 * Has whoever approved `more` seen all that `less` of it hangs on? The same machine and reason, no stage that the other does not
 * demand, and nothing else that is open to everybody. That ports, time, and source are less is `isLess`.
 */
export function isCovered(less: WhatIsSeen, more: WhatIsSeen): boolean {
  const isSame = (['requester', 'machine', 'identity', 'justification'] as const).every(
    (key) => less[key] === more[key],
  );
  const { demands = ['unknown'] } = less;
  return (
    isSame &&
    demands.every((one) => more.demands?.includes(one) ?? false) &&
    (less.moves ?? []).every((one) => more.moves?.includes(one) ?? false) &&
    less.open.every((one) => more.open.includes(one))
  );
}

/** An approval of more that was given before counts for this request, which is less of it. */
export function carriedOver(
  request: Pending,
  { id }: Request,
  review: Review,
  { at, counted }: { readonly at: Instant; readonly counted: Tally },
): Pending {
  const { escalatesAt: _, reminders: __, ...rest } = request;
  const own = { ...review, seen: seenDigest(seenOf(request)), more: id };
  const next = { ...rest, ...counted, ...step(request, 'reviewed', at, { by: review.by.id }) };
  return scheduled({ ...next, reviews: [...request.reviews, own] }, at);
}

/** The offer that waits for the requester. */
export function offerOf(request: Request): Offer | undefined {
  return request.status === 'pending' ? request.offer : undefined;
}

/** The newest offer stands. */
export function offered(request: Pending, offer: Omit<Offer, 'version'>): Pending {
  const history = note(request, { at: offer.at, event: 'offered', by: offer.by.id });
  return scheduled({ ...request, ...history, offer: { ...offer, version: history.version } }, offer.at);
}

/** The requester does not want it, or whoever made it takes it back. */
export function offerDeclined(request: Pending, who: Who, now: Instant): Pending {
  const { offer: _, ...rest } = request;
  const next = { ...rest, ...note(request, { at: now, event: 'offer declined', by: who.id }) };
  return scheduled(othersTurn(next, request, now), now);
}

/** The request gives way to the one that was offered. */
export function offerAccepted(request: Pending, offer: Offer, who: Who, now: Instant): Refused {
  return { ...withdrawn(request, who, now), offer: { ...offer, accepted: now } };
}
