import type { Line, Span } from '../language/text.ts';
import type { Closing, Ended, Proof, Request, Review, Who } from '../request/request.ts';

/** After so many tries in vain a card is an alarm; closing is announced then, and again at each doubling. */
export const LOUD_AFTER = 3;

/** Why it is over. */
export function over({ ending }: Closing | Ended): Line {
  if (ending.why === 'revoked') return ['Revoked by ', who(ending.by)];
  if (ending.why === 'failed') return ['Could not be opened'];
  return ['Time is up'];
}

/** What reading the cloud back showed. “closed, proven” is said for nothing less. */
export function proofWords(proof: Proof): Line {
  const through = proof.through?.join(', ') ?? 'something else';
  switch (proof.verdict) {
    case 'closed':
      return ['closed, proven (', { at: proof.at }, ')'];
    case 'open':
      return [`our rule is gone; still open through ${through}`];
    case 'shared':
      return ['over for you; still open through another lease until ', { at: proof.until ?? 0 }];
    default:
      return [`our rule is gone, effective state unknown (${proof.through?.join(', ') ?? 'not read'})`];
  }
}

/** Who approved or denied last: reviews of an extension stand behind those of the request. */
export function last(request: Request, verdict: Review['verdict']): Line {
  const review = request.reviews.findLast((one) => one.verdict === verdict);
  return review ? [who(review.by)] : ['policy ', request.policies.join(', ')];
}

export function who(person: Who): Span {
  return { person: person.id, name: person.name };
}
