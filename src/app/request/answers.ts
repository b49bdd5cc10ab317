import { JitError } from '../../core/errors/errors.ts';
import { plain } from '../../core/language/text.ts';
import { isInForce, type Request } from '../../core/request/request.ts';
import { viewOf } from '../../core/view/projection.ts';
import { approvers, denier, lowered } from '../../core/view/words.ts';

/** Why a button or command came too late, in words: “already approved at 14:02 by Grace and Sam”; to whoever wanted to stop it, with how they still can. */
export function whatHappened(request: Request, wanted?: 'stop'): JitError {
  const review = request.reviews.at(-1);
  if (review && (request.status === 'denied' || request.status === 'scheduled' || isInForce(request))) {
    const [what, by] = review.verdict === 'deny' ? ['denied', denier(request)] : ['approved', approvers(request)];
    const words = { at: { at: review.at }, who: plain(by) };
    if (what === 'denied' && request.status !== 'denied')
      return new JitError('moreTimeDenied', { ...words, id: request.id });
    if (wanted === 'stop' && what === 'approved') return new JitError('alreadyApproved', { ...words, id: request.id });
    return new JitError('alreadyDecided', { ...words, what });
  }
  return new JitError('alreadyOver', { what: { say: '{0}', with: { 0: lowered(viewOf(request).status) } } });
}
