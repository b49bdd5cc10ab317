import { durationText } from './duration.ts';
import { figuresOf } from './number-words.ts';
import type { SaidCommand } from './said.ts';
import { nearTime, readTime } from './time-words.ts';
import { type Token, typedText } from './token.ts';

/** `2-3 hours`, `an hour or two`: two lengths, of which nobody can tell which is meant. */
export interface LengthSpan {
  /** As it was typed. */
  readonly word: string;
  /** The tokens with each of the two in its place, the shorter first. */
  readonly ends: readonly (readonly Token[])[];
}

const COUNT = /^-?(\d{1,3}(?:[.,]\d{1,2})?[½¼¾]?|[½¼¾])-?$/;
const LINK = /^(?:to|or|until|till|bis|oder|od|maybe|perhaps|possibly|vielleicht|evtl)$/i;
const WITHIN = /^(?:between|zwischen)$/i;
const UNIT = /^(?:h|hrs?|hours?|std|stunden?|m|mins?|minutes?|minuten?|d|days?|tage?n?|weeks?|wochen?|w)$/i;
/** `1-2h`, `1h-2h`, `30min-1h`, `1..2h`, `30/60`. */
const PAIR =
  /^(\d{1,2}[h:][0-5]\d|\d{1,3}(?:[.,]\d{1,2})?[½¼¾]?|[½¼¾])([a-z]{0,7})(?:-|\.{2,3}|…|\/|bis|to)(\d{1,3}(?:[.,]\d{1,2})?[½¼¾]?)([a-z]{0,7})$/i;

interface Found {
  readonly words: number;
  readonly lengths: readonly [number, number];
}

/** The first span of lengths that was typed, with what else stands there. */
export function lengthSpan({ tokens, head }: Pick<SaidCommand, 'tokens' | 'head'>): LengthSpan | undefined {
  for (let i = 0; i < tokens.length; i += 1) {
    const before = tokens[i - 1];
    const isFor = isWord(before, /^(?:for|für|by)$/i);
    const found = paired(tokens, i, isFor) ?? counted(tokens, i, { head, isFor }) ?? spelled(tokens, i, head);
    if (!found || isWord(before, /^ports?$/i)) continue;
    const isWithin = isWord(before, /^(?:between|from|von|zwischen|about|around|roughly|etwa|circa|ca)$/i);
    const from = isWithin ? i - 1 : i;
    const at = tokens[from]?.at ?? 0;
    const lead = isFor ? [] : [{ text: 'for', at }];
    const lengths = [...found.lengths].sort((a, b) => a - b);
    return {
      word: typedText(tokens.slice(from, i + found.words)),
      ends: lengths.map((ms) => [
        ...tokens.slice(0, from),
        ...lead,
        { text: durationText(ms).replaceAll(' ', ''), at },
        ...tokens.slice(i + found.words),
      ]),
    };
  }
  return undefined;
}

/** `1-2h`, `30-60 min`, `two-three hours`; `16-18h` are hours of a clock, unless `for` stands before them. */
function paired(tokens: readonly Token[], i: number, isFor: boolean): Found | undefined {
  const [token, next] = [tokens[i], tokens[i + 1]];
  if (!token || token.isQuoted) return undefined;
  const [, first = '', unit = '', second = '', last = ''] = PAIR.exec(token.text) ?? wordPair(token.text);
  // `1/2h` is half of one.
  if (first === '' || /^[13]\/[24]/.test(token.text)) return undefined;
  const isApart = last === '' && isWord(next, UNIT);
  const whole = isApart ? (next?.text ?? '') : last;
  if (whole === '' && !isFor) return undefined;
  if (/^h$/i.test(whole) && !isFor && isOfClock(first, second)) return undefined;
  return lengthsOf([first, unit || (/h/i.test(first) ? '' : whole)], [second, whole], isApart ? 2 : 1);
}

/** `two-three`; `forty-five` is one figure. */
function wordPair(text: string): readonly string[] {
  const [, first = '', second = ''] = /^(\p{L}+)-(\p{L}+)$/u.exec(text.toLowerCase()) ?? [];
  const [from, until] = [figureOf(first), figureOf(second)];
  const isOne = figureOf(text.toLowerCase()) !== undefined;
  return from === undefined || until === undefined || isOne ? [] : ['', from, '', until, ''];
}

/** `1 to 2 hours`, `1 bis 2h`, `1 - 2 h`, `one or two hours`, `for 1 to 2`. */
function counted(
  tokens: readonly Token[],
  i: number,
  { head, isFor }: { readonly head: string; readonly isFor: boolean },
): Found | undefined {
  const first = countOf(tokens[i]) ?? (isWord(tokens[i], /^an?$/i) ? '1' : undefined);
  const links = linksAt(tokens, i + 1, head);
  if (first === undefined || links === undefined) return undefined;
  const at = i + 1 + links;
  const [, joined, own = ''] = /^-?(\d[\d.,]*[½¼¾]?)([a-z]+)$/i.exec(tokens[at]?.text ?? '') ?? [];
  const second = joined ?? countOf(tokens[at]);
  if (second === undefined || (own !== '' && !UNIT.test(own))) return undefined;
  const unit = own === '' && isWord(tokens[at + 1], UNIT) ? (tokens[at + 1]?.text ?? '') : own;
  const words = at - i + (unit === own ? 1 : 2);
  // `16 bis 18 h` are hours of a clock, and `22 to 25` ports.
  const areWords =
    isWord(tokens[i + 1], /^(?:or|oder|od)$/i) &&
    /^\p{L}/u.test(tokens[i]?.text ?? '') &&
    /^\p{L}/u.test(tokens[at]?.text ?? '');
  if (unit === '' ? !(isFor || areWords) : /^h$/i.test(unit) && !isFor && isOfClock(first, second)) return undefined;
  return lengthsOf([first, unit], [second, unit], words);
}

/** `1h to 2h`, `half an hour or an hour`, `an hour or two`. */
function spelled(tokens: readonly Token[], i: number, head: string): Found | undefined {
  const first = readTime(tokens, i);
  const links = first ? linksAt(tokens, i + first.words, head) : undefined;
  if (!first || links === undefined) return undefined;
  const at = i + first.words + links;
  const second = readTime(tokens, at);
  if (second) return { words: at - i + second.words, lengths: [first.ms, second.ms] };
  const count = links === 0 ? undefined : countOf(tokens[at]);
  const unit = /([a-z]+)$/i.exec(tokens[at - links - 1]?.text ?? '')?.[1] ?? '';
  const ms = count === undefined || !UNIT.test(unit) ? undefined : lengthOf(count, unit);
  return ms === undefined || ms <= first.ms ? undefined : { words: at - i + 1, lengths: [first.ms, ms] };
}

/** How many words join the two; none where a dash alone does. */
function linksAt(tokens: readonly Token[], at: number, head?: string): number | undefined {
  const [before, first, second] = [tokens[at - 1], tokens[at], tokens[at + 1]];
  if (isWord(first, LINK)) return isWord(second, LINK) ? 2 : 1;
  if (isWord(first, /^(?:and|und)$/i) && isWord(tokens[at - 2], WITHIN)) return 1;
  if (head === undefined || !before || !first) return undefined;
  const between = head.slice(before.at, first.at);
  // `22 - 2h`: the dash of a list.
  const isLength = readTime([before], 0) !== undefined && readTime([first], 0) !== undefined;
  const isMore =
    isLength || (Number(countOf(before)) < Number.parseFloat(first.text.replace(/^-/, '')) && before.text !== '22');
  const isDashed = isMore && (/^\S+?\s*\p{Pd}\s*$/u.test(between) || /^-\d/.test(first.text));
  // `ein, zwei Stunden`
  const isSpoken = first.isJoined === true && /^\p{L}/u.test(before.text) && /^\p{L}/u.test(first.text);
  return isDashed || isSpoken ? 0 : undefined;
}

function countOf(token: Token | undefined): string | undefined {
  if (!token || token.isQuoted) return undefined;
  return COUNT.exec(token.text)?.[1] ?? figureOf(token.text.toLowerCase());
}

function figureOf(word: string): string | undefined {
  const figures = figuresOf(word === 'ein' ? 'one' : word);
  return figures !== word && /^\d{1,2}$/.test(figures) ? figures : undefined;
}

function isOfClock(first: string, second: string): boolean {
  return Number(first) >= 7 && Number(first) < Number(second) && Number(second) <= 24;
}

function lengthsOf(
  first: readonly [string, string],
  second: readonly [string, string],
  words: number,
): Found | undefined {
  const [from, until] = [lengthOf(...first), lengthOf(...second)];
  return from === undefined || until === undefined || from === until ? undefined : { words, lengths: [from, until] };
}

function lengthOf(count: string, unit: string): number | undefined {
  const text = `${count} ${unit}`.trim();
  const words = text.split(' ').map((word) => ({ text: word, at: 0 }));
  const said = readTime(words, 0);
  return said?.words === words.length ? said.ms : nearTime(text);
}

function isWord(token: Token | undefined, words: RegExp): boolean {
  return token !== undefined && !token.isQuoted && words.test(token.text);
}
