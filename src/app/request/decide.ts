import { JitError } from '../../core/errors/errors.ts';
import { LONGEST_REASON } from '../../core/language/grammar.ts';
import { tidy } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import { mayDecide } from '../../core/policy/approval.ts';
import type { Policy } from '../../core/policy/policy.ts';
import { approved, denied, extended, extensionDenied, extensionReviewed, reviewed } from '../../core/request/life.ts';
import { extensionOf, isInForce, type Request, type Review } from '../../core/request/request.ts';
import type { Now } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { answerInTime, cloudFor, mustBeEntitled } from '../machine/cloud.ts';
import { commit, type Decision } from '../machine/commit.ts';
import { whatHappened } from './answers.ts';
import { policyNow, present } from './judge-again.ts';
import { checkProtection } from './submit.ts';

export interface ReviewGiven {
  readonly request: string;
  /** The version that the card showed; absent when it was typed. */
  readonly version?: number;
  readonly verdict: 'approve' | 'deny';
  readonly reason?: string;
}

/**
 * Approves or denies what waits: the request, or its extension. Who may is judged now, and so is whether the policy and
 * the protection still allow it. The first valid decision settles all cards.
 */
export async function decide(deps: Deps, person: Person, given: ReviewGiven): Promise<Request> {
  const { request } = await deps.store.load(given.request);
  if (!request) throw new JitError('unknownRequest', { typed: given.request });
  mustWait(request, given.version);
  const reason = given.reason ? tidy(given.reason, LONGEST_REASON) : undefined;
  if (given.verdict === 'deny' && !reason) {
    await mayDecideNow(deps, person, request);
    throw new JitError('missingDenyReason');
  }
  const policy =
    given.verdict === 'approve' ? await allowedNow(deps, person, request) : await mayDecideNow(deps, person, request);
  return commit(deps, request.id, (now, at) => {
    mustWait(now, given.version);
    const review: Review = {
      by: { id: person.id, name: person.name },
      at: at.at,
      verdict: given.verdict,
      ...(reason ? { reason } : {}),
    };
    return settle(now, review, policy, at);
  });
}

/** There must be a question that waits, and the card must have shown this one. */
function mustWait(request: Request, version: number | undefined): void {
  const asked = request.status === 'pending' ? 1 : extensionOf(request)?.version;
  if (asked === undefined || (version !== undefined && version < asked)) throw whatHappened(request);
}

function settle(request: Request, review: Review, policy: Policy, now: Now): Decision {
  const { by, verdict, reason } = review;
  const audit = { by: by.id, ...(reason ? { text: reason } : {}) };
  if (request.status !== 'pending' && !isInForce(request)) throw whatHappened(request);
  if (verdict === 'deny') {
    return request.status === 'pending'
      ? { next: denied(request, review), event: 'denied', ...audit }
      : { next: extensionDenied(request, review), event: 'extension denied', ...audit };
  }
  const extension = extensionOf(request);
  const reviews = extension ? extension.reviews : request.reviews;
  if (reviews.some((earlier) => earlier.by.id === by.id))
    throw new JitError('notYours', { who: 'somebody who has not approved it yet' });
  const enough = reviews.length + 1 >= policy.approvals;
  if (request.status === 'pending') {
    return enough
      ? { next: approved(request, review), event: 'approved', ...audit }
      : { next: reviewed(request, review), event: 'reviewed', ...audit };
  }
  if (!extension) throw whatHappened(request);
  if (!enough) return { next: extensionReviewed(request, review), event: 'extension reviewed', ...audit };
  const { until } = request.lease;
  if (until <= now.at) throw new JitError('tooLate');
  return { next: extended(request, until + extension.forMs, by, now.at, review), event: 'extended', ...audit };
}

/** For a denial: the person must be one who decides, under the request's policy as it is written now. */
async function mayDecideNow(deps: Deps, person: Person, request: Request): Promise<Policy> {
  const policy = deps.rules.policies.find((one) => request.policies.includes(one.name));
  if (!policy) throw new JitError('noPolicy', { machine: request.machineName });
  const requester = await deps.directory.byId(request.requester.id);
  // A requester who has left can still be denied by those the policy names.
  mayDecide(person, requester ?? { id: request.requester.id, name: request.requester.name, groups: [] }, policy);
  return policy;
}

/** For an approval: everything is judged again. */
async function allowedNow(deps: Deps, person: Person, request: Request): Promise<Policy> {
  await mayDecideNow(deps, person, request);
  const { requester, state } = await present(deps, request);
  const { machine } = state;
  const { ports, source } = request;
  const extension = extensionOf(request);
  const total =
    isInForce(request) && extension ? request.lease.until + extension.forMs - request.lease.from : request.forMs;
  const policy = policyNow(deps, request, requester, state, total);
  mayDecide(person, requester, policy);
  checkProtection(state, { machine, ports, source, forMs: extension ? extension.forMs : request.forMs });
  await mustBeEntitled(deps, requester, machine.id, answerInTime());
  // Whether it could be opened is better known before somebody approves it than after.
  const rules = ports.map((port) => ({ machine: machine.id, port, source }));
  await cloudFor(deps, machine.id).locate(rules, answerInTime());
  return policy;
}
