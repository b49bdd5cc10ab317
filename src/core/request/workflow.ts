/**
 * The life of a request.
 *
 *   pending     reviewed → pending      approved → activating   denied → denied   withdrawn → withdrawn   unanswered → expired
 *               scheduled → scheduled
 *   scheduled   begun → activating      denied → denied         withdrawn → withdrawn                     missed → expired
 *   activating  opened → active         extended → activating   failed → closing  revoked → closing       elapsed → closing
 *   active      extended → active       failed → closing        revoked → closing elapsed → closing       opened → active
 *   closing     closed → ended
 *   denied expired withdrawn ended      (terminal)
 *
 * Once activating, the only way to the end is through closing; closing knows no failure. What leaves the status as it is
 * (a placement kept, trouble noted, an extension asked for, a reminder given) is a note, and needs no cell.
 */
export type Status =
  | 'pending'
  | 'scheduled'
  | 'activating'
  | 'active'
  | 'closing'
  | 'denied'
  | 'expired'
  | 'withdrawn'
  | 'ended';

export type Event =
  | 'reviewed'
  | 'approved'
  | 'scheduled'
  | 'begun'
  | 'missed'
  | 'denied'
  | 'withdrawn'
  | 'unanswered'
  | 'opened'
  | 'extended'
  | 'failed'
  | 'revoked'
  | 'elapsed'
  | 'closed';

export const WORKFLOW: Readonly<Record<Status, Readonly<Partial<Record<Event, Status>>>>> = {
  pending: {
    reviewed: 'pending',
    approved: 'activating',
    denied: 'denied',
    withdrawn: 'withdrawn',
    unanswered: 'expired',
    scheduled: 'scheduled',
  },
  scheduled: { begun: 'activating', denied: 'denied', withdrawn: 'withdrawn', missed: 'expired' },
  activating: { opened: 'active', extended: 'activating', failed: 'closing', revoked: 'closing', elapsed: 'closing' },
  active: { extended: 'active', failed: 'closing', revoked: 'closing', elapsed: 'closing', opened: 'active' },
  closing: { closed: 'ended' },
  denied: {},
  expired: {},
  withdrawn: {},
  ended: {},
};

/** The status after the event, or undefined for a missing cell: the caller answers it in words. */
export function after(status: Status, event: Event): Status | undefined {
  return WORKFLOW[status][event];
}

/** Nothing may happen to it any more. */
export function isTerminal(status: Status): boolean {
  return Object.keys(WORKFLOW[status]).length === 0;
}
