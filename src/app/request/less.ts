import type { OfferTerms } from '../../core/request/offer.ts';
import { approvalsOf as givenFor, isCovered, lessOf } from '../../core/request/offering.ts';
import type { Request } from '../../core/request/request.ts';
import type { Review, Who } from '../../core/request/review.ts';
import { seenOf } from '../../core/request/seen.ts';
import type { Deps } from '../deps.ts';
import { answerInTime } from '../machine/cloud.ts';
import { approvalsOf, type Case, caseOf } from './case.ts';
import { factsOf } from './changed.ts';
import { analyse, type Judgement } from './judgement.ts';

/** What is judged about less of a request. */
interface JudgedLess {
  readonly judgement: Judgement;
  /** The approvals of all of it that count for this, too. */
  readonly given: readonly Review[];
}

/**
 * Less of a request, as its approvals and those of `more`, who approve now, would be judged. Whoever approved all of it approved
 * less of it, as long as it is what they saw and the less demands nothing besides.
 */
export async function judgeLess(
  deps: Deps,
  request: Request,
  terms: OfferTerms,
  { more, read }: { readonly more: readonly Who[]; readonly read?: Parameters<typeof analyse>[3] },
): Promise<JudgedLess> {
  const less = lessOf(request, terms);
  const asked = lessCase(request, terms);
  const judge = (given: readonly Review[]) =>
    analyse(deps, { ...asked, approvedBy: [...approvalsOf(given), ...more] }, answerInTime(), read);
  const given = givenFor(request);
  const judgement = await judge(given);
  if (given.length === 0 || isCoveredBy(request, less, judgement)) return { judgement, given };
  return { judgement: await judge([]), given: [] };
}

/** The case of less of a request, approved by nobody. A machine made anew is asked for as it is. */
export function lessCase(request: Request, terms: OfferTerms): Case {
  const { identity: _, ...asked } = caseOf(lessOf(request, terms));
  return { ...asked, forMs: terms.forMs, approvedBy: [] };
}

function isCoveredBy(request: Request, less: Request, judgement: Judgement): boolean {
  const { requester, state } = judgement;
  if (!requester || !state) return false;
  return isCovered(seenOf(less, factsOf(less, { ...judgement, requester, state })), seenOf(request));
}
