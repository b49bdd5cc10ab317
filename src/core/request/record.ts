import type { Instant } from '../language/instant.ts';
import type { MachineId } from '../machine/machine.ts';
import { placementKey } from '../rule/rule.ts';
import { overAt } from './closing.ts';
import { plannedEnd, siteOfMachine } from './closing-budget.ts';
import { isCutting } from './cut.ts';
import { isUseWatched } from './ending-unused.ts';
import { untold } from './held-back.ts';
import { isApproved, isInForce, placementsOf, type Request } from './request.ts';
import { reviewOwedBy } from './reviewing.ts';
import { samenessOf } from './same.ts';

/** All that a store keeps beside a request, derived from it alone: written in the same script as the record. */
export interface Indexes {
  readonly machine: MachineId;
  readonly requester: string;
  readonly askedAt: Instant;
  /** Still to be looked at: in `live`, in the machine's own set with its time, and so in the due index. */
  readonly lookAt?: Instant;
  /** Nothing stands in a cloud for it and nothing will without a decision, or before its time: whoever looks at the machine need not read it. */
  readonly isWaiting: boolean;
  /** While it waits, is in force or is being closed: in the lists of these people and policies, and under the machine's name. */
  readonly isCurrent: boolean;
  /** It is current, and hangs on tickets. */
  readonly isTicketed: boolean;
  /** It is open, and it is still to be found out whether anybody connects. */
  readonly isUseWatched: boolean;
  /** It waits, and somebody is still to be told of it in a summary. */
  readonly isHeldBack: boolean;
  /** Who asked for it, where it is somebody else's, and the first of those who were asked to decide. */
  readonly asked: readonly string[];
  readonly policies: readonly string[];
  /** In lower case. */
  readonly machineName: string;
  /** The locks that closing it takes, and from when on it has to be closed; absent where nothing is to close. */
  readonly locks: readonly string[];
  readonly endsAt?: Instant;
  /** Until when a review is owed, of what nobody approved; false once it was done. Absent for all else. */
  readonly reviewBy?: Instant | false;
  /** When all of it had to be gone, until that is proven. */
  readonly overAt?: Instant;
  /** What is counted of its end: where, of how many ports, and when; without `at` it is over. Absent while it waits for a decision. */
  readonly end?: { readonly site: string; readonly ports: number; readonly at?: Instant };
  /** Keys of the placements, for the patrol, and how long they are worth knowing. */
  readonly placed: readonly string[];
  readonly placedUntil: Instant;
  /**
   * Offered the next time, once it was opened: a person's own address, or the name of a source. Absent until then, and where it is the
   * subnet of a Bastion, or a drill's.
   */
  readonly source?: string;
  /** Who asks for what: while it is pending or in force, a second request like it shows this one. Absent for a drill's. */
  readonly sameness?: string;
  /** When it was approved, if it was: who opened which machine last. */
  readonly approvedAt?: Instant;
}

/** Who decides by a policy is found by the policy; these are for a manager, who is asked alone or with few others. */
const MOST_ASKED = 16;
const REMEMBER_PLACED_MS = 2 * 24 * 60 * 60 * 1_000;

export function indexesOf(request: Request): Indexes {
  const over = overAt(request);
  return {
    machine: request.machine,
    requester: request.requester.id,
    askedAt: request.askedAt,
    ...('lookAt' in request && request.lookAt !== undefined ? { lookAt: request.lookAt } : {}),
    isWaiting: request.status === 'pending' || request.status === 'scheduled',
    isCurrent: isCurrent(request),
    isTicketed: isCurrent(request) && request.tickets !== undefined,
    isUseWatched: isUseWatched(request),
    isHeldBack: untold(request).length > 0,
    asked: [...(request.askedBy ? [request.askedBy] : []), ...request.asked].slice(0, MOST_ASKED).map(({ id }) => id),
    policies: request.policies,
    machineName: request.machineName.toLowerCase(),
    locks: [...new Set(placementsOf(request).flatMap(({ locks }) => locks))],
    ...endOf(request),
    ...(request.breakGlass ? { reviewBy: reviewOwedBy(request) ?? false } : {}),
    ...(over === undefined ? {} : { overAt: over }),
    ...endCounted(request),
    placed: placementsOf(request).map(placementKey),
    placedUntil: (isApproved(request) ? request.lease.until : request.askedAt) + REMEMBER_PLACED_MS,
    ...(isOwnAndOpen(request) ? { source: request.sourceName ?? request.source } : {}),
    ...(request.drill || request.breakGlass ? {} : { sameness: samenessOf(request) }),
    ...(isApproved(request) && !request.drill ? { approvedAt: request.lease.from } : {}),
  };
}

/** Only what was opened is remembered of a person: what was denied may be anybody's address, and what others asked for, theirs. */
function isOwnAndOpen(request: Request): boolean {
  return (
    request.status === 'active' && request.askedBy === undefined && request.bastion === undefined && !request.drill
  );
}

/** Does it wait for a decision or its time, with nothing to do for it yet? */
export function isAsleep(request: Request, now: Instant): boolean {
  return (request.status === 'pending' || request.status === 'scheduled') && request.lookAt > now;
}

/** Is it not over, in whatever state? */
export function isCurrent(request: Request): boolean {
  const { status } = request;
  return status === 'pending' || status === 'scheduled' || status === 'closing' || isInForce(request);
}

/** A closing that is in trouble waits for its next try, as a look at what is over waits for its time. */
function endOf(request: Request): Pick<Indexes, 'endsAt'> {
  if (isInForce(request)) return { endsAt: request.lease.until };
  if (request.status === 'closing') return { endsAt: request.trouble ? request.lookAt : request.ending.at };
  // To cut sessions takes no lock.
  if (request.status !== 'ended' || isCutting(request.cut)) return {};
  return request.lookAt === undefined ? {} : { endsAt: request.lookAt };
}

/** What waits for a decision has none, and was never counted. */
function endCounted(request: Request): Pick<Indexes, 'end'> {
  if (request.status === 'pending') return {};
  const at = plannedEnd(request);
  const { machine, ports } = request;
  return { end: { site: siteOfMachine(machine), ports: ports.length, ...(at === undefined ? {} : { at }) } };
}
