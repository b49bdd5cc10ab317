import { type Instant, MINUTE_MS, SECOND_MS } from '../language/instant.ts';
import { isCutting } from './cut.ts';
import type { Lease } from './lease.ts';
import { type Active, type Ended, type InForce, isInForce, type Pending, type Request } from './request.ts';
import { requestersTurn } from './turn.ts';

/** The warning comes this long before the end, or halfway through a lease of less than twice that. */
export const REMIND_MS = 5 * MINUTE_MS;
/** A hint is given at each commit; if it was lost, the due index looks again after this. */
const HINT_LOST_MS = 5 * SECOND_MS;
/** A watched end is looked at again this often at least. */
const WATCH_MS = 5 * MINUTE_MS;

/**
 * What a request owes the cloud:
 *
 *   placement   where its rules go is to be found out, and kept, before anything is called
 *   opening     its rules, with their end, are to be there
 *   closing     its rules are to go
 *   look        it is over: is one of its rules there again?
 *   cut         it is over: what is still connected is to be cut
 */
export type Debt = 'placement' | 'opening' | 'closing' | 'look' | 'cut';

/** The one place that says what is owed; undefined when nothing is. */
export function owes(request: Request): Debt | undefined {
  switch (request.status) {
    case 'activating':
      return request.lease.placements.length === 0 ? 'placement' : 'opening';
    case 'active':
      // Another end than the cloud was last seen to carry is to be written there.
      return request.lease.seenUntil === request.lease.until ? undefined : 'opening';
    case 'closing':
      return 'closing';
    case 'ended':
      if (request.watchUntil !== undefined) return 'look';
      return isCutting(request.cut) ? 'cut' : undefined;
    default:
      return undefined;
  }
}

/** What it owes at this instant: a look has its own time, everything else is owed at once. */
export function owesAt(request: Request, now: Instant): Debt | undefined {
  if (request.status !== 'ended') return owes(request);
  const { lookAt: next, watchUntil, trouble } = request;
  if (next === undefined || next > now) return undefined;
  // The cut is looked at more often than the rest.
  const isForCut = isCutDue(request, now) && !trouble && (watchUntil === undefined || watchUntil > now);
  return isForCut ? 'cut' : 'look';
}

/** Is it time to go on with cutting its sessions? */
export function isCutDue(request: Request, now: Instant): request is Ended {
  return request.status === 'ended' && isCutting(request.cut) && request.cut.at <= now;
}

/** Everything that has a time to look: all that is not over, and ended ones that are watched. */
export type Live = Exclude<Request, { readonly status: 'denied' | 'withdrawn' | 'expired' | 'ended' }>;

/** When to look at the request next, from its state alone; undefined when nothing is left to do. */
export function lookAt(request: Live, now: Instant, againMs?: number): Instant;
export function lookAt(request: Live | Ended, now: Instant, againMs?: number): Instant | undefined;
export function lookAt(request: Live | Ended, now: Instant, againMs = HINT_LOST_MS): Instant | undefined {
  if (request.status === 'pending') return pendingAt(request);
  if (request.status === 'scheduled') return request.startsAt;
  if (request.status === 'closing') return now + againMs;
  if (isInForce(request)) return Math.min(...timesOf(request, now + againMs));
  const times = [...watchTimes(request, now, againMs), ...(isCutting(request.cut) ? [request.cut.at] : [])];
  return times.length > 0 ? Math.min(...times) : undefined;
}

function watchTimes({ watchUntil, trouble }: Ended, now: Instant, againMs: number): readonly Instant[] {
  if (watchUntil === undefined) return [];
  // A rule that came back and would not close, or nobody can tell: like closing.
  if (trouble) return [now + againMs];
  return [Math.max(now + SECOND_MS, Math.min(watchUntil, now + WATCH_MS))];
}

function timesOf(request: InForce, again: Instant): readonly Instant[] {
  const { lease, extension } = request;
  return [
    lease.until,
    ...(owes(request) ? [again] : []),
    ...(request.status === 'active' && !isReminded(request) ? [remindAt(lease)] : []),
    ...(extension ? [questionAt(extension)] : []),
  ];
}

/** While it waits for its requester, nobody else is asked. */
function pendingAt(request: Pending): Instant {
  const { answerBy, reminders } = request;
  return requestersTurn(request) === undefined ? questionAt(request) : Math.min(answerBy, reminders?.[0] ?? Infinity);
}

/** When something is due for a question that waits. */
function questionAt(question: Pick<Pending, 'answerBy' | 'escalatesAt' | 'reminders'>): Instant {
  const { answerBy, escalatesAt, reminders } = question;
  return Math.min(answerBy, escalatesAt ?? Infinity, reminders?.[0] ?? Infinity);
}

/** Was the warning given for the end that it has now? */
export function isReminded({ remindedFor, lease }: Active): boolean {
  return remindedFor === lease.until;
}

/** When to give the warning of the end. */
export function remindAt(lease: Lease): Instant {
  const length = lease.until - lease.from;
  return lease.until - Math.min(REMIND_MS, Math.floor(length / 2));
}
