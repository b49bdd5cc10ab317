import type { JitError } from '../errors/errors.ts';
import { type Instant, MINUTE_MS, SECOND_MS } from '../language/instant.ts';
import type { Placement, StandingRule } from '../rule/rule.ts';
import type { Ending, Extension, Lease, Moment, Proof, Request, Review, Trouble, Who } from './request.ts';
import { after, type Event, isInForce } from './workflow.ts';

/** The warning comes this long before the end, or halfway through a lease of less than twice that. */
export const REMIND_MS = 5 * MINUTE_MS;
/** A hint is given at each commit; if it was lost, the due index looks again after this. */
const HINT_LOST_MS = 5 * SECOND_MS;
/** The longest wait between two tries at closing, or at looking whether it stayed closed. */
const CLOSE_BACKOFF_MS = MINUTE_MS;
const OPEN_BACKOFF_MS = 20 * SECOND_MS;
/** A watched end is looked at again this often at least. */
const WATCH_MS = 5 * MINUTE_MS;
const LONGEST_TIMELINE = 40;

/** A new version after an event of the workflow table. The caller has checked that the cell exists. */
function step(
  request: Request,
  event: Event,
  now: Instant,
  patch: Partial<Request>,
  moment?: Partial<Moment>,
): Request {
  const status = after(request.status, event);
  if (!status) throw new Error(`no way from ${request.status} by ${event}`);
  const { trouble: _, ...rest } = request;
  return scheduled(
    { ...rest, ...patch, status, version: request.version + 1, timeline: told(request, { at: now, event, ...moment }) },
    now,
  );
}

/** A new version that leaves the status as it is. */
function note(request: Request, now: Instant, patch: Partial<Request>, moment?: Moment): Request {
  const timeline = moment ? told(request, moment) : request.timeline;
  return scheduled({ ...request, ...patch, version: request.version + 1, timeline }, now);
}

function told(request: Request, moment: Moment): readonly Moment[] {
  const all = [...request.timeline, moment];
  // The first lines say who asked and who approved: these stay.
  return all.length > LONGEST_TIMELINE ? [...all.slice(0, 5), ...all.slice(all.length - LONGEST_TIMELINE + 5)] : all;
}

export function reviewed(request: Request, review: Review): Request {
  return step(request, 'reviewed', review.at, { reviews: [...request.reviews, review] }, by(review.by));
}

/** The end is fixed here, so that a slow cloud shortens access and never lengthens it. */
export function approved(request: Request, review: Review): Request {
  const lease: Lease = { from: review.at, until: review.at + request.forMs, placements: [] };
  return step(request, 'approved', review.at, { reviews: [...request.reviews, review], lease }, by(review.by));
}

export function denied(request: Request, review: Review): Request {
  return step(
    request,
    'denied',
    review.at,
    { reviews: [...request.reviews, review] },
    { by: review.by.id, ...text(review.reason) },
  );
}

export function withdrawn(request: Request, who: Who, now: Instant): Request {
  return step(request, 'withdrawn', now, {}, by(who));
}

export function unanswered(request: Request, now: Instant): Request {
  return step(request, 'unanswered', now, {});
}

/** Kept before the cloud is called, so that closing can always find the spot. */
export function placed(
  request: Request,
  placements: readonly Placement[],
  standing: readonly StandingRule[],
  now: Instant,
): Request {
  return note(request, now, { lease: { ...leaseOf(request), placements }, standing });
}

export function opened(
  request: Request,
  now: Instant,
  seen: {
    readonly placements: readonly Placement[];
    readonly standing: readonly StandingRule[];
    readonly connect?: string;
  },
): Request {
  const lease = leaseOf(request);
  const connect = seen.connect === undefined ? {} : { connect: seen.connect };
  const next: Lease = {
    ...lease,
    placements: seen.placements,
    openedAt: lease.openedAt ?? now,
    seenUntil: lease.until,
    ...connect,
  };
  return step(request, 'opened', now, { lease: next, standing: seen.standing });
}

export function extensionAsked(request: Request, extension: Extension): Request {
  return note(
    request,
    extension.at,
    { extension },
    { at: extension.at, event: 'extension asked', by: extension.by.id },
  );
}

export function extensionReviewed(request: Request, review: Review): Request {
  const extension = request.extension && { ...request.extension, reviews: [...request.extension.reviews, review] };
  return note(request, review.at, extension ? { extension } : {}, {
    at: review.at,
    event: 'extension reviewed',
    by: review.by.id,
  });
}

export function extended(request: Request, until: Instant, who: Who, now: Instant, review?: Review): Request {
  const { extension: _, ...rest } = request;
  const reviews = review ? [...request.reviews, review] : request.reviews;
  return step(rest, 'extended', now, { lease: { ...leaseOf(request), until }, reviews }, by(who));
}

export function extensionDenied(request: Request, review: Review): Request {
  const { extension: _, ...rest } = request;
  const moment = { at: review.at, event: 'extension denied', by: review.by.id, ...text(review.reason) };
  return note(rest, review.at, { reviews: [...request.reviews, review] }, moment);
}

export function extensionUnanswered(request: Request, now: Instant): Request {
  const { extension: _, ...rest } = request;
  return note(rest, now, {}, { at: now, event: 'extension unanswered' });
}

export function elapsed(request: Request, now: Instant): Request {
  return closing(request, 'elapsed', { why: 'elapsed', at: now });
}

export function revoked(request: Request, who: Who, now: Instant, reason?: string): Request {
  return closing(request, 'revoked', { why: 'revoked', at: now, by: who, ...(reason ? { say: reason } : {}) });
}

export function failed(request: Request, error: JitError, now: Instant): Request {
  return closing(request, 'failed', {
    why: 'failed',
    at: now,
    say: error.hint ? `${error.say} ${error.hint}` : error.say,
  });
}

function closing(request: Request, event: Event, ending: Ending): Request {
  const { extension: _, ...rest } = request;
  const moment = { ...(ending.by ? { by: ending.by.id } : {}), ...text(ending.say) };
  return step(rest, event, ending.at, { ending }, moment);
}

/** The cloud was read back. A watch keeps looking for a rule that lands late. */
export function closed(request: Request, proof: Proof, watchUntil: Instant | undefined): Request {
  const watch = watchUntil === undefined ? {} : { watchUntil };
  return step(request, 'closed', proof.at, { proof, ...watch }, { text: proof.verdict });
}

/** A look at an ended request: either the watch is over, or it goes on (`again`: a rule was found and closed again). */
export function watched(request: Request, now: Instant, again: boolean): Request {
  const { trouble: _, ...calm } = request;
  if (again) return note(calm, now, {}, { at: now, event: 'closed again' });
  if (request.watchUntil !== undefined && now < request.watchUntil) return note(calm, now, {});
  const { watchUntil: __, ...rest } = calm;
  return note(rest, now, {});
}

export function reminded(request: Request, now: Instant): Request {
  return note(request, now, { remindedFor: leaseOf(request).until });
}

/** Something did not work; it is tried again later, and louder. */
export function troubled(request: Request, error: JitError, now: Instant): Request {
  const { trouble } = request;
  const next: Trouble = {
    code: error.code,
    say: error.say,
    since: trouble?.since ?? now,
    tries: (trouble?.tries ?? 0) + 1,
  };
  const most = isInForce(request.status) ? OPEN_BACKOFF_MS : CLOSE_BACKOFF_MS;
  const wait = Math.max(
    Math.min(most, SECOND_MS * 2 ** Math.min(next.tries - 1, 10)),
    Math.min(most, error.retryAfterMs ?? 0),
  );
  const noted = note(request, now, { trouble: next });
  return { ...noted, lookAt: lookAt(noted, now, wait) ?? now + wait };
}

/** When to give the warning of the end. */
export function remindAt(lease: Lease): Instant {
  const length = lease.until - lease.from;
  return lease.until - Math.min(REMIND_MS, Math.floor(length / 2));
}

/** When to look at the request next, from its state alone; undefined when nothing is left to do. */
function lookAt(request: Request, now: Instant, againMs = HINT_LOST_MS): Instant | undefined {
  const { status, lease, extension, trouble, watchUntil } = request;
  if (status === 'pending') return request.answerBy;
  if (status === 'closing') return now + againMs;
  if (isInForce(status) && lease) {
    const times = [lease.until];
    if (status === 'activating' || lease.seenUntil !== lease.until) times.push(now + againMs);
    if (status === 'active' && request.remindedFor !== lease.until) times.push(remindAt(lease));
    if (extension) times.push(extension.answerBy);
    return Math.min(...times);
  }
  if (watchUntil === undefined) return undefined;
  // A rule that came back and would not close, or nobody can tell: like closing.
  if (trouble) return now + againMs;
  return Math.max(now + SECOND_MS, Math.min(watchUntil, now + WATCH_MS));
}

function scheduled(request: Request, now: Instant): Request {
  const { lookAt: _, ...rest } = request;
  const at = lookAt(request, now);
  return at === undefined ? rest : { ...rest, lookAt: at };
}

/** A first version, with its time to look. */
export function asked(request: Omit<Request, 'version' | 'status' | 'reviews' | 'timeline' | 'lookAt'>): Request {
  const { askedAt, requester } = request;
  const first: Request = {
    ...request,
    version: 1,
    status: 'pending',
    reviews: [],
    timeline: [{ at: askedAt, event: 'asked', by: requester.id }],
  };
  return scheduled(first, askedAt);
}

/** The lease of a request that was approved. */
export function leaseOf(request: Request): Lease {
  if (!request.lease) throw new Error(`request ${request.id} has no lease`);
  return request.lease;
}

function by(who: Who): Partial<Moment> {
  return { by: who.id };
}

function text(words: string | undefined): Partial<Moment> {
  return words ? { text: words } : {};
}
