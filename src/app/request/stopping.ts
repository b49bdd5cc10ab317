import type { Person } from '../../core/people/person.ts';
import { decidersOf, mayDecide } from '../../core/policy/approval.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { isOnCall, isOwner } from '../../core/policy/stage.ts';
import { isTheirs } from '../../core/request/on-behalf.ts';
import type { Request } from '../../core/request/request.ts';

/**
 * Throws unless this person may say no to the request, or end it: whoever decides under one of these policies, in whatever stage.
 * Nothing is read of the machine or of schedules for that: an owner or somebody on call is known by having been asked, and so is
 * the manager of somebody who is not known any more. A requester who has left can still be stopped by those whom the policy names.
 */
export function mayStop(
  person: Person,
  request: Request,
  policies: readonly Policy[],
  known: Person | undefined,
): void {
  const { requester, askedBy, asked } = request;
  const isNamed = decidersOf(policies).some((approver) => isOwner(approver) || isOnCall(approver));
  if ((isNamed || !known) && !isTheirs(request, person.id) && asked.some(({ id }) => id === person.id)) return;
  mayDecide(person, policies, {
    requester: known ?? { ...requester, groups: [] },
    ...(askedBy ? { askedBy: askedBy.id } : {}),
    tags: {},
    onCall: new Map(),
    now: 0,
  });
}
