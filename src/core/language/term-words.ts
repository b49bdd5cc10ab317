import { JitError } from '../errors/errors.ts';
import { nearWord } from './near-word.ts';
import { readPorts } from './port-word.ts';
import { isNameLike } from './target.ts';
import { tidy } from './text.ts';
import { isDecimal, readTime } from './time-words.ts';
import { type Token, typedOf } from './token.ts';

/** What says what follows it. */
export const KEYWORDS = ['from', 'for', 'until', 'because', 'port', 'ports'];

/** Between the terms: `access to`, `on`. */
function isFiller(text: string): boolean {
  return /^(?:to|on|access|permissions?|rights?|machine|server|host|vm|instance)$/i.test(text);
}

/** The same before the machine alone: `the`, `both`. */
function isLeading(text: string): boolean {
  return /^(?:the|my|our|into|both|up|down)$/i.test(text);
}

/** Does it say nothing of its own: `access to`, `the`? The last word names something. */
export function isPassed(tokens: readonly Token[], at: number, isNamed: boolean): boolean {
  const [text, next] = [tokens[at]?.text ?? '', tokens[at + 1]];
  // Of `server, web-1` each may be a name, and of `web-1, server`.
  if (next?.isJoined && !/^access$/i.test(text)) return false;
  // `the firewall for web-1`; of `web-1, firewall for 2h`, it is a name.
  if (
    /^(?:firewall|tunnel|connection|gate|door|verbindung)$/i.test(text) &&
    /^(?:for|on|to|of|zu)$/i.test(next?.text ?? '') &&
    !tokens[at]?.isJoined &&
    isMachineAt(tokens, at + 2)
  )
    return true;
  const isNoun = /^(?:machine|server|host|vm|instance)$/i.test(text);
  const isNamedNext = next !== undefined && isNameLike(next.text) && readTime(tokens, at + 1) === undefined;
  if (isNoun && tokens[at]?.isJoined && !isNamedNext) return false;
  const isLast = next === undefined;
  if (isLast) return /^(?:access|to|on|machine|server|host|vm|instance)$/i.test(text);
  return isFiller(text) || (isLeading(text) && !isNamed);
}

/** `web-1`, `the server web-1`, and no time or day. */
function isMachineAt(tokens: readonly Token[], at: number): boolean {
  const { text = '', isQuoted } = tokens[at] ?? {};
  if (!isQuoted && /^(?:the|my|our|machine|server|host|vm|instance)$/i.test(text)) return isMachineAt(tokens, at + 1);
  return isNameLike(text) && /^\p{L}|\..*\./u.test(text) && readTime(tokens, at) === undefined;
}

/** A slip in a keyword is no machine, where a machine still comes. */
export function isSlip({ text }: Token): boolean {
  return nearWord(KEYWORDS, text) !== undefined && !isNameLike(text);
}

/** Does a time or a port stand further on? */
export function areTermsBehind(tokens: readonly Token[], at: number): boolean {
  const isTerm = (i: number) => readTime(tokens, i) !== undefined || readPorts(tokens, i) !== undefined;
  return tokens.some((_, i) => i > at && isTerm(i));
}

/** What people write for `because`. */
const BECAUSE_TOO = /^(?:-{0,2}reason|-{1,2}because|-[rm]|justification:?|bc|b\/c|cuz|coz|cos|cause|since|wg)$/i;

export function isBecause({ text, isQuoted }: Token): boolean {
  return !isQuoted && BECAUSE_TOO.test(text);
}

/** The keyword that was meant by a word, but for a letter. */
export function nearKeyword(tokens: readonly Token[], at: number): string | undefined {
  const text = tokens[at]?.text ?? '';
  if (BECAUSE_TOO.test(text) && !tokens[at]?.isQuoted) return 'because';
  const keyword = isNameLike(text) || text.length < 3 ? undefined : nearWord(KEYWORDS, text);
  return keyword === 'from' && readTime(tokens, at + 1) ? 'for' : keyword;
}

/** Behind a machine that is not written so, what looks like a ticket belongs to the reason: `INC-4711`, `CHG0031234`, the address of a page. */
export function isTicket({ text, isQuoted }: Token, machine: string | undefined): boolean {
  const isOne = (word: string) => /^(?:[A-Z][A-Z0-9]{1,9}-\d+|[A-Z]{3,4}\d{5,}|#\d{2,}|https?:\/\/\S+)$/.test(word);
  return !isQuoted && machine !== undefined && isOne(text) && !isOne(machine);
}

export function unknownWord(word: string | Token): JitError {
  return new JitError('unknownWord', { word: tidy(typeof word === 'string' ? word : typedOf(word), 40) });
}

/** `22,1 h`: without `for`, a port and a time, or a fraction. Of `1,5 min`, what is whole is given back. */
export function readComma(text: string, unit: Token | undefined) {
  const [port = '', count = ''] = text.split(',');
  const isPort = !isDecimal(text);
  return {
    ports: isPort ? (readPorts([{ text: port, at: 0 }], 0)?.ports ?? []) : [],
    word: `${text}${unit ? typedOf(unit) : ''}`,
    ms: readTime([{ text: `${isPort ? count : port}${unit?.text ?? ''}`, at: 0 }], 0)?.ms,
  };
}
