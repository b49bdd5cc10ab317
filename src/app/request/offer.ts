import { JitError } from '../../core/errors/errors.ts';
import { pinned } from '../../core/language/asked-source.ts';
import type { LessAsk } from '../../core/language/command.ts';
import { durationText } from '../../core/language/duration.ts';
import { LONGEST_REASON } from '../../core/language/terms.ts';
import { tidy } from '../../core/language/text.ts';
import type { Person } from '../../core/people/person.ts';
import { mayDecide } from '../../core/policy/approval.ts';
import type { OfferTerms } from '../../core/request/offer.ts';
import { isLess, offerDeclined, offered } from '../../core/request/offering.ts';
import type { Pending, Request } from '../../core/request/request.ts';
import { seenDigest, seenOf } from '../../core/request/seen.ts';
import { termsText } from '../../core/view/offer-words.ts';
import type { Deps } from '../deps.ts';
import { answerInTime } from '../machine/cloud.ts';
import { commit, commitJudged } from '../machine/commit.ts';
import { caseOf } from './case.ts';
import { factsOf } from './changed.ts';
import { mustBeTheirTurn } from './decide.ts';
import { type AllowedCase, analyse, mustBeAllowed } from './judgement.ts';
import { mustWait } from './must-wait.ts';

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
  const reason = given.reason ? tidy(given.reason, LONGEST_REASON) : undefined;
  const by = { id: person.id, name: person.name };
  const judge = async (request: Request) => {
    const waiting = mustWait(request);
    if (given.version !== undefined && given.version < (waiting.again?.version ?? 1))
      throw new JitError('changedSinceSeen', { what: waiting.again?.what.join('; ') ?? '' });
    if (person.id === request.requester.id) throw new JitError('ownRequest');
    const terms = termsOf(deps, waiting, given.less);
    return { terms, allowed: await judgeTerms(deps, person, { ...waiting, ...terms }) };
  };
  return commitJudged(deps, given.request, judge, (request, { terms, allowed }, { at }) => {
    const { standing } = request;
    const seen = seenDigest(
      seenOf({ ...request, ...terms }, { ...factsOf({ ...request, ...terms }, allowed), standing }),
    );
    const next = offered(mustWait(request), { by, at, ...terms, ...(reason ? { reason } : {}), seen });
    return { next, event: 'offered', by: by.id, text: [termsText(terms), reason].filter(Boolean).join(': ') };
  });
}

/** The requester does not want what was offered, or whoever offered it takes it back. The request goes on waiting. */
export async function declineOffer(deps: Deps, person: Person, id: string, version?: number): Promise<Request> {
  return commit(deps, id, (request, { at }) => {
    const waiting = mustWait(request);
    const { offer, requester } = waiting;
    if (!offer || (version !== undefined && version < offer.version)) throw new JitError('noOffer');
    if (![requester.id, offer.by.id].includes(person.id)) throw new JitError('notYours', { who: requester.name });
    const next = offerDeclined(waiting, { id: person.id, name: person.name }, at);
    return { next, event: 'offer declined', by: person.id, text: termsText(offer) };
  });
}

/** What is offered, with what is not said as it was asked for. Throws `offerNotLess`, `severalPrefixes`, `tooShort`. */
function termsOf({ rules }: Deps, request: Pending, { ports, source, forMs = request.forMs }: LessAsk): OfferTerms {
  const own = request.sourceName === undefined ? {} : { sourceName: request.sourceName };
  const from = source === undefined ? { source: request.source, ...own } : pinned(source, rules.sources);
  const terms = { ports: ports.length > 0 ? ports : request.ports, ...from, forMs };
  if (!isLess(terms, request)) throw new JitError('offerNotLess', { asked: termsText(request) });
  if (forMs < rules.shortestMs)
    throw new JitError('tooShort', { asked: durationText(forMs), shortest: durationText(rules.shortestMs) });
  return terms;
}

/** As the approval of just these terms would be. */
async function judgeTerms(deps: Deps, person: Person, request: Pending): Promise<AllowedCase> {
  const { askedAt: _, ...asked } = caseOf(request, [person]);
  const judgement = await analyse(deps, { ...asked, approvedBy: [person] }, answerInTime());
  if (judgement.circle && judgement.policies.length > 0) mayDecide(person, judgement.policies, judgement.circle);
  const allowed = mustBeAllowed(judgement);
  if (allowed.voided.length > 0) throw new JitError('approvalVoid', { name: person.name });
  mustBeTheirTurn(allowed, person);
  return allowed;
}
