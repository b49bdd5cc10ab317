import { JitError } from '../../core/errors/errors.ts';
import type { Instant } from '../../core/language/instant.ts';
import { givenReason } from '../../core/language/terms.ts';
import { isMeant, type Person, type Subject } from '../../core/people/person.ts';
import { decidersWords } from '../../core/policy/deciders.ts';
import { approversText } from '../../core/policy/stage.ts';
import type { GlassVerdict } from '../../core/request/break-glass.ts';
import type { Request } from '../../core/request/request.ts';
import { glassReviewed, isOverdue, isReviewable } from '../../core/request/reviewing.ts';
import type { Deps } from '../deps.ts';
import { commitJudged } from '../machine/commit.ts';

interface Given {
  readonly request: string;
  readonly verdict: GlassVerdict;
  readonly words?: string | undefined;
}

/**
 * Somebody else says whether breaking the glass was right. Said twice by the same person, it is said once. `notReviewer`,
 * `ownReview`, `notReviewable`, `alreadyReviewed`, `missingReviewWords`.
 */
export async function reviewGlass(
  deps: Deps,
  person: Person,
  { request: id, verdict, words }: Given,
): Promise<Request> {
  const said = words === undefined ? '' : givenReason(words);
  const { request: before } = await deps.store.load(id);
  if (before && isSame(before, person, verdict)) return before;
  const judge = async (request: Request) => {
    await mayReview(deps, person, request);
    if (said === '') throw new JitError('missingReviewWords');
  };
  return commitJudged(deps, id, judge, (request, _, { at }) => {
    if (!isReviewable(request)) throw new JitError('notReviewable');
    const review = { by: { id: person.id, name: person.name }, at, verdict, words: said };
    const next = glassReviewed(request, review);
    return { next, event: `was ${verdict}`, by: person.id, as: 'reviewer', text: said };
  });
}

function isSame({ breakGlass }: Request, { id }: Person, verdict: GlassVerdict): boolean {
  return breakGlass?.review?.by.id === id && breakGlass.review.verdict === verdict;
}

/** Throws unless this person is to review it, now. */
async function mayReview(deps: Deps, person: Person, request: Request): Promise<void> {
  const { review } = request.breakGlass ?? {};
  if (!request.breakGlass) throw new JitError('notReviewable');
  if (person.id === request.requester.id) throw new JitError('ownReview');
  const { at } = await deps.store.now();
  const subjects = reviewersOf(deps, request, at);
  const requester = await deps.directory.byId(request.requester.id, 'last');
  if (!isMeant(person, subjects, requester))
    throw new JitError('notReviewer', { who: decidersWords(approversText(subjects)) });
  if (review)
    throw new JitError('alreadyReviewed', { who: review.by.name, at: { at: review.at }, verdict: review.verdict });
  if (!isReviewable(request)) throw new JitError('notOverYet');
}

/** Who reviews it by the rules as they are now; where none of its rules is there any more, `security`. */
export function reviewersOf({ rules }: Pick<Deps, 'rules'>, request: Request, now: Instant): readonly Subject[] {
  const own = (rules.breakGlass ?? []).filter(({ name }) => request.policies.includes(name));
  if (own.length === 0) return rules.security;
  const isLate = isOverdue(request, now);
  return [...new Set(own.flatMap(({ review }) => [...review.by, ...(isLate ? (review.later ?? []) : [])]))];
}
