import type { Instant } from '../../core/language/instant.ts';
import type { MachineId } from '../../core/machine/machine.ts';
import type { Hurried } from '../../core/policy/hurried.ts';
import type { StepUp } from '../../core/policy/step-up.ts';
import { type Active, type Approved, extensionOf, isApproved, type Request } from '../../core/request/request.ts';
import type { Review, Who } from '../../core/request/review.ts';
import { seenDigest, seenOf } from '../../core/request/seen.ts';
import type { Port } from '../../core/rule/port.ts';

/** All that is looked at when it is judged whether somebody may have access. */
export interface Case {
  readonly requester: Who;
  /** Who asked for it, where that is somebody else. */
  readonly askedBy?: Who;
  readonly machine: MachineId;
  readonly machineName: string;
  /** The machine's identity when it was asked for. */
  readonly identity?: string;
  readonly ports: readonly Port[];
  readonly source: string;
  /** The name that stood for it when it was asked for. */
  readonly sourceName?: string;
  readonly bastion?: string;
  /** In all, from the first opening to the end. */
  readonly forMs: number;
  /** When it was first approved, where more time is asked for. */
  readonly since?: Instant;
  /** When it is to begin, where that was said. */
  readonly startsAt?: Instant;
  /** When its time began; absent: it begins now. */
  readonly from?: Instant;
  /** Why; absent where nobody asks yet: the reason is not judged then. */
  readonly because?: string;
  /** When the question that waits was asked; absent: now. */
  readonly askedAt?: Instant;
  /** When others were asked before their time. */
  readonly hurried?: readonly Hurried[];
  /** Nobody here wrote it. */
  readonly isUnsealed?: true;
  /** Who approved it so far, and when: those without a time do so now. */
  readonly approvedBy: readonly (Who & { readonly at?: Instant; readonly stepUp?: StepUp })[];
}

/** The case of a request that waits for a decision, or of its extension: always the time in all. `more` approves now. */
export function caseOf(request: Request, more: readonly Who[] = []): Case {
  const extension = extensionOf(request);
  const approvedBy = [...approvalsOf(extension?.reviews ?? request.reviews), ...more];
  if (!isApproved(request))
    return { ...about(request), askedAt: questionAt(request), forMs: request.forMs, approvedBy };
  const { from, until } = request.lease;
  const asked = { forMs: until - from + (extension?.forMs ?? 0), since: from };
  return extension
    ? { ...about(request), ...asked, askedAt: extension.at, approvedBy }
    : { ...about(request), ...asked, approvedBy: [] };
}

/** When the question that waits was asked: anew, where something changed. */
function questionAt(request: Request): Instant {
  return (request.status === 'pending' && request.again?.at) || firstAskedAt(request);
}

function firstAskedAt({ askedFirst, askedAt }: Request): Instant {
  return askedFirst ?? askedAt;
}

export function approvalsOf(reviews: readonly Review[]) {
  return reviews.flatMap(({ verdict, by, at, stepUp }) =>
    verdict === 'approve' ? [{ ...by, at, ...(stepUp ? { stepUp } : {}) }] : [],
  );
}

/** The case of a request that is about to be opened, as it was approved. Its time is counted from now where it says that it begins later. */
export function caseOfOpening(request: Approved, now: Instant): Case {
  const { until } = request.lease;
  const from = Math.min(request.lease.from, now);
  const seen = seenDigest(seenOf(request));
  // An approval is of what was seen, and of nothing else.
  const approvedBy = approvalsOf(request.reviews.filter((review) => review.seen === undefined || review.seen === seen));
  return { ...about(request), askedAt: firstAskedAt(request), from, forMs: until - from, approvedBy };
}

/** The case of more time that was approved, as it was; `isOwn`: the requester took it, as the policies let them. */
export function caseOfLonger(request: Active): Case & { readonly isOwn: boolean } {
  const { timeline, reviews, requester, lease } = request;
  const last = timeline.findLastIndex(({ event }) => event === 'extended');
  const isOwn = timeline[last]?.by === requester.id;
  const asked = timeline.slice(0, Math.max(last, 0)).findLast(({ event }) => event === 'extension asked');
  const askedAt = asked?.at ?? timeline[last]?.at ?? firstAskedAt(request);
  const approvedBy = isOwn ? [] : approvalsOf(reviews.filter(({ at }) => at >= askedAt));
  return { ...about(request), askedAt, forMs: lease.until - lease.from, since: lease.from, approvedBy, isOwn };
}

function about(request: Request) {
  const { requester, machine, machineName, identity, ports, source, sourceName, bastion, startsAt } = request;
  const { askedBy, isUnsealed, hurried } = request;
  return {
    because: request.justification,
    requester,
    machine,
    machineName,
    ports,
    source,
    ...(identity === undefined ? {} : { identity }),
    ...(sourceName === undefined ? {} : { sourceName }),
    ...(bastion === undefined ? {} : { bastion }),
    ...(isUnsealed ? { isUnsealed } : {}),
    ...(startsAt === undefined ? {} : { startsAt }),
    ...(askedBy ? { askedBy } : {}),
    ...(hurried ? { hurried } : {}),
  };
}
