import { JitError } from '../../core/errors/errors.ts';
import { plain } from '../../core/language/text.ts';
import { isInForce, type Request } from '../../core/request/request.ts';
import { viewOf } from '../../core/view/projection.ts';
import { approvers, denier, lowered } from '../../core/view/words.ts';

/** Why a button or command came too late, in words: “already approved at 14:02 by Grace and Sam”; to whoever wanted to stop it, with how it still can be. */
export function whatHappened(request: Request, wanted?: 'stop'): JitError {
  const { status } = request;
  const itself = { choices: [request.id] };
  const what = { say: '{0}', with: { 0: lowered(viewOf(request).status) } };
  const isAhead = status === 'scheduled' || isInForce(request);
  const review = request.reviews.at(-1);
  if (!review)
    return isAhead ? new JitError('waitsForNobody', { what }, itself) : new JitError('alreadyOver', { what });
  if (!isAhead && status !== 'denied') return new JitError('alreadyOver', { what });
  const isDenied = review.verdict === 'deny';
  const words = { at: { at: review.at }, who: plain(isDenied ? denier(request) : approvers(request)) };
  if (isDenied && isAhead) return new JitError('moreTimeDenied', words, itself);
  if (wanted === 'stop' && !isDenied) return new JitError('alreadyApproved', words, itself);
  return new JitError('alreadyDecided', { ...words, what: isDenied ? 'denied' : 'approved' });
}
