import { reasonOf } from './heard.ts';
import type { SaidCommand } from './said.ts';
import { KEYWORDS } from './term-words.ts';
import type { Token } from './token.ts';

/** What somebody says that it is for, in so many words. */
export interface PurposeSaid {
  readonly text: string;
  readonly words: number;
}

/** Lengths that no clock knows: `for long`, `for half a day`, `for the weekend`. */
const VAGUE =
  /^(?:long|ever|ages|half|now|today|tonight|tomorrow|less|more|some|any|all|as|day|days|week|weeks|weekend|month|time|moment|while|night|morning|afternoon|evening|just|only|at|no|not|under|over|max|whenever|because)$/i;
const ARTICLE = /^(?:the|a|an|this|that|our|my)$/i;

/** Reads `maintenance`, `deploy 4711`, `the release`, `INC-4711` behind `for`, until the next term. Undefined where it may be a length. */
export function readPurpose({ tokens, head }: SaidCommand, at: number, isAlone: boolean): PurposeSaid | undefined {
  const isArticle = ARTICLE.test(tokens[at]?.text ?? '');
  const first = tokens[isArticle ? at + 1 : at];
  const isTicket = /^[A-Z][A-Z0-9]*-\d+$/i.test(first?.text ?? '');
  const isWord = /^\p{L}+$/u.test(first?.text ?? '') && !VAGUE.test(first?.text ?? '');
  if (!first || first.isQuoted || !(isTicket || (isWord && (isAlone || tokens[at + 1])))) return undefined;
  const isKeyword = ({ text, isQuoted }: Token, i: number) =>
    i > at && !isQuoted && KEYWORDS.includes(text.toLowerCase());
  const end = tokens.findIndex(isKeyword);
  const said = head.slice(tokens[at]?.at ?? 0, end < 0 ? undefined : tokens[end]?.at);
  return { text: reasonOf(said).replace(/[\s,;]+$/, ''), words: (end < 0 ? tokens.length : end) - at };
}
