import { elapsed } from '../../core/request/closing.ts';
import { isReminderDue, whoeverReminded } from '../../core/request/escalation.ts';
import { extensionUnanswered } from '../../core/request/extending.ts';
import { reminded, unanswered } from '../../core/request/life.ts';
import { isReminded, remindAt } from '../../core/request/owes.ts';
import { isInForce, type Request } from '../../core/request/request.ts';
import { begun, endOfStart, missed } from '../../core/request/starting.ts';
import { requestersTurn } from '../../core/request/turn.ts';
import type { Now } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { commitAll, type Decision, hint } from './commit.ts';

/** What time alone does: requests expire, leases elapse, reminders fall due. Gives all requests as they are then. */
export async function passTime(deps: Deps, requests: readonly Request[], now: Now): Promise<readonly Request[]> {
  const decisions = requests.flatMap((from): (Decision & { from: Request })[] => {
    const decision = timeDecision(from, now);
    return decision ? [{ ...decision, from, by: 'drawbridge' }] : [];
  });
  const saved = await commitAll(deps, decisions);
  // The cloud's part comes right after this: only the cards want a hint. An end waits for its outcome to be told.
  await hint(
    deps,
    saved.filter((request) => request.status !== 'closing'),
    false,
  );
  const newest = new Map([...requests, ...saved].map((request) => [request.id, request]));
  return [...newest.values()];
}

function timeDecision(request: Request, { at }: Now): Omit<Decision, 'by'> | undefined {
  if (request.status === 'pending' && at >= request.answerBy)
    return { next: unanswered(request, at), event: 'unanswered' };
  if (request.status === 'scheduled' && at >= endOfStart(request))
    return { next: missed(request, at), event: 'missed' };
  if (request.status === 'scheduled' && at >= request.startsAt) return { next: begun(request, at), event: 'begun' };
  const whom = requestersTurn(request) === undefined ? 'approvers reminded' : 'requester reminded';
  const reminder = isReminderDue(request, at) ? { next: whoeverReminded(request, whom, at), event: whom } : undefined;
  if (!isInForce(request)) return reminder;
  const { lease, extension } = request;
  if (at >= lease.until) return { next: elapsed(request, at), event: 'elapsed' };
  if (extension && at >= extension.answerBy)
    return { next: extensionUnanswered(request, at), event: 'extension unanswered' };
  if (request.status === 'active' && !isReminded(request) && at >= remindAt(lease)) {
    return { next: reminded(request, at), event: 'reminded' };
  }
  return reminder;
}
