import { dayPartOf } from './day-part.ts';
import { figuresOf } from './number-words.ts';
import type { Token } from './token.ts';

/** A time as people say it: hours since midnight or noon, as nobody can tell which. */
export interface SpokenHour {
  readonly hour: number;
  readonly words: number;
}

const MINUTES: ReadonlyMap<string, number> = new Map([
  ['half', 30],
  ['quarter', 15],
  ['five', 5],
  ['ten', 10],
  ['twenty', 20],
]);

/** Reads `six`, `half past six`, `quarter to 5`, `ten past 5`. Undefined for anything else, `6` included. */
export function spokenHour(tokens: readonly Token[], at: number): SpokenHour | undefined {
  const more = wordAt(tokens, at) === 'a' ? 1 : 0;
  const [first = '', second = '', third = ''] = [0, 1, 2].map((one) => wordAt(tokens, at + more + one));
  const minutes = MINUTES.get(first);
  if (minutes !== undefined && /^(?:past|after|to)$/.test(second)) {
    const hour = hourOf(third);
    if (hour === undefined) return undefined;
    const past = second === 'to' ? 11 * 60 + 60 - minutes : minutes;
    return { hour: (hour + past / 60) % 12, words: 3 + more };
  }
  const isClock = /^o['’]?clock$/.test(second);
  const hour = /^[a-z]/.test(first) || isClock ? hourOf(first) : undefined;
  return hour === undefined || more > 0 ? undefined : { hour, words: isClock ? 2 : 1 };
}

/** `9 in the morning`, `nine at night`, `9 abends`: an hour, as the part of the day says. `22 in the evening` may be a port. */
export function isHourOfDay(tokens: readonly Token[], at: number): boolean {
  const words = /^(?:[1-9]|1[0-2])$/.test(wordAt(tokens, at)) ? 1 : (spokenHour(tokens, at)?.words ?? 0);
  const [link, article] = [wordAt(tokens, at + words), wordAt(tokens, at + words + 1)];
  const lead = link === 'in' && article === 'the' ? 2 : link === 'at' ? 1 : 0;
  const part = dayPartOf(wordAt(tokens, at + words + lead));
  return words > 0 && part !== undefined && part !== 'early' && part !== 'late';
}

function hourOf(word: string): number | undefined {
  const figure = Number(figuresOf(word));
  return Number.isInteger(figure) && figure >= 1 && figure <= 12 ? figure : undefined;
}

function wordAt(tokens: readonly Token[], at: number): string {
  const token = tokens[at];
  return token?.isQuoted ? '' : (token?.text.toLowerCase() ?? '');
}
