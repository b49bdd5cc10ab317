import type { Request } from '../request/request.ts';
import { questionLine } from './question-line.ts';
import type { View } from './view.ts';

type Milestone = Pick<View, 'announce' | 'headline' | 'first'>;

/** News with which the question is, or is no question: what is over, or opens, is decided. */
const WITH_QUESTION = /^(?:asked|changed-|unreached-|remind-|nudge-|extension-\d+$)/;

/**
 * The same news for whoever is asked only now, as in a later stage or when somebody else left: they heard nothing of it before, so the
 * question comes first, as it is enough to decide by.
 */
export function askedLater(request: Request, news: Milestone): Milestone {
  const isMoreTime = /^extension-\d+-\d+$/.test(news.announce);
  const isAsked = request.status === 'pending' || isMoreTime;
  if (!isAsked || news.first || WITH_QUESTION.test(news.announce)) return news;
  return { ...news, first: [...questionLine(request), ' ', ...news.headline] };
}
