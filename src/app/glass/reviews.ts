import { JitError } from '../../core/errors/errors.ts';
import type { Instant } from '../../core/language/instant.ts';
import { say } from '../../core/language/say.ts';
import type { Line } from '../../core/language/text.ts';
import { isMeant, type Person } from '../../core/people/person.ts';
import { uniquePlaces } from '../../core/people/place.ts';
import { MOST_PLACES } from '../../core/policy/floods.ts';
import type { Request } from '../../core/request/request.ts';
import { askingDue, type Broken, isOverdue, isReviewable, reviewAsked } from '../../core/request/reviewing.ts';
import { owedLine } from '../../core/view/glass.ts';
import type { Deps } from '../deps.ts';
import { commit } from '../machine/commit.ts';
import { isSecurity } from '../request/end.ts';
import { reviewersOf } from './review.ts';
import { peopleMeant } from './told.ts';

/** So many owed reviews are looked through. */
const MOST_OWED = 1_000;
const MOST_LISTED = 20;

/** All reviews that are owed, the most urgent first. */
export function owedReviews({ store }: Pick<Deps, 'store'>): Promise<readonly Request[]> {
  return store.find({ by: 'review', which: 'owed' }, MOST_OWED);
}

/**
 * Asks reviewers of what is over, reminds them, and asks others as well once it is overdue. What failed is tried again at the next
 * round. Gives how many were asked for.
 */
export async function askReviews(deps: Deps, signal: AbortSignal): Promise<number> {
  const { at } = await deps.store.now();
  let asked = 0;
  for (const request of await owedReviews(deps)) {
    signal.throwIfAborted();
    if (!isReviewable(request) || !askingDue(request, at)) continue;
    try {
      await askOne(deps, request, at);
      asked += 1;
    } catch (error) {
      deps.log.error({ request: request.id, error }, 'nobody could be asked for a review; it is tried again');
    }
  }
  return asked;
}

async function askOne(deps: Deps, { id, requester, ...request }: Broken, at: Instant): Promise<void> {
  const person = (await deps.directory.byId(requester.id, 'last')) ?? { ...requester, groups: [] };
  const reviewers = await peopleMeant(deps, reviewersOf(deps, { id, requester, ...request }, at), person);
  const others = reviewers.filter((one) => one.id !== requester.id);
  const own = others.flatMap((one) => deps.directory.reach(one).slice(0, 1));
  const asked = others.map((one) => ({ id: one.id, name: one.name }));
  await commit(deps, id, (now, { at: instant }) => {
    const why = isReviewable(now) ? askingDue(now, instant) : undefined;
    if (!isReviewable(now) || !why) return undefined;
    const places = uniquePlaces([...now.places, ...own]).slice(0, now.places.length + MOST_PLACES);
    const next = reviewAsked(now, why, { asked: asked.length > 0 ? asked : now.asked, places }, instant);
    return { next, event: next.timeline.at(-1)?.event ?? '', by: 'drawbridge' };
  });
}

/** `/jit reviews`: what this person may review, and what they owe to have reviewed. */
export async function reviewLines(deps: Deps, person: Person): Promise<readonly Line[]> {
  const { at } = await deps.store.now();
  const lines: Line[] = [];
  for (const request of await owedReviews(deps)) {
    const requester = await deps.directory.byId(request.requester.id, 'last');
    const isOwn = request.requester.id === person.id;
    const mayReview = !isOwn && isMeant(person, reviewersOf(deps, request, at), requester);
    if (isOwn || mayReview || isSecurity(deps, person)) lines.push(owedLine(request, at, mayReview));
  }
  if (lines.length === 0) return [[say`No review is owed by you or for you.`]];
  const more = lines.length - MOST_LISTED;
  return [...lines.slice(0, MOST_LISTED), ...(more > 0 ? [[say`… and ${more} more.`]] : [])];
}

/** Throws `reviewOverdue` for somebody whose earlier access was not reviewed in time. */
export async function mustNotOwe(deps: Deps, person: Person): Promise<void> {
  const { at } = await deps.store.now();
  const late = (await owedReviews(deps)).find(
    (request) => request.requester.id === person.id && isOverdue(request, at),
  );
  if (late) throw new JitError('reviewOverdue', { machine: late.machineName, id: late.id });
}
