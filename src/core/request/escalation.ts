import type { Instant } from '../language/instant.ts';
import { letIn, note, scheduled, type Tally } from './life.ts';
import {
  type Activating,
  extensionOf,
  type InForce,
  type Moment,
  type Pending,
  type Request,
  type Scheduled,
} from './request.ts';

/** What waits for approvals, and lets others approve as well at some time. */
export type Escalating = Pending | InForce;

/** When the question that waits lets others approve as well; undefined where it does not. */
export function escalatesAtOf(request: Request): Instant | undefined {
  return request.status === 'pending' ? request.escalatesAt : extensionOf(request)?.escalatesAt;
}

/** Nobody answered in time, and others are asked as well; or, by another `moment`, others are asked for another reason. */
export function escalated<R extends Escalating>(
  request: R,
  counted: Tally,
  now: Instant,
  moment: Pick<Moment, 'event' | 'text'> = { event: 'escalated' },
): R {
  const { quorum, escalatesAt, reminders, ...whom } = counted;
  const told = {
    ...(quorum ? { quorum } : {}),
    ...(escalatesAt === undefined ? {} : { escalatesAt }),
    ...(reminders ? { reminders } : {}),
  };
  const next = { ...request, ...whom, ...note(request, { at: now, ...moment }) };
  return scheduled(withQuestion(next, told), now);
}

/** Whom else to ask could not be told: it is tried again then. */
export function escalatingLater<R extends Escalating>(request: R, at: Instant, now: Instant): R {
  const { reminders } = request.status === 'pending' ? request : (request.extension ?? {});
  const told = { escalatesAt: at, ...(reminders ? { reminders } : {}) };
  return scheduled(withQuestion({ ...request, ...note(request) }, told), now);
}

function withQuestion<R extends Escalating>(request: R, told: Pick<Tally, 'quorum' | 'escalatesAt' | 'reminders'>): R {
  if (request.status === 'pending') {
    const { escalatesAt: _, reminders: __, ...rest } = request;
    return { ...rest, ...told } as unknown as R;
  }
  if (!request.extension) return request;
  const { escalatesAt: _, reminders: __, ...rest } = request.extension;
  return { ...request, extension: { ...rest, ...told } };
}

/** Is it time to remind those who are asked? */
export function isReminderDue(request: Request, now: Instant): request is Escalating {
  const { reminders = [] } = request.status === 'pending' ? request : (extensionOf(request) ?? {});
  return (reminders[0] ?? Infinity) <= now;
}

type ReminderEvent = 'approvers reminded' | 'requester reminded';

/** Whoever has to act is reminded once, however many times for it were missed. */
export function whoeverReminded<R extends Escalating>(request: R, event: ReminderEvent, now: Instant): R {
  const next = { ...request, ...note(request, { at: now, event }) };
  const question: Pick<Pending, 'reminders' | 'escalatesAt'> =
    request.status === 'pending' ? request : (request.extension ?? {});
  const { reminders = [], escalatesAt } = question;
  const left = reminders.filter((at) => at > now);
  const told = {
    ...(escalatesAt === undefined ? {} : { escalatesAt }),
    ...(left.length > 0 ? { reminders: left } : {}),
  };
  return scheduled(withQuestion(next, told), now);
}

/** Without a review: its policies let it in. */
export function approvedByPolicy(request: Pending, now: Instant): Activating | Scheduled {
  return letIn(request, now);
}
