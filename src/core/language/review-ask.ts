import { JitError } from '../errors/errors.ts';

/** `review <id> right because <words>`, as typed. */
export interface ReviewAsk {
  readonly verb: 'right' | 'wrong';
  readonly which: string;
  readonly reason?: string;
}

/** Throws `malformedReview`. */
export function parseReview([which, verdict = '']: readonly string[], reason: string | undefined): ReviewAsk {
  const verb = verdict.toLowerCase();
  if (which === undefined || (verb !== 'right' && verb !== 'wrong')) throw new JitError('malformedReview');
  return { verb, which, ...(reason ? { reason } : {}) };
}
