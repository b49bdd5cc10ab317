import type { Instant } from '../language/instant.ts';
import type { Question } from './conversation.ts';
import { note, scheduled } from './life.ts';
import type { Pending, Request } from './request.ts';
import type { Who } from './review.ts';
import { othersTurn } from './turn.ts';

/** So many questions are kept of one request: who asks more talks better. */
export const MOST_QUESTIONS = 8;

/** Questions that nobody answered yet. */
export function openQuestions(request: Request): readonly Question[] {
  return request.status === 'pending' ? (request.questions ?? []).filter(({ answer }) => !answer) : [];
}

export function questioned(request: Pending, by: Who, text: string, now: Instant): Pending {
  const questions = [...(request.questions ?? []), { by, at: now, text }];
  return scheduled({ ...request, ...note(request, { at: now, event: 'question asked', by: by.id }), questions }, now);
}

/** What the requester, or who asked for them, answers is the answer to all that was asked so far. */
export function answered(request: Pending, text: string, now: Instant, by: string): Pending {
  const questions = (request.questions ?? []).map((one) => (one.answer ? one : { ...one, answer: { at: now, text } }));
  const moment = { at: now, event: 'question answered', by };
  return scheduled(othersTurn({ ...request, ...note(request, moment), questions }, request, now), now);
}
