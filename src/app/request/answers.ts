import { JitError } from '../../core/errors/errors.ts';
import { clockText, plain } from '../../core/language/text.ts';
import type { Request } from '../../core/request/request.ts';
import { viewOf } from '../../core/view/projection.ts';

/** Why a button or command came too late, in words: “already approved at 14:02 by Grace”. */
export function whatHappened(request: Request): JitError {
  const review = request.reviews.at(-1);
  if (review) {
    const what = review.verdict === 'approve' ? 'approved' : 'denied';
    return new JitError('alreadyDecided', { what, at: clockText(review.at), who: review.by.name });
  }
  return new JitError('alreadyOver', { what: plain(viewOf(request).status).toLowerCase() });
}
