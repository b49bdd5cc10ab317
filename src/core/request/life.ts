import type { JitError } from '../errors/errors.ts';
import { type Instant, MINUTE_MS, SECOND_MS } from '../language/instant.ts';
import { type Placement, placementKey, type StandingRule } from '../rule/rule.ts';
import type { Cut } from './cut.ts';
import { type Live, lookAt } from './owes.ts';
import {
  type Activating,
  type Active,
  type Approved,
  type Closing,
  type Ended,
  type Ending,
  type Extension,
  type InForce,
  isInForce,
  type Lease,
  type Moment,
  type OpenLease,
  type Pending,
  type Proof,
  type Refused,
  type Request,
  type Review,
  type Trouble,
  type Who,
} from './request.ts';
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

function told(request: Request, moment: Moment): readonly Moment[] {
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
  const { askedAt, requester, answerBy } = request;
  const timeline = [{ at: askedAt, event: 'asked', by: requester.id }];
  return scheduled({ ...request, version: 1, status: 'pending', reviews: [], timeline, lookAt: answerBy }, askedAt);
}

/** `judged`: what it was judged by, and how far the approvals are, where that was anew. */
export function reviewed(request: Pending, review: Review, judged: Judged & Tally = {}): Pending {
  const { escalatesAt: _, ...rest } = request;
  const next = { ...rest, ...judged, ...step(request, 'reviewed', review.at, by(review.by)) };
  return scheduled({ ...next, reviews: [...request.reviews, review] }, review.at);
}

/** The policies that decided, and the machine that they decided about, with where it is reached. */
export type Judged = Partial<Pick<Request, 'policies' | 'identity' | 'addresses'>>;

/** How far the approvals have come, whom the open stage asks, and when it asks others as well. */
export type Tally = Partial<Pick<Pending, 'quorum' | 'asked' | 'places' | 'escalatesAt'>>;

/** The end is fixed here, so that a slow cloud shortens access and never lengthens it. */
export function approved(request: Pending, review: Review, judged: Judged = {}): Activating {
  const { answerBy: _, quorum: __, escalatesAt: ___, ...rest } = request;
  const lease: Lease = { from: review.at, until: review.at + request.forMs, placements: [] };
  const next = { ...rest, ...judged, ...step(request, 'approved', review.at, by(review.by)) };
  return scheduled({ ...next, status: 'activating', reviews: [...request.reviews, review], lease }, review.at);
}

export function denied(request: Pending, review: Review): Refused {
  const moment = { by: review.by.id, ...text(review.reason) };
  return { ...refused(request, 'denied', review.at, moment), status: 'denied', reviews: [...request.reviews, review] };
}

export function withdrawn(request: Pending, who: Who, now: Instant): Refused {
  return { ...refused(request, 'withdrawn', now, by(who)), status: 'withdrawn' };
}

export function unanswered(request: Pending, now: Instant): Refused {
  return { ...refused(request, 'unanswered', now), status: 'expired' };
}

function refused(request: Pending, event: Event, now: Instant, moment?: Partial<Moment>) {
  const { answerBy: _, lookAt: __, quorum: ___, escalatesAt: ____, ...rest } = request;
  return { ...rest, ...step(request, event, now, moment) };
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

export function extensionAsked(request: InForce, extension: Extension): InForce {
  const moment = { at: extension.at, event: 'extension asked', by: extension.by.id };
  return scheduled({ ...request, ...note(request, moment), extension }, extension.at);
}

export function extensionReviewed(request: InForce, review: Review, counted: Tally = {}): InForce {
  const moment = { at: review.at, event: 'extension reviewed', by: review.by.id };
  const { quorum, escalatesAt, ...whom } = counted;
  const next = { ...request, ...note(request, moment), ...whom };
  if (!request.extension) return scheduled(next, review.at);
  const { escalatesAt: _, ...rest } = request.extension;
  const told = { ...(quorum ? { quorum } : {}), ...(escalatesAt === undefined ? {} : { escalatesAt }) };
  const extension = { ...rest, ...told, reviews: [...rest.reviews, review] };
  return scheduled({ ...next, extension }, review.at);
}

/** By the last review of those that it needs, or by the requester alone where a policy lets people extend by themselves. */
export function extended(request: InForce, until: Instant, given: Review | Given): InForce {
  const { extension, trouble: _, ...rest } = request;
  const reviews = 'verdict' in given ? [...request.reviews, ...(extension?.reviews ?? []), given] : request.reviews;
  const history = { ...step(request, 'extended', given.at, by(given.by)), reviews };
  return rest.status === 'active'
    ? scheduled({ ...rest, ...history, lease: { ...rest.lease, until } }, given.at)
    : scheduled({ ...rest, ...history, lease: { ...rest.lease, until } }, given.at);
}

type Given = Pick<Review, 'by' | 'at'>;

/** Approvals that nothing was opened by yet, and that may have been taken back in records that were lost, count no more. */
export function unreviewed<R extends Pending | InForce>(request: R, now: Instant): R {
  const next = { ...request, ...note(request, { at: now, event: 'approvals voided' }) };
  if (next.status === 'pending') {
    const { quorum: _, escalatesAt: __, ...pending } = next;
    return scheduled({ ...pending, reviews: [] } as unknown as R, now);
  }
  if (!next.extension) return scheduled(next, now);
  const { quorum: _, ...extension } = next.extension;
  return scheduled({ ...next, extension: { ...extension, reviews: [] } }, now);
}

export function extensionDenied(request: InForce, review: Review): InForce {
  const { extension: _, ...rest } = request;
  const moment = { at: review.at, event: 'extension denied', by: review.by.id, ...text(review.reason) };
  return scheduled({ ...rest, ...note(request, moment), reviews: [...request.reviews, review] }, review.at);
}

export function extensionUnanswered(request: InForce, now: Instant): InForce {
  const { extension: _, ...rest } = request;
  return scheduled({ ...rest, ...note(request, { at: now, event: 'extension unanswered' }) }, now);
}

export function elapsed(request: InForce, now: Instant): Closing {
  return closing(request, 'elapsed', { why: 'elapsed', at: now });
}

export function revoked(request: InForce, who: Who, now: Instant, reason?: string): Closing {
  const ending: Ending = { why: 'revoked', at: now, by: who, ...(reason ? { say: reason } : {}) };
  return closing(request, 'revoked', ending, { by: who.id, ...text(reason) });
}

export function failed(request: InForce, error: JitError, now: Instant): Closing {
  const say = `${error.say} ${error.hint}`;
  return closing(request, 'failed', { why: 'failed', at: now, code: error.code, say }, { text: say });
}

/** When its rules had to be gone; undefined while nothing has to, and once that is proven. For one in force that is to come. */
export function overAt(request: Request): Instant | undefined {
  if (isInForce(request)) return request.lease.until;
  return request.status === 'closing' ? dueAt(request) : undefined;
}

/** How long after its end it was proven that its rules are gone, in milliseconds. */
export function latenessOf(request: Ended): number {
  return Math.max(0, request.proof.at - dueAt(request));
}

function dueAt({ ending, lease }: Closing | Ended): Instant {
  return ending.why === 'elapsed' ? lease.until : ending.at;
}

function closing(request: InForce, event: Event, ending: Ending, moment?: Partial<Moment>): Closing {
  const { extension: _, trouble: __, ...rest } = request;
  return scheduled({ ...rest, ...step(request, event, ending.at, moment), status: 'closing', ending }, ending.at);
}

/** The cloud was read back, by `via`. A watch keeps looking for a rule that lands late. */
export function closed(request: Closing, proof: Proof, watchUntil: Instant | undefined, via?: string): Ended {
  const { trouble: _, lookAt: __, ...rest } = request;
  const history = step(request, 'closed', proof.at, { text: proof.verdict, ...(via ? { by: via } : {}) });
  return watchedFor({ ...rest, ...history, status: 'ended', proof }, watchUntil, proof.at);
}

/** A look at an ended request: either the watch is over, or it goes on (`again`: a rule was found and closed again). */
export function watched(request: Ended, now: Instant, again: boolean): Ended {
  const { trouble: _, lookAt: __, watchUntil, ...rest } = request;
  const moment = again ? { at: now, event: 'closed again' } : undefined;
  const goesOn = again || (watchUntil !== undefined && now < watchUntil);
  return watchedFor({ ...rest, ...note(request, moment) }, goesOn ? watchUntil : undefined, now);
}

function watchedFor(request: Ended, watchUntil: Instant | undefined, now: Instant): Ended {
  return timed(watchUntil === undefined ? request : { ...request, watchUntil }, now);
}

function timed({ lookAt: _, ...request }: Ended, now: Instant): Ended {
  const at = lookAt(request, now);
  return at === undefined ? request : { ...request, lookAt: at };
}

/** The closing is proven, and its sessions are to be cut: a step of the commit that says so. */
export function owingCut(request: Ended, now: Instant): Ended {
  return timed({ ...request, cut: { state: 'owed', since: now, at: now, tries: 0 } }, now);
}

/** The cut went on, or came to an end; `event` where it is something that people should find in the timeline. */
export function cutAs(request: Ended, cut: Cut, now: Instant, event?: string): Ended {
  return timed({ ...request, ...note(request, event === undefined ? undefined : { at: now, event }), cut }, now);
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

/** Something did not work; it is tried again later, and louder. */
export function troubled<R extends Approved>(request: R, error: JitError, now: Instant): R {
  const most = isInForce(request) ? OPEN_BACKOFF_MS : CLOSE_BACKOFF_MS;
  const trouble: Trouble = {
    code: error.code,
    say: error.say,
    since: request.trouble?.since ?? now,
    tries: (request.trouble?.tries ?? 0) + 1,
  };
  const wait = Math.max(
    Math.min(most, SECOND_MS * 2 ** Math.min(trouble.tries - 1, 10)),
    Math.min(most, error.retryAfterMs ?? 0),
  );
  const next = { ...request, ...note(request), trouble };
  return { ...next, lookAt: lookAt(next, now, wait) ?? now + wait };
}

function by(who: Who): Partial<Moment> {
  return { by: who.id };
}

function text(words: string | undefined): Partial<Moment> {
  return words ? { text: words } : {};
}
