import { parsePort } from '../rule/port.ts';
import type { SaidCommand } from './said.ts';
import { KEYWORDS, unknownWord } from './term-words.ts';
import type { Token } from './token.ts';

/** Words behind which a figure with a dash stands for itself. */
const NO_NAME = new Set([
  ...KEYWORDS,
  'till',
  'til',
  'bis',
  'to',
  'at',
  'on',
  'in',
  'by',
  'or',
  'of',
  'after',
  'before',
]);

/**
 * The same from a word on, with each name in one that was torn at its dash, as phones do: `web -1`, `web - 1`, `web- 1`. Where one was, it
 * is a fault, as nobody can tell for sure that it is a name. What may be a port is left to be one.
 */
export function withWholeNames(said: SaidCommand, from: number): SaidCommand {
  for (let i = from; i + 1 < said.tokens.length; i += 1) {
    const [first, last] = [said.tokens[i], said.tokens[i + 1]];
    const part = first && last && partOf(first, last, said.head);
    if (!part) continue;
    said.faults.push(unknownWord(part));
    const name = { ...first, text: `${first.text.replace(/-$/, '')}${part}` };
    return withWholeNames({ ...said, tokens: said.tokens.toSpliced(i, 2, name) }, i + 1);
  }
  return said;
}

/** What hangs on a word of letters, with its dash; undefined where the two are words of their own. */
function partOf(first: Token, last: Token, head: string): string | undefined {
  const word = first.text.toLowerCase();
  if (first.isQuoted || last.isQuoted || last.isJoined || NO_NAME.has(word) || parsePort(word)) return undefined;
  const [, letters, dash = ''] = /^(\p{L}+(?:-\p{L}+)*)(-?)$/u.exec(first.text) ?? [];
  const isBetween = /^\s*\p{Pd}\s*$/u.test(head.slice(first.at + first.text.length, last.at));
  const part = `${dash || (isBetween ? '-' : '')}${last.text}`;
  return letters !== undefined && isEnd(part) ? part : undefined;
}

/** A figure, and what hangs on it: `-1`, `-01b`, `-2.corp`, `-prod-1`. Known ports and times are themselves. */
function isEnd(part: string): boolean {
  if (/^-\p{L}{2,}-\d+$/u.test(part)) return true;
  return /^-\d{1,4}(?![\d:])(?!(?:h|m|min|d|s)$)[\w.-]*$/i.test(part) && !/^-(?:22|3389|598[56])$/.test(part);
}
