import { LONGEST_REASON } from '../../core/language/heard.ts';
import { say } from '../../core/language/say.ts';
import type { Answer } from '../../ports/inbox.ts';

/** Whether words are longer than what is kept of them; in what was read of a command they end so where they were cut. */
export function isCut(words: unknown): boolean {
  if (typeof words === 'string') {
    const { length } = [...words];
    return length > LONGEST_REASON || (length === LONGEST_REASON && words.endsWith('…'));
  }
  return typeof words === 'object' && words !== null && Object.values(words).some(isCut);
}

/** Says with an answer that not all was kept of what somebody wrote; what was refused was not kept at all. */
export function sayingCut<A extends Answer>(answer: A, words: unknown): A {
  if (answer.refused || answer.report || answer.openForm || !isCut(words)) return answer;
  const line = [say`What you wrote is longer than ${LONGEST_REASON} characters; what is kept of it ends with “…”.`];
  return { ...answer, lines: [...answer.lines, line] };
}
