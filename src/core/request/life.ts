import type { JitError } from '../errors/errors.ts';
import { type Instant, MINUTE_MS, SECOND_MS } from '../language/instant.ts';
import { type Placement, placementKey, type StandingRule } from '../rule/rule.ts';
import type { Lease, OpenLease, Trouble } from './lease.ts';
import { askerOf } from './on-behalf.ts';
import { type Live, lookAt } from './owes.ts';
import {
  type Activating,
  type Active,
  type Approved,
  type InForce,
  isInForce,
  type Moment,
  type Pending,
  type Refused,
  type Request,
  type Scheduled,
} from './request.ts';
import type { Review, Who } from './review.ts';
import { after, type Event } from './workflow.ts';

/** The longest wait between two tries at closing, or at looking whether it stayed closed. */
const CLOSE_BACKOFF_MS = MINUTE_MS;

const OPEN_BACKOFF_MS = 20 * SECOND_MS;

const LONGEST_TIMELINE = 40;

/** The next version's number and timeline, by an event of the workflow table. The caller has checked that the cell exists. */
export function step(request: Request, event: Event, at: Instant, moment: Partial<Moment> = {}) {
  if (!after(request.status, event)) throw new Error(`no way from ${request.status} by ${event}`);
  return { version: request.version + 1, timeline: told(request, { at, event, ...moment }) };
}

/** The same for what leaves the status as it is. */
export function note(request: Request, moment?: Moment) {
  return { version: request.version + 1, timeline: moment ? told(request, moment) : request.timeline };
}

export function told(request: Request, moment: Moment): readonly Moment[] {
  const all = [...request.timeline, moment];
  // The first lines say who asked and who approved: these stay.
  return all.length > LONGEST_TIMELINE ? [...all.slice(0, 5), ...all.slice(all.length - LONGEST_TIMELINE + 5)] : all;
}

/** With its next time to look. */
export function scheduled<R extends Live>(request: R, now: Instant): R {
  return { ...request, lookAt: lookAt(request, now) };
}

/** A first version, with its time to look. */
export function asked(request: Omit<Pending, 'version' | 'status' | 'reviews' | 'timeline' | 'lookAt'>): Pending {
  const { askedAt, answerBy } = request;
  const timeline = [{ at: askedAt, event: 'asked', by: askerOf(request).id }];
  return scheduled({ ...request, version: 1, status: 'pending', reviews: [], timeline, lookAt: answerBy }, askedAt);
}

/** `judged`: what it was judged by, and how far the approvals are, where that was anew. */
export function reviewed(request: Pending, review: Review, judged: Judged & Tally = {}): Pending {
  const { escalatesAt: _, reminders: __, offer, ...rest } = request;
  // Whoever approves all of it offers less no more.
  const kept = offer && offer.by.id !== review.by.id ? { offer } : {};
  const next = { ...rest, ...kept, ...judged, ...step(request, 'reviewed', review.at, by(review.by)) };
  return scheduled({ ...next, reviews: [...request.reviews, review] }, review.at);
}

/** The policies that decided, and the machine that they decided about, with where it is reached. */
export type Judged = Partial<
  Pick<Request, 'policies' | 'policyVersion' | 'demands' | 'moveWithin' | 'unused' | 'identity' | 'addresses'>
>;

/** How far the approvals have come, whom the open stage asks, and when it asks others as well. */
export type Tally = Partial<
  Pick<Pending, 'quorum' | 'asked' | 'leftOut' | 'heldBack' | 'places' | 'escalatesAt' | 'reminders'>
>;

/**
 * The end is fixed here, so that a slow cloud shortens access and never lengthens it; that of one that starts later is counted from
 * its start, however late it was approved.
 */
export function approved(request: Pending, review: Review, judged: Judged = {}): Activating | Scheduled {
  return letIn({ ...request, ...judged, reviews: [...request.reviews, review] }, review.at, by(review.by));
}

/** Nobody, or nothing, is asked any more. */
export function letIn(request: Pending, now: Instant, moment?: Partial<Moment>): Activating | Scheduled {
  const { answerBy: _, quorum: __, escalatesAt: ___, again: ____, reminders: _____, ...rest } = request;
  const { startsAt } = rest;
  if (startsAt !== undefined && startsAt > now) {
    const next = { ...rest, ...step(request, 'scheduled', now, moment) };
    return scheduled({ ...next, status: 'scheduled', startsAt }, now);
  }
  const lease: Lease = { from: now, until: endFrom(request, startsAt ?? now), placements: [] };
  return scheduled({ ...rest, ...step(request, 'approved', now, moment), status: 'activating', lease }, now);
}

/** When access that begins then ends. */
export function endFrom({ forMs, endBy }: Pick<Request, 'forMs' | 'endBy'>, from: Instant): Instant {
  return Math.min(from + forMs, endBy ?? Number.POSITIVE_INFINITY);
}

export function denied(request: Pending | Scheduled, review: Review): Refused {
  const moment = { by: review.by.id, ...text(review.reason) };
  return { ...refused(request, 'denied', review.at, moment), status: 'denied', reviews: [...request.reviews, review] };
}

export function withdrawn(request: Pending | Scheduled, who: Who, now: Instant, reason?: string): Refused {
  return { ...refused(request, 'withdrawn', now, { ...by(who), ...text(reason) }), status: 'withdrawn' };
}

export function unanswered(request: Pending, now: Instant): Refused {
  return { ...refused(request, 'unanswered', now), status: 'expired' };
}

function refused(request: Pending | Scheduled, event: Event, now: Instant, moment?: Partial<Moment>) {
  const { lookAt: _, ...rest } = request;
  const history = step(request, event, now, moment);
  if (rest.status === 'scheduled') return { ...rest, ...history };
  const { answerBy: __, quorum: ___, escalatesAt: ____, again: _____, reminders: ______, ...asked } = rest;
  return { ...asked, ...history };
}

/** Kept before the cloud is called, so that closing can always find the spot. */
export function placed(
  request: Activating,
  placements: readonly Placement[],
  standing: readonly StandingRule[],
  now: Instant,
): Activating {
  const lease = { ...request.lease, placements };
  return scheduled({ ...request, ...note(request), lease, standing }, now);
}

export function opened(
  request: InForce,
  now: Instant,
  seen: {
    readonly placements: readonly Placement[];
    readonly standing: readonly StandingRule[];
    readonly connect?: string;
  },
): Active {
  const { trouble: _, ...rest } = request;
  const lease: OpenLease = {
    ...request.lease,
    placements: seen.placements,
    openedAt: request.lease.openedAt ?? now,
    seenUntil: request.lease.until,
    ...(seen.connect === undefined ? {} : { connect: seen.connect }),
  };
  const next = { ...rest, ...step(request, 'opened', now), lease, standing: seen.standing };
  return scheduled({ ...next, status: 'active' }, now);
}

/** Approvals that nothing was opened by yet, and that may have been taken back in records that were lost, count no more. */
export function unreviewed<R extends Pending | InForce>(request: R, now: Instant): R {
  const next = { ...request, ...note(request, { at: now, event: 'approvals voided' }) };
  if (next.status === 'pending') {
    // An offer is an approval of less.
    const { quorum: _, escalatesAt: __, offer: ___, ...pending } = next;
    return scheduled({ ...pending, reviews: [] } as unknown as R, now);
  }
  if (!next.extension) return scheduled(next, now);
  const { quorum: _, ...extension } = next.extension;
  return scheduled({ ...next, extension: { ...extension, reviews: [] } }, now);
}

export function reminded(request: Active, now: Instant): Active {
  return scheduled({ ...request, ...note(request), remindedFor: request.lease.until }, now);
}

/** What lets it in had been taken away by somebody, and was put back. `who` did it, where that is known. */
export function reattached(request: Active, now: Instant, who?: string): Active {
  return scheduled({ ...request, ...note(request, { at: now, event: 'reattached', ...text(who) }) }, now);
}

/** Another group was put in front of its machine, and its rules are going to be written there too: kept before they are. */
export function spread(request: Active, now: Instant, placements: readonly Placement[]): Active {
  const known = new Map(placements.map((one) => [placementKey(one), one]));
  const all = request.lease.placements.map((one) => ({ ...one, ...known.get(placementKey(one)) }));
  return scheduled({ ...request, ...note(request), lease: { ...request.lease, placements: all } }, now);
}

/** It was opened in that group too: `where` names it. */
export function followed(request: Active, now: Instant, where: string): Active {
  return scheduled({ ...request, ...note(request, { at: now, event: 'followed', ...text(where) }) }, now);
}

/** For so long waiting for one's turn counts as no try in vain. */
const IN_LINE_MS = 2 * MINUTE_MS;

/** Something did not work; it is tried again later, and louder. */
export function troubled<R extends Approved>(request: R, error: JitError, now: Instant): R {
  const most = isInForce(request) ? OPEN_BACKOFF_MS : CLOSE_BACKOFF_MS;
  const since = request.trouble?.since ?? now;
  // Whoever waits for their turn has not failed yet: where many end at once, nobody is to be alarmed by each of them.
  const isInLine = error.isQueued && now - since < IN_LINE_MS;
  const trouble: Trouble = {
    code: error.code,
    say: error.say,
    words: error.words,
    since,
    tries: (request.trouble?.tries ?? 0) + (isInLine ? 0 : 1),
  };
  const told = Math.min(most, error.retryAfterMs ?? 0);
  // Later than that, their turn would go by.
  const wait = error.isQueued ? told : Math.max(Math.min(most, SECOND_MS * 2 ** Math.min(trouble.tries - 1, 10)), told);
  const next = { ...request, ...note(request), trouble };
  return { ...next, lookAt: lookAt(next, now, wait) ?? now + wait };
}

export function by(who: Who): Partial<Moment> {
  return { by: who.id };
}

export function text(words: string | undefined): Partial<Moment> {
  return words ? { text: words } : {};
}
