import { type Instant, MINUTE_MS, SECOND_MS } from '../language/instant.ts';
import { type Active, type Ended, type InForce, isInForce, type Lease, type Request } from './request.ts';

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
 */
export type Debt = 'placement' | 'opening' | 'closing' | 'look';

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
      return request.watchUntil === undefined ? undefined : 'look';
    default:
      return undefined;
  }
}

/** What it owes at this instant: a look has its own time, everything else is owed at once. */
export function owesAt(request: Request, now: Instant): Debt | undefined {
  if (request.status !== 'ended') return owes(request);
  return request.lookAt !== undefined && request.lookAt <= now ? 'look' : undefined;
}

/** Everything that has a time to look: all that is not over, and ended ones that are watched. */
export type Live = Exclude<Request, { readonly status: 'denied' | 'withdrawn' | 'expired' | 'ended' }>;

/** When to look at the request next, from its state alone; undefined when nothing is left to do. */
export function lookAt(request: Live, now: Instant, againMs?: number): Instant;
export function lookAt(request: Live | Ended, now: Instant, againMs?: number): Instant | undefined;
export function lookAt(request: Live | Ended, now: Instant, againMs = HINT_LOST_MS): Instant | undefined {
  if (request.status === 'pending') return request.answerBy;
  if (request.status === 'closing') return now + againMs;
  if (isInForce(request)) return Math.min(...timesOf(request, now + againMs));
  if (request.watchUntil === undefined) return undefined;
  // A rule that came back and would not close, or nobody can tell: like closing.
  if (request.trouble) return now + againMs;
  return Math.max(now + SECOND_MS, Math.min(request.watchUntil, now + WATCH_MS));
}

function timesOf(request: InForce, again: Instant): readonly Instant[] {
  const { lease, extension } = request;
  return [
    lease.until,
    ...(owes(request) ? [again] : []),
    ...(request.status === 'active' && !isReminded(request) ? [remindAt(lease)] : []),
    ...(extension ? [extension.answerBy] : []),
  ];
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
