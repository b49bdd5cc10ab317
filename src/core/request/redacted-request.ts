import { type IsGone, redacted } from '../people/redacted.ts';
import type { Question } from './conversation.ts';
import type { Request } from './request.ts';

/**
 * A request of somebody else without what it says of people who are gone, and what they wrote in it: also the reason and the answers of whoever
 * asked for them. Undefined where it says nothing of them.
 */
export function redactedRequest(request: Request, isGone: IsGone): Request | undefined {
  const { askedBy, questions } = request;
  const isReason = askedBy !== undefined && isGone(askedBy.id) && request.justification !== '';
  const answers = questions?.map((one) => withoutAnswer(one, request, isGone));
  const isAnswer = answers?.some((one, i) => one !== questions?.[i]) ?? false;
  if (!isReason && !isAnswer) return redacted(request, isGone);
  const next = {
    ...request,
    ...(isReason ? { justification: '' } : {}),
    ...(isAnswer && answers ? { questions: answers } : {}),
  };
  return redacted(next, isGone) ?? next;
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
