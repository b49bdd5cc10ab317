import { JitError } from '../../core/errors/errors.ts';
import { say } from '../../core/language/say.ts';
import { givenReason } from '../../core/language/terms.ts';
import { plain, type Saying } from '../../core/language/text.ts';
import { delegatorsOf } from '../../core/people/delegation.ts';
import type { Person } from '../../core/people/person.ts';
import { mayDecide } from '../../core/policy/approval.ts';
import { decidersWords } from '../../core/policy/deciders.ts';
import { allowedNow } from '../../core/policy/progress.ts';
import { approversText } from '../../core/policy/stage.ts';
import { isSteppedUp, type StepUp, stepUpOf } from '../../core/policy/step-up.ts';
import { type AskedWith, askedAgain } from '../../core/request/again.ts';
import type { AskedAgain } from '../../core/request/asked-again.ts';
import { extended, extensionDenied, extensionReviewed } from '../../core/request/extending.ts';
import { approved, denied, type Judged, reviewed, type Tally } from '../../core/request/life.ts';
import { isTheirs } from '../../core/request/on-behalf.ts';
import { extensionOf, isInForce, type Request } from '../../core/request/request.ts';
import type { Review, Who } from '../../core/request/review.ts';
import { seenDigest, seenOf } from '../../core/request/seen.ts';
import { changesOf, keptChanges, together } from '../../core/view/difference.ts';
import { viewOf } from '../../core/view/projection.ts';
import type { Now } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { answerInTime, cloudFor, locateBy } from '../machine/cloud.ts';
import { commitJudged, type Decision } from '../machine/commit.ts';
import { whatHappened } from './answers.ts';
import { caseOf } from './case.ts';
import { askedWith, changedIn, factsOf } from './changed.ts';
import { askedHolding } from './held-back.ts';
import { type AllowedCase, analyse, type Judgement, mustBeAllowed } from './judgement.ts';
import { mayStop } from './stopping.ts';
import { inTurn } from './turns.ts';

export interface ReviewGiven {
  readonly request: string;
  /** The version that the card showed; absent when it was typed. */
  readonly version?: number;
  readonly verdict: 'approve' | 'deny';
  readonly reason?: string;
  /** What was proven besides: only whoever verified it says so. */
  readonly stepUp?: StepUp;
}

/** What was found out about an approval: of which something changed since it was shown, it is none. */
type Found = Approval | Questioned;

interface Questioned {
  readonly what: readonly Saying[];
  readonly facts: AskedWith;
}

interface Approval {
  /** Whom they decide for, where it is not themselves. */
  readonly as?: Who;
  readonly judged: Judged;
  /** Does it need no more of them? */
  readonly isEnough: boolean;
  readonly counted: Tally;
}

/**
 * Approves or denies what waits: the request, or its extension. An approval is judged anew, whole, and so is every one
 * that was given before it. The first valid decision settles all cards. What is not as the cards show it is asked again, with
 * what changed, in place of being approved (`changedSinceSeen`).
 */
export async function decide(deps: Deps, person: Person, given: ReviewGiven): Promise<Request> {
  const reason = given.reason ? givenReason(given.reason) : undefined;
  const by = { id: person.id, name: person.name };
  const proven = given.stepUp ? { stepUp: given.stepUp } : {};
  const reviewAt = ({ at }: Now): Review => ({
    by,
    at,
    verdict: given.verdict,
    ...(reason ? { reason } : {}),
    ...proven,
  });
  const mustBeTheSame = pinned(given);
  if (given.verdict === 'approve') {
    const judge = (request: Request) => {
      mustBeTheSame(request);
      return inTurn(deps, request.machine, () => approval(deps, person, { request, stepUp: given.stepUp }));
    };
    const request = await commitJudged(deps, given.request, judge, (waiting, found, now) =>
      'what' in found ? ask(waiting, found, now) : approve(waiting, reviewAt(now), found, now),
    );
    if (request.status === 'pending' && request.again?.version === request.version) throw changedSince(request.again);
    return request;
  }
  const judge = async (request: Request): Promise<Who | undefined> => {
    mustBeTheSame(request);
    const as = await mayDeny(deps, person, request);
    if (!reason) throw new JitError('missingDenyReason');
    return as;
  };
  return commitJudged(deps, given.request, judge, (request, as, now) =>
    deny(request, { ...reviewAt(now), ...(as ? { for: as } : {}) }),
  );
}

/** There must be a question that waits, the card must have shown this one, and it must stay the one that was judged. */
function pinned({ version: shown, verdict }: ReviewGiven): (request: Request) => void {
  let judged: number | undefined;
  return (request) => {
    const again = request.status === 'pending' && verdict === 'approve' ? request.again : undefined;
    if (again && shown !== undefined && shown < again.version) throw changedSince(again);
    const question = request.status === 'pending' ? (again?.version ?? 1) : extensionOf(request)?.version;
    if (question === undefined || (shown !== undefined && shown < question))
      throw whatHappened(request, verdict === 'deny' ? 'stop' : undefined);
    judged ??= question;
    if (question !== judged) throw new JitError('changedWhileJudging', { now: plain(viewOf(request).status) });
  };
}

function changedSince(again: AskedAgain): JitError {
  return new JitError('changedSinceSeen', { what: together(changesOf(again)) });
}

function ask(request: Request, { what, facts }: Questioned, { at }: Now): Decision {
  if (request.status !== 'pending') throw whatHappened(request);
  const text = plain([together(what)]);
  return { next: askedAgain(request, at, keptChanges(what), facts), event: 'asked again', by: 'drawbridge', text };
}

/** Who may decide, and whether it may be opened, as everything is now. */
async function approval(
  deps: Deps,
  person: Person,
  { request, stepUp }: { readonly request: Request; readonly stepUp: StepUp | undefined },
): Promise<Found> {
  if (isTheirs(request, person.id)) throw new JitError('ownRequest');
  const reviews = extensionOf(request)?.reviews ?? request.reviews;
  const judgement = await analyse(deps, caseOf(request, [person]), answerInTime());
  const as = judgement.standIns?.get(person.id) ?? person;
  mustNotHaveVoted(reviews, person, as);
  const changed = request.status === 'pending' ? changedIn(request, judgement) : undefined;
  if (changed) {
    // Whoever was asked, or decides now, asks again by it; anybody else changes nothing.
    if (!request.asked.some(({ id }) => id === person.id)) mustDecide(as, judgement);
    return { what: changed.what, facts: await askedWith(deps, request, changed) };
  }
  mustDecide(as, judgement);
  const allowed = mustBeAllowed(judgement);
  const { missing, voided, quorum } = allowed;
  // Whoever left since they pressed gives no approval, which nobody could give again.
  if (voided.some(({ id }) => id === person.id)) throw new JitError('approvalVoid', { name: person.name });
  mustBeTheirTurn(allowed, as);
  // What opens is judged again before it does; more time is given at once.
  if (request.status !== 'pending') await deps.mustAgree?.();
  // Whether it could be opened is better known before somebody approves it than after.
  const rules = request.ports.map((port) => ({ machine: request.machine, port, source: request.source }));
  await locateBy(cloudFor(deps, request.machine), allowed.state, rules, answerInTime());
  // Last: nobody is sent to a page, or has to call somebody, for what could not be approved anyway.
  mustBeSteppedUp(stepUp, allowed);
  const { standing: _, ...judged } = factsOf(request, allowed);
  return {
    judged,
    ...(as.id === person.id ? {} : { as: { id: as.id, name: as.name } }),
    isEnough: missing.length === 0,
    counted: { quorum, ...(await askedHolding(deps, request, allowed)) },
  };
}

/** One human is one vote, for themselves or for somebody else, whoever casts it. */
export function mustNotHaveVoted(reviews: readonly Review[], person: Who, as: Who): void {
  const voted = reviews.flatMap(({ by, for: other }) => [by.id, ...(other ? [other.id] : [])]);
  if (reviews.some(({ by }) => by.id === person.id)) throw new JitError('approvedAlready');
  if (voted.includes(as.id) || voted.includes(person.id))
    throw new JitError('notYours', { who: say`somebody who has not approved it yet` });
}

/** Of somebody who may be on call nobody says that they are not: it cannot be told. */
function mustDecide(person: Person, { circle, policies, failed }: Judgement): void {
  if (!circle || policies.length === 0) return;
  try {
    mayDecide(person, policies, circle);
  } catch (error) {
    throw failed.find(({ code }) => code === 'onCallUnknown') ?? error;
  }
}

function mustBeSteppedUp(given: StepUp | undefined, { policies }: AllowedCase): void {
  const demanded = stepUpOf(policies);
  if (isSteppedUp(given, demanded)) return;
  throw new JitError(demanded === 'signIn' ? 'signInNeeded' : 'numberNeeded');
}

/** Somebody who decides in another stage is told whom it waits for. */
export function mustBeTheirTurn({ progress, circle }: AllowedCase, { id }: Person): void {
  const stages = progress?.stages ?? [];
  if (stages.some(({ by }) => by.includes(id))) return;
  const open = stages.filter(({ state }) => state === 'open');
  const names = open.map((stage) => approversText(allowedNow(stage, circle?.now ?? 0)));
  throw new JitError('notYourStage', { who: names.length === 0 ? say`nobody` : decidersWords(names.join(' and ')) });
}

function approve(request: Request, given: Review, { judged, isEnough, counted, as }: Approval, now: Now): Decision {
  const { policyVersion } = judged;
  const seen = seenDigest(seenOf({ ...request, ...judged }));
  const review = {
    ...given,
    ...(as ? { for: as } : {}),
    seen,
    ...(policyVersion === undefined ? {} : { policyVersion }),
  };
  const { by, reason } = review;
  const audit = { by: by.id, ...(reason ? { text: reason } : {}) };
  if (request.status === 'pending') {
    if (request.startsAt !== undefined && request.startsAt + request.forMs <= now.at) throw new JitError('tooLate');
    return isEnough
      ? { next: approved(request, review, judged), event: 'approved', ...audit }
      : { next: reviewed(request, review, { ...judged, ...counted }), event: 'reviewed', ...audit };
  }
  if (!isInForce(request) || !request.extension) throw whatHappened(request);
  if (!isEnough) return { next: extensionReviewed(request, review, counted), event: 'extension reviewed', ...audit };
  const { until } = request.lease;
  if (until <= now.at) throw new JitError('tooLate');
  const next = extended(request, until + request.extension.forMs, review);
  return { next, event: 'extended', ...audit };
}

function deny(request: Request, review: Review): Decision {
  const { by, reason } = review;
  const audit = { by: by.id, ...(reason ? { text: reason } : {}) };
  if (request.status === 'pending') return { next: denied(request, review), event: 'denied', ...audit };
  if (!isInForce(request)) throw whatHappened(request);
  return { next: extensionDenied(request, review), event: 'extension denied', ...audit };
}

/** Whom they decide for, where it is not themselves. Whoever decides under one of the request's policies as they are now. Nothing of the machine has a say in a “no”. */
export async function mayDeny(deps: Deps, person: Person, request: Request): Promise<Who | undefined> {
  const { policies, machineName } = request;
  const now = deps.rules.policies.filter(({ name }) => policies.includes(name));
  if (now.length === 0) throw new JitError('noPolicy', { machine: machineName });
  const requester = await deps.directory.byId(request.requester.id, 'last');
  const own = against(() => mayStop(person, request, now, requester));
  if (!own) return undefined;
  const isAllowed = now.every(({ noDelegation }) => !noDelegation) && !isTheirs(request, person.id);
  const all = isAllowed ? ((await deps.delegations?.all()) ?? []) : [];
  for (const id of delegatorsOf(all, person.id, (await deps.store.now()).at)) {
    const other = await deps.directory.byId(id, 'last');
    if (other && !other.disabled && !against(() => mayStop(other, request, now, requester)))
      return { id: other.id, name: other.name };
  }
  throw own.error;
}

/** What stands against it; undefined where nothing does. */
function against(judge: () => void): { readonly error: unknown } | undefined {
  try {
    judge();
    return undefined;
  } catch (error) {
    return { error };
  }
}
