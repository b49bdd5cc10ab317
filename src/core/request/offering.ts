import type { Instant } from '../language/instant.ts';
import { samePort } from '../rule/port.ts';
import { contains } from '../rule/source.ts';
import { note, scheduled, withdrawn } from './life.ts';
import type { Offer, OfferTerms } from './offer.ts';
import type { Pending, Refused, Request } from './request.ts';
import type { Who } from './review.ts';

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
  return scheduled({ ...rest, ...note(request, { at: now, event: 'offer declined', by: who.id }) }, now);
}

/** The request gives way to the one that was offered. */
export function offerAccepted(request: Pending, offer: Offer, who: Who, now: Instant): Refused {
  return { ...withdrawn(request, who, now), offer: { ...offer, accepted: now } };
}
