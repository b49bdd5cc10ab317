import { JitError } from '../../core/errors/errors.ts';
import { pinned } from '../../core/language/asked-source.ts';
import type { LessAsk } from '../../core/language/command.ts';
import { durationText } from '../../core/language/duration.ts';
import { givenReason } from '../../core/language/terms.ts';
import { phrased } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import { mayDecide } from '../../core/policy/approval.ts';
import { stepUpOf } from '../../core/policy/step-up.ts';
import type { Offer, OfferTerms } from '../../core/request/offer.ts';
import { isLess, lessOf, offerDeclined, offered, offerOf } from '../../core/request/offering.ts';
import { isTheirs } from '../../core/request/on-behalf.ts';
import type { Pending, Request } from '../../core/request/request.ts';
import type { Who } from '../../core/request/review.ts';
import { seenDigest, seenOf } from '../../core/request/seen.ts';
import { afterwardsText } from '../../core/view/approvals.ts';
import { changesOf, together } from '../../core/view/difference.ts';
import { termsText } from '../../core/view/offer-words.ts';
import type { Deps } from '../deps.ts';
import { commit, commitJudged } from '../machine/commit.ts';
import { factsOf } from './changed.ts';
import { mustBeTheirTurn, mustNotHaveVoted } from './decide.ts';
import { type AllowedCase, mustBeAllowed } from './judgement.ts';
import { judgeLess } from './less.ts';
import { mustWait } from './must-wait.ts';

interface Judged {
  readonly allowed: AllowedCase;
  /** Whom they decide for, where it is not themselves. */
  readonly as?: Who;
  /** Who has to approve besides; absent where nobody has. */
  readonly afterwards?: string;
}

interface OfferGiven {
  readonly request: string;
  /** The version that the card showed; absent when it was typed. */
  readonly version?: number;
  readonly less: LessAsk;
  readonly reason?: string;
}

/**
 * An approver would approve a request that waits for less: fewer ports, less time, a narrower source, and nothing else. It is judged
 * as their approval of just that would be. The requester accepts it or not; until then the request waits as before.
 */
export async function offerLess(deps: Deps, person: Person, given: OfferGiven): Promise<Request> {
  const reason = given.reason ? givenReason(given.reason) || undefined : undefined;
  const by = { id: person.id, name: person.name };
  const judge = async (request: Request) => {
    const waiting = mustWait(request);
    const { again } = waiting;
    if (again && given.version !== undefined && given.version < again.version)
      throw new JitError('changedSinceSeen', { what: together(changesOf(again)) });
    if (isTheirs(request, person.id)) throw new JitError('ownRequest');
    const terms = termsOf(deps, waiting, given.less);
    return { terms, ...(await judgeTerms(deps, person, waiting, terms)) };
  };
  return commitJudged(deps, given.request, judge, (request, { terms, allowed, as, afterwards }, { at }) => {
    // Pressed twice: it stands there, and nobody is called for it again.
    if (isStanding(request, { by, reason, ...terms })) return undefined;
    const less = lessOf(request, terms);
    const seen = seenDigest(seenOf(less, { ...factsOf(less, allowed), standing: request.standing }));
    const more = { ...(reason ? { reason } : {}), ...(afterwards ? { afterwards } : {}), ...(as ? { for: as } : {}) };
    const next = offered(mustWait(request), { by, at, ...terms, ...more, seen });
    return { next, event: 'offered', by: by.id, text: [phrased(termsText(terms)), reason].filter(Boolean).join(': ') };
  });
}

/** Is it what this person offers already? */
function isStanding(request: Request, { by, reason, ...terms }: OfferTerms & Pick<Offer, 'by' | 'reason'>): boolean {
  const offer = offerOf(request);
  const isSame = offer !== undefined && offer.by.id === by.id && offer.reason === reason;
  return isSame && phrased(termsText(offer)) === phrased(termsText(terms));
}

/** The requester does not want what was offered, or whoever offered it takes it back. The request goes on waiting. */
export async function declineOffer(deps: Deps, person: Person, id: string, version?: number): Promise<Request> {
  return commit(deps, id, (request, { at }) => {
    const waiting = mustWait(request);
    const { offer, requester } = waiting;
    if (!offer || (version !== undefined && version < offer.version)) throw new JitError('noOffer');
    if (!isTheirs(waiting, person.id) && offer.by.id !== person.id)
      throw new JitError('notYours', { who: requester.name });
    const next = offerDeclined(waiting, { id: person.id, name: person.name }, at);
    return { next, event: 'offer declined', by: person.id, text: phrased(termsText(offer)) };
  });
}

/** What is offered, with what is not said as it was asked for. Throws `offerNotLess`, `severalPrefixes`, `tooShort`. */
function termsOf({ rules }: Deps, request: Pending, { ports, source, forMs = request.forMs }: LessAsk): OfferTerms {
  const own = request.sourceName === undefined ? {} : { sourceName: request.sourceName };
  const from = source === undefined ? { source: request.source, ...own } : pinned(source, rules.sources);
  const terms = { ports: ports.length > 0 ? ports : request.ports, ...from, forMs };
  // As long or longer, and nothing else: it may be approved as it is.
  const isAll = ports.length === 0 && source === undefined;
  if (!isLess(terms, request))
    throw new JitError('offerNotLess', { asked: termsText(request) }, { choices: isAll ? [request.id] : [] });
  const shortest = durationText(rules.shortestMs);
  if (forMs < rules.shortestMs)
    throw new JitError('tooShort', { asked: durationText(forMs), shortest }, { choices: [shortest] });
  return terms;
}

/** As the approval of just these terms would be, after those that were given for all of it. */
async function judgeTerms(deps: Deps, person: Person, request: Pending, terms: OfferTerms): Promise<Judged> {
  const { judgement } = await judgeLess(deps, request, terms, { more: [person] });
  const as = judgement.standIns?.get(person.id) ?? person;
  mustNotHaveVoted(request.reviews, person, as);
  if (judgement.circle && judgement.policies.length > 0) mayDecide(as, judgement.policies, judgement.circle);
  const allowed = mustBeAllowed(judgement);
  if (allowed.voided.some(({ id }) => id === person.id)) throw new JitError('approvalVoid', { name: person.name });
  // What is approved already by others needs nobody's turn.
  if (!allowed.progress?.isDone) mustBeTheirTurn(allowed, as);
  const afterwards = phrased(afterwardsText(allowed.quorum, person.name, stepUpOf(allowed.policies)));
  return {
    allowed,
    ...(as.id === person.id ? {} : { as: { id: as.id, name: as.name } }),
    ...(afterwards === '' ? {} : { afterwards }),
  };
}
