import { reasonOf } from './heard.ts';
import type { SaidCommand } from './said.ts';
import { isSource } from './source-words.ts';
import { KEYWORDS } from './term-words.ts';
import { readTime } from './time-words.ts';

/** What somebody says that it is for, in so many words. */
export interface PurposeSaid {
  readonly text: string;
  readonly words: number;
}

/** Lengths that no clock knows: `for long`, `for half a day`, `for the weekend`. */
const VAGUE =
  /^(?:long|ever|forever|always|immer|ages|half|now|today|tonight|tomorrow|less|more|some|any|all|as|day|days|week|weeks|weekend|month|time|moment|while|night|morning|afternoon|evening|just|only|at|no|not|under|over|max|whenever|because)$/i;
const ARTICLE = /^(?:the|a|an|this|that|our|my)$/i;

/** How many words say a length that no clock knows: `a while`, `the night`. */
export function vagueWords(words: readonly string[], at: number, least: number): number {
  return ARTICLE.test(words[at] ?? '') && VAGUE.test(words[at + 1] ?? '') ? Math.max(2, least) : least;
}

/** Reads `maintenance`, `deploy 4711`, `the release`, `INC-4711` behind `for`, until the next term. Undefined where it may be a length. */
export function readPurpose(said: SaidCommand, at: number, isAlone: boolean): PurposeSaid | undefined {
  const { tokens, head } = said;
  const isArticle = ARTICLE.test(tokens[at]?.text ?? '');
  const first = tokens[isArticle ? at + 1 : at];
  const isTicket = isAlone && /^[A-Z][A-Z0-9]*-\d+$/i.test(first?.text ?? '');
  const isWord = /^\p{L}+$/u.test(first?.text ?? '') && !VAGUE.test(first?.text ?? '');
  if (!first || first.isQuoted || !(isTicket || (isWord && (isAlone || tokens[at + 1])))) return undefined;
  const end = tokens.findIndex((_, i) => i > at && isTerm(said, i));
  const words = head.slice(tokens[at]?.at ?? 0, end < 0 ? undefined : tokens[end]?.at);
  return { text: reasonOf(words).replace(/[\s,;]+$/, ''), words: (end < 0 ? tokens.length : end) - at };
}

/** Does a further term begin here? `for` and `from` stand in sentences, too. */
function isTerm({ tokens, names }: SaidCommand, i: number): boolean {
  const [token, next] = [tokens[i], tokens[i + 1]];
  if (!token || token.isQuoted) return false;
  const word = token.text.toLowerCase();
  if (word === 'for') return readTime(tokens, i + 1) !== undefined;
  if (word === 'from') return next !== undefined && (isSource(next.text, names) || /^(?:me|my|here)$/i.test(next.text));
  return KEYWORDS.includes(word);
}

/** Words for what people do, as far as their looks tell. */
const DEED =
  /(?:ing|ment|ance|ion|ung)$|^(?:us|them|everyone|everybody|both|deploys?|release|repair|work|prod|incident|outage|tests?|debug|upgrade|updates?|backup|fix|hotfix|support|audit)$/i;

/** May it be somebody's name: a word, and at most a second one with a capital? */
export function mayBeSomebody(text: string): boolean {
  return /^[\p{L}.]+(?: \p{Lu}\p{L}+)?$/u.test(text) && !DEED.test(text);
}
