import { JitError } from '../../core/errors/errors.ts';
import type { Person } from '../../core/people/person.ts';
import { uniquePlaces } from '../../core/people/place.ts';
import { stepUpOf } from '../../core/policy/step-up.ts';
import { approved, reviewed } from '../../core/request/life.ts';
import type { Offer } from '../../core/request/offer.ts';
import { offerAccepted } from '../../core/request/offering.ts';
import type { Pending, Request } from '../../core/request/request.ts';
import { seenDigest, seenOf } from '../../core/request/seen.ts';
import type { Deps } from '../deps.ts';
import { answerInTime } from '../machine/cloud.ts';
import { change, commit, hint } from '../machine/commit.ts';
import { noRequest } from '../machine/no-request.ts';
import { whatHappened } from './answers.ts';
import { subjectOf } from './ask-anew.ts';
import { caseOf } from './case.ts';
import { type AllowedCase, analyse, mustBeAllowed } from './judgement.ts';
import { newRequest } from './new-request.ts';
import { askedOf } from './places.ts';

/**
 * The requester takes what was offered: the request gives way to a new one for just that, judged anew, which has the approval of
 * whoever offered it, where they may still give it and nothing that they saw has changed. Done twice it gives the same new request.
 */
export async function acceptOffer(deps: Deps, person: Person, id: string, version?: number): Promise<Request> {
  const { request } = await deps.store.load(id);
  if (!request) throw await noRequest(deps, id);
  if (request.requester.id !== person.id) throw new JitError('notYours', { who: request.requester.name });
  const offer = mustStand(request, version);
  const allowed = await judged(deps, request, offer, []);
  const before = await commit(deps, id, (old, { at }) => {
    const own = mustStand(old, version);
    if (own.version !== offer.version) throw new JitError('noOffer');
    if (old.status !== 'pending') return undefined;
    return { next: offerAccepted(old, own, person, at), event: 'offer accepted', by: person.id };
  });
  const next = await made(deps, before, offer, allowed);
  return withApproval(deps, next, before, offer);
}

/** The offer that waits, or that was accepted already. */
function mustStand(request: Request, version: number | undefined): Offer {
  const { offer, status } = request;
  const stands = status === 'pending' || (status === 'withdrawn' && offer?.accepted !== undefined);
  if (!stands) throw whatHappened(request);
  if (!offer || (version !== undefined && version < offer.version)) throw new JitError('noOffer');
  return offer;
}

/** The case of what was offered, approved by these. */
async function judged(deps: Deps, request: Request, offer: Offer, approvedBy: readonly Offer['by'][]) {
  const { askedAt: _, identity: __, ...about } = caseOf(subjected(request, offer));
  return mustBeAllowed(await analyse(deps, { ...about, forMs: offer.forMs, approvedBy }, answerInTime()));
}

/** The request as if it had asked for what was offered. */
function subjected<R extends Request>(request: R, { ports, source, sourceName, forMs }: Offer): R {
  const { sourceName: _, bastion, ...rest } = request;
  const through = bastion !== undefined && source === request.source ? { bastion } : {};
  return {
    ...rest,
    ports,
    source,
    forMs,
    ...through,
    ...(sourceName === undefined ? {} : { sourceName }),
  } as unknown as R;
}

/** Once for each offer. */
async function made(deps: Deps, before: Request, offer: Offer, allowed: AllowedCase): Promise<Request> {
  const key = `offer:${before.id}:${offer.version}`;
  const places = uniquePlaces([...before.places, ...(askedOf(deps, before, allowed).places ?? [])]);
  const next = await newRequest(deps, subjectOf(subjected(before, offer)), allowed, places);
  const said = { next, event: 'asked', by: next.requester.id, text: next.justification };
  const [saved] = await deps.store.save([{ ...change(deps, undefined, said), key }]);
  if (saved === 'saved') return next;
  const winner = await deps.store.madeBy(key);
  const { request } = winner === undefined ? {} : await deps.store.load(winner);
  if (!request) throw new JitError('stale');
  return request;
}

/** With the approval of whoever offered it. Where it may not be counted, the approvers are asked as of any request. */
async function withApproval(deps: Deps, next: Request, before: Request, offer: Offer): Promise<Request> {
  await hint(deps, [next]);
  if (next.status !== 'pending' || next.reviews.length > 0) return next;
  try {
    const allowed = await judged(deps, before, offer, [offer.by]);
    const counted = { quorum: allowed.quorum, ...askedOf(deps, next, allowed) };
    return await commit(deps, next.id, (request, { at }) => {
      if (request.status !== 'pending' || request.reviews.length > 0) return undefined;
      if (!isSeen(request, offer, allowed)) return undefined;
      const { by, reason, seen } = offer;
      const review = { by, at, verdict: 'approve' as const, seen, ...(reason ? { reason } : {}) };
      const isEnough = allowed.missing.length === 0;
      const said = isEnough ? approved(request, review) : reviewed(request, review, counted);
      return { next: said, event: isEnough ? 'approved' : 'reviewed', by: by.id, text: `offered in ${before.id}` };
    });
  } catch (error) {
    deps.log.warn({ request: next.id, error }, 'the approval of an offer could not be counted; it is asked for');
    return next;
  }
}

/** Is it just what was offered, by somebody whose approval takes a seat of it now? */
function isSeen(request: Pending, { by, seen }: Offer, { voided, progress, policies }: AllowedCase): boolean {
  // Whoever offered it pressed a button, and no more.
  if (stepUpOf(policies) !== undefined) return false;
  if (voided.length > 0 || seenDigest(seenOf(request)) !== seen) return false;
  return progress?.stages.some((stage) => stage.by.includes(by.id)) ?? false;
}
