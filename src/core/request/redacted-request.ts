import type { KeptError } from '../errors/errors.ts';
import { type IsGone, namesOf, redacted } from '../people/redacted.ts';
import type { Question } from './conversation.ts';
import type { Ending } from './lease.ts';
import type { Request } from './request.ts';
import type { Who } from './review.ts';

/** By whom, in a timeline and in reviews, what Drawbridge itself decided was. */
const OURS = 'drawbridge';

/**
 * A request of somebody else without what it says of people who are gone, and what they wrote in it: also the reason and the answers of whoever
 * asked for them, and their names in what Drawbridge says (that they left). Undefined where it says nothing of them.
 */
export function redactedRequest(request: Request, isGone: IsGone): Request | undefined {
  const { askedBy, questions } = request;
  const isReason = askedBy !== undefined && isGone(askedBy.id) && request.justification !== '';
  const answers = questions?.map((one) => withoutAnswer(one, request, isGone));
  const isAnswer = answers?.some((one, i) => one !== questions?.[i]) ?? false;
  const own = {
    ...(isReason ? { justification: '' } : {}),
    ...(isAnswer && answers ? { questions: answers } : {}),
    ...withoutNames(request, namesOf(request, isGone)),
  };
  if (Object.keys(own).length === 0) return redacted(request, isGone);
  const next = { ...request, ...own } as Request;
  return redacted(next, isGone) ?? next;
}

/** What Drawbridge itself says in it, where that names them: that is nobody else's words. */
function withoutNames(request: Request, names: (text: string) => string): Partial<Request> {
  const told = said(request);
  const next = toldAs(told, names);
  return JSON.stringify(next) === JSON.stringify(told) ? {} : { ...next };
}

type Told = Pick<Request, 'reviews' | 'timeline' | 'denied'> & {
  readonly trouble?: KeptError;
  readonly ending?: Ending;
};

function said(request: Request): Told {
  const { reviews, timeline, denied } = request;
  return {
    ...{ reviews, timeline },
    ...(denied ? { denied } : {}),
    ...('trouble' in request && request.trouble ? { trouble: request.trouble } : {}),
    ...('ending' in request ? { ending: request.ending } : {}),
  };
}

function toldAs({ reviews, timeline, denied, trouble, ending }: Told, names: (text: string) => string): Told {
  const reasoned = <T extends { readonly by: Who; readonly reason?: string }>(one: T): T =>
    one.by.id === OURS && one.reason !== undefined ? { ...one, reason: names(one.reason) } : one;
  const kept = <T extends KeptError>(one: T): T => ({
    ...one,
    say: names(one.say),
    ...(one.words ? { words: everyText(one.words, names) } : {}),
  });
  return {
    reviews: reviews.map(reasoned),
    timeline: timeline.map((one) =>
      one.text !== undefined && (one.by ?? OURS) === OURS ? { ...one, text: names(one.text) } : one,
    ),
    ...(denied ? { denied: reasoned(denied) } : {}),
    ...(trouble ? { trouble: kept(trouble) } : {}),
    ...(ending ? { ending: ending.why === 'failed' ? kept(ending) : ending } : {}),
  };
}

/** A sentence may be filled with others. */
function everyText<T>(value: T, names: (text: string) => string): T {
  if (typeof value === 'string') return names(value) as T;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => everyText(one, names)) as T;
  return Object.fromEntries(Object.entries(value).map(([key, own]) => [key, everyText(own, names)])) as T;
}

/** Who answered stands in the timeline. */
function withoutAnswer(question: Question, { timeline }: Request, isGone: IsGone): Question {
  const { answer } = question;
  if (!answer || answer.text === '') return question;
  const isTheirs = timeline.some(
    ({ event, at, by }) => event === 'question answered' && at === answer.at && by !== undefined && isGone(by),
  );
  return isTheirs ? { ...question, answer: { ...answer, text: '' } } : question;
}
