import { singled } from '../language/quotation.ts';
import { say } from '../language/say.ts';
import type { Line } from '../language/text.ts';
import { openQuestions } from '../request/question.ts';
import type { Moment, Pending, Request } from '../request/request.ts';
import type { Button, Remark, View } from './view.ts';
import { listed, nameOf, who } from './words.ts';

const ASK: Button = { verb: 'ask', label: 'Ask', style: 'plain' };
const ANSWER: Button = { verb: 'answer', label: 'Answer', style: 'plain' };

/** Approvers ask, more than once; while a question is open, it is answered. */
export function questionButtons(request: Pending): readonly Button[] {
  return openQuestions(request).length > 0 ? [ASK, ANSWER] : [ASK];
}

/** What was asked and answered, in its order; an answer to several questions stands once, behind the last of them. */
export function conversation({ questions = [], requester }: Request): readonly Remark[] {
  return questions.flatMap(({ by, text, answer }, i) => {
    const next = questions[i + 1]?.answer;
    const isLast = answer && !(next && next.at === answer.at && next.text === answer.text);
    return [{ by: who(by), text }, ...(isLast ? [{ by: who(requester), text: answer.text }] : [])];
  });
}

type Milestone = Pick<View, 'announce' | 'headline'>;

/** The requester is told what is asked, and approvers what is answered. */
export function questionNews(
  { id, machineName, questions = [], requester }: Pending,
  { event, at }: Moment,
): Milestone {
  const last = questions.at(-1);
  const about = say` about access to ${nameOf({ machineName })}`;
  if (!last || event === 'question asked') {
    const how: Line = [say` To answer: the button, or \`/jit answer ${id} <words>\`.`];
    return {
      announce: `question-${at}`,
      headline: [
        say`${who(requester)}: ${last ? [who(last.by)] : []} asks${about}: “${singled(last?.text ?? '')}”${how}`,
      ],
    };
  }
  const asker = [
    ...new Map(questions.filter(({ answer }) => answer?.at === last.answer?.at).map(({ by }) => [by.id, by])).values(),
  ];
  return {
    announce: `answer-${at}`,
    headline: [say`${listed(asker, 'and')}: ${who(requester)} answers${about}: “${last.answer?.text ?? ''}”`],
  };
}
