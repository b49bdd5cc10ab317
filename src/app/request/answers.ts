import { JitError } from '../../core/errors/errors.ts';
import { plain } from '../../core/language/text.ts';
import { isInForce, type Request } from '../../core/request/request.ts';
import { viewOf } from '../../core/view/projection.ts';
import { approvers, denier, lowered } from '../../core/view/words.ts';

/** Why a button or command came too late, in words: “already approved at 14:02 by Grace and Sam”. */
export function whatHappened(request: Request): JitError {
  const review = request.reviews.at(-1);
  if (review && (request.status === 'denied' || request.status === 'scheduled' || isInForce(request))) {
    const [what, by] = review.verdict === 'deny' ? ['denied', denier(request)] : ['approved', approvers(request)];
    return new JitError('alreadyDecided', { what, at: { at: review.at }, who: plain(by) });
  }
  return new JitError('alreadyOver', { what: { say: '{0}', with: { 0: lowered(viewOf(request).status) } } });
}
