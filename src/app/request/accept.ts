import { JitError } from '../../core/errors/errors.ts';
import type { Instant } from '../../core/language/instant.ts';
import type { Person } from '../../core/people/person.ts';
import { uniquePlaces } from '../../core/people/place.ts';
import { stepUpOf } from '../../core/policy/step-up.ts';
import { approvedByPolicy } from '../../core/request/escalation.ts';
import { approved, reviewed } from '../../core/request/life.ts';
import type { Offer } from '../../core/request/offer.ts';
import { carriedOver, lessOf, offerAccepted } from '../../core/request/offering.ts';
import { askerOf, isTheirs } from '../../core/request/on-behalf.ts';
import type { Pending, Request } from '../../core/request/request.ts';
import type { Review } from '../../core/request/review.ts';
import { seenDigest, seenOf } from '../../core/request/seen.ts';
import type { Commit } from '../../ports/store.ts';
import type { Deps } from '../deps.ts';
import { answerInTime } from '../machine/cloud.ts';
import { change, type Decision, hint, keepAll } from '../machine/commit.ts';
import { endInTime } from '../machine/end-in-time.ts';
import { noRequest } from '../machine/no-request.ts';
import { whatHappened } from './answers.ts';
import { subjectOf } from './ask-anew.ts';
import { factsOf } from './changed.ts';
import { holdingBack } from './held-back.ts';
import { type AllowedCase, analyse, type Judgement, mustBeAllowed } from './judgement.ts';
import { judgeLess, lessCase } from './less.ts';
import { newRequest } from './new-request.ts';
import { askedOf } from './places.ts';
import { madeBefore } from './submit.ts';

const TRIES = 5;

/**
 * The requester takes what was offered: the request gives way to a new one for just that, judged anew. It has the approvals that
 * were given for all of it and that of whoever offered it, where they may still give it and nothing that they saw has changed. All
 * of it is one commit: no process dies in the middle. Done twice it gives the same new request.
 */
export async function acceptOffer(deps: Deps, person: Person, id: string, version?: number): Promise<Request> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const { request, now } = await deps.store.load(id);
    if (!request) throw await noRequest(deps, id);
    if (!isTheirs(request, person.id)) throw new JitError('notYours', { who: request.requester.name });
    const offer = mustStand(request, version);
    const key = `offer:${id}:${offer.version}`;
    const made = request.status === 'pending' ? undefined : await madeBefore(deps, key);
    if (made) return made;
    // NB. what it gave way to was made with it, in one commit: an old one that is gone is not made again.
    if (request.status !== 'pending') throw whatHappened(request);
    const accepted = await commits(deps, request, { offer, person, key });
    const kept = await keepAll(deps, await accepted(now.at));
    const next = kept.findLast((one) => one.next.id !== id)?.next;
    if (!next) continue;
    await hint(deps, [...new Map(kept.map((one) => [one.next.id, one.next])).values()]);
    return next;
  }
  throw new JitError('stale');
}

/** The offer that waits, or that was accepted already. */
function mustStand(request: Request, version: number | undefined): Offer {
  const { offer, status } = request;
  const stands = status === 'pending' || (status === 'withdrawn' && offer?.accepted !== undefined);
  if (!stands) throw whatHappened(request);
  if (!offer || (version !== undefined && version < offer.version)) throw new JitError('noOffer');
  return offer;
}

interface Accepting {
  readonly offer: Offer;
  readonly person: Person;
  /** Makes it once. */
  readonly key: string;
}

/** That it gives way, the new request, and each approval of that, at an instant. */
async function commits(
  deps: Deps,
  request: Pending,
  { offer, person, key }: Accepting,
): Promise<(at: Instant) => Promise<readonly Commit[]>> {
  const bare = mustBeAllowed(await analyse(deps, lessCase(request, offer), answerInTime()));
  const places = uniquePlaces([...request.places, ...(askedOf(deps, request, bare).places ?? [])]);
  const first = await holdingBack(deps, await newRequest(deps, subjectOf(lessOf(request, offer)), bare, places));
  const { askedAt = first.askedAt, hurried } = lessCase(request, offer);
  // Whoever was asked before their time for more approves less just as well.
  const asked = { ...first, askedFirst: askedAt, ...(hurried ? { hurried } : {}) };
  const counted = await approvals(deps, request, offer, { bare, asked });
  return async (at) => {
    const said = { next: asked, event: 'asked', by: askerOf(asked).id, text: asked.justification };
    const next = offerAccepted(request, offer, person, at);
    const giving = change(deps, request, { next, event: 'offer accepted', by: person.id });
    const own = { ...change(deps, undefined, said), key, with: true as const };
    let before: Request = asked;
    const rest: Commit[] = [];
    for (const counts of counted(at)) {
      const decision: Decision = await endInTime(deps, before, counts);
      rest.push({ ...change(deps, before, decision), with: true });
      before = decision.next;
    }
    return [giving, own, ...rest];
  };
}

interface Made {
  /** What was judged with nobody's approval. */
  readonly bare: AllowedCase;
  readonly asked: Pending;
}

/** The approvals that the new request has from the beginning. Where one may not be counted, the approvers are asked as of any request. */
async function approvals(
  deps: Deps,
  before: Request,
  offer: Offer,
  { bare, asked }: Made,
): Promise<(at: Instant) => readonly Decision[]> {
  // Whoever offered it pressed a button, and no more.
  const isOwn = stepUpOf(bare.policies) === undefined && seenDigest(seenOf(asked)) === offer.seen;
  const read = async () => bare.state;
  const { judgement, given } = await judgeLess(deps, before, offer, { more: isOwn ? [offer.by] : [], read });
  if (judgement.failed.length + judgement.unsatisfied.length > 0) {
    deps.log.warn(
      { request: before.id, codes: codesOf(judgement) },
      'approvals of an offer could not be counted; they are asked for',
    );
    return () => [];
  }
  const allowed = mustBeAllowed(judgement);
  const gone = new Set(allowed.voided.map(({ id }) => id));
  const kept = given.filter(({ by }) => !gone.has(by.id));
  const as = allowed.standIns?.get(offer.by.id);
  const sits = allowed.progress?.stages.some((stage) => stage.by.includes(as?.id ?? offer.by.id)) ?? false;
  const isDone = allowed.missing.length === 0;
  const isCounted = isOwn && !gone.has(offer.by.id) && (sits || (isDone && kept.length > 0));
  const counted = { quorum: allowed.quorum, ...askedOf(deps, asked, allowed) };
  const { standing: _, ...judged } = factsOf(asked, allowed);
  const text = `offered in ${before.id}`;
  return (at) => {
    const decisions: Decision[] = [];
    let request = asked;
    for (const review of kept) {
      request = carriedOver(request, before, review, { at, counted });
      decisions.push({
        next: request,
        event: 'reviewed',
        by: review.by.id,
        text: `approved more of it in ${before.id}`,
      });
    }
    if (isCounted) {
      const own = reviewOf(offer, as, asked, at);
      const next = isDone ? approved(request, own, judged) : reviewed(request, own, { ...judged, ...counted });
      return [...decisions, { next, event: isDone ? 'approved' : 'reviewed', by: offer.by.id, text }];
    }
    if (kept.length === 0 || !isDone) return decisions;
    return [...decisions, { next: approvedByPolicy(request, at), event: 'approved', by: 'drawbridge', text }];
  };
}

function codesOf({ failed, unsatisfied }: Judgement): readonly string[] {
  return [...unsatisfied, ...failed].map(({ code }) => code);
}

function reviewOf(
  { by, reason, seen }: Offer,
  as: Person | undefined,
  { policyVersion }: Request,
  at: Instant,
): Review {
  return {
    by,
    at,
    verdict: 'approve',
    seen,
    ...(as && as.id !== by.id ? { for: { id: as.id, name: as.name } } : {}),
    ...(reason ? { reason } : {}),
    ...(policyVersion === undefined ? {} : { policyVersion }),
  };
}
