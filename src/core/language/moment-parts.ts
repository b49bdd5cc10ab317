import { dayAt } from './day.ts';
import { type DayPart, dayPartOf } from './day-part.ts';
import { spokenHour } from './spoken-clock.ts';
import { readTime } from './time-words.ts';
import type { Token } from './token.ts';
import type { WallClock } from './until.ts';
import { isDay, minuteOf, readDate } from './until-words.ts';
import { cityZone, isUnknownZone, isZoneWord, zoneNamed } from './zone-words.ts';

/** What of a moment was read, word by word. */
export interface Parts {
  readonly date?: string;
  readonly day?: string;
  /** The date that may be meant as well: `3/11`. */
  readonly other?: string;
  readonly minute?: number;
  /** An hour of which nobody can tell whether it is before noon. */
  readonly hour?: number;
  /** An hour without minutes, which may still follow: `18`, `18h`. */
  readonly isBare?: true;
  /** `friday evening`, `tonight`: with it, the hour has to agree. */
  readonly part?: DayPart;
  /** `friday 22`: the hour may be a port. */
  readonly isPort?: true;
  /** `friday 2h`: the hour may be a length, so long with what stands behind it. */
  readonly length?: { readonly ms: number; readonly isLonger: boolean };
  /** `next friday`: this week's, or the one after it? */
  readonly isNext?: true;
  /** On this clock instead of their own. */
  readonly zone?: string;
  /** `18:00 -02:00`: an offset, or the end of a night. */
  readonly west?: number;
  /** What their own zone is called now; in the other half of the year, it is another. */
  readonly local?: string;
  /** A zone that was named as nobody should: by its city, or by letters that nobody knows for sure. */
  readonly loose?: string;
}

interface Here {
  readonly tokens: readonly Token[];
  readonly at: number;
  readonly word: string;
  readonly next: string;
  readonly parts: Parts;
  readonly clock: WallClock | undefined;
}

/** What a word adds, and how many words it is. */
interface Taken extends Parts {
  readonly words: number;
}

type Step = (here: Here) => Taken | undefined;

/** No moment has more words: `on the day after tomorrow at 9 o'clock my time`. */
const MOST_WORDS = 9;

/** Reads the words of one moment: a start or an end, by the very same rules. */
export function partsOf(tokens: readonly Token[], from: number, clock: WallClock | undefined) {
  let parts: Parts = {};
  let at = from;
  while (at < Math.min(tokens.length, from + MOST_WORDS)) {
    const here = { tokens, at, word: lower(tokens[at]), next: lower(tokens[at + 1]), parts, clock };
    const taken = STEPS.map((step) => step(here)).find((one) => one !== undefined);
    if (!taken) break;
    const { words, ...more } = taken;
    parts = { ...parts, ...more };
    at += words;
  }
  return { parts, words: at - from };
}

const link: Step = ({ word, next, parts, tokens, at }) => {
  if (parts.minute !== undefined || parts.hour !== undefined)
    return isDay(next) && word === 'on' ? { words: 1 } : undefined;
  if (word === 'at') return { words: 1 };
  // `friday from 9:00`
  if (word === 'from' && parts.date !== undefined && isTimed(tokens, at + 1)) return { words: 1 };
  return word === 'on' && isDay(next) ? { words: 1 } : undefined;
};

const weekday: Step = ({ word, next, parts }) => {
  // `monday next week`: that of this week, or of the next one?
  if (word === 'next' && next === 'week' && parts.date !== undefined) return { words: 2, isNext: true };
  if (!/^(?:this|next)$/.test(word) || !isDay(next)) return undefined;
  return { words: 1, ...(word === 'next' ? { isNext: true } : {}) };
};

const date: Step = ({ tokens, at, parts, clock }) => {
  if (parts.date !== undefined || !clock) return undefined;
  const today = dayAt(clock.now, clock.zone).date;
  const base = clock.from === undefined ? today : dayAt(clock.from, clock.zone).date;
  return readDate(tokens, at, today, base);
};

/** `tomorrow morning` says no hour, and `friday evening` or `9:00 in the evening` which half of the day. */
const partOfDay: Step = ({ tokens, at, word, next, parts }) => {
  const isTold = !isOpen(parts);
  if (!isTold && parts.date === undefined) return undefined;
  const isIn = isTold && word === 'in' && next === 'the';
  const before = isIn ? 2 : isTold && word === 'at' ? 1 : 0;
  const part = dayPartOf(lower(tokens[at + before]));
  if (part === undefined) return undefined;
  // `early afternoon` is one, and `tonight, late` still a night.
  const isHedge = part === 'early' || part === 'late';
  if (isHedge && isTold) return undefined;
  return { words: before + 1, ...(isHedge && parts.part !== undefined ? {} : { part }) };
};

const zone: Step = ({ tokens, at, word, next, parts, clock }) => {
  const { minute = parts.hour === undefined ? undefined : 60 * parts.hour, zone: there, loose, local } = parts;
  if (minute === undefined || there !== undefined || loose !== undefined || local !== undefined) return undefined;
  if (!clock) return undefined;
  if (isZoneWord(word, clock))
    return { words: 1, ...(/^(?:utc|gmt|z)$/.test(word) ? { zone: 'UTC' } : { local: word }) };
  // `9:00 -11:00` may be from one to the other, and `+20:00` is no offset.
  const [, west = ''] = /^-(\d\d:\d\d)$/.exec(word) ?? [];
  const named = (minuteOf(west) ?? 0) > minute ? undefined : zoneNamed(word);
  if (named === undefined && /^(?:utc|gmt)?[+-]\d[\d:]*$/.test(word)) return { words: 1, loose: word };
  if (named !== undefined) return { words: 1, zone: named, ...(west === '' ? {} : { west: minuteOf(west) ?? 0 }) };
  if (/^(?:my|local)$/.test(word) && next === 'time') return { words: 2 };
  const typed = tokens[at];
  const city = typed && !typed.isQuoted ? cityZone(tokens, at) : undefined;
  if (city) return { words: city.words, zone: city.zone, loose: typed?.text ?? '' };
  if (!typed || typed.isQuoted || !isUnknownZone(typed.text)) return undefined;
  return { words: next === 'time' ? 2 : 1, loose: typed.text };
};

const spoken: Step = ({ tokens, at, parts }) => {
  const said = isOpen(parts) ? spokenHour(tokens, at) : undefined;
  const half = said && halfOf(lower(tokens[at + said.words]));
  // `half past six pm`
  if (said && half !== undefined)
    return { minute: Math.round(60 * (said.hour % 12)) + (half.startsWith('p') ? 12 * 60 : 0), words: said.words + 1 };
  return said && { hour: said.hour, words: said.words };
};

const time: Step = ({ tokens, at, word: whole, next, parts }) => {
  if (!isOpen(parts)) return undefined;
  const [word, offset] = apart(whole);
  const half = halfOf(next);
  const isUhr = /^(?:uhr|h)$/.test(next) && /^\d/.test(word);
  if (offset !== '' && zoneNamed(offset) === undefined) return undefined;
  const minute = minuteOf(`${word}${half ?? (isUhr && /^\d+$/.test(word) ? 'h' : '')}`);
  const words = half !== undefined || isUhr ? 2 : 1;
  // `friday 2 hours`: no time of a clock.
  const length = readTime(tokens, at);
  if (length && words === 1 && parts.date !== undefined && /^\d+$/.test(word)) return undefined;
  // `friday, 22`: behind a comma, a figure is a port.
  if (words === 1 && tokens[at]?.isJoined && parts.date !== undefined && /^\d+$/.test(word)) return undefined;
  if (minute !== undefined) {
    const there = zoneNamed(offset) ?? (/\dz$/.test(word) ? 'UTC' : undefined);
    const isBare = half === undefined && /^\d{1,2}h?$/.test(word);
    const isLength = length && parts.date !== undefined && !/^(?:at|from)$/.test(lower(tokens[at - 1]));
    return {
      minute,
      words,
      ...(isBare ? { isBare } : {}),
      ...(isLength ? { length: { ms: length.ms, isLonger: length.words > words } } : {}),
      ...(there === undefined ? {} : { zone: there }),
    };
  }
  if (!/^(?:[1-9]|1\d|2[0-3])$/.test(word) || tokens[at]?.isQuoted) return undefined;
  const hour = Number(word);
  const isPort = hour === 22 && parts.date !== undefined;
  return { ...(hour > 12 ? { minute: hour * 60 } : { hour }), isBare: true, words: 1, ...(isPort ? { isPort } : {}) };
};

const STEPS: readonly Step[] = [link, weekday, date, partOfDay, zone, spoken, time];

function isOpen({ minute, hour }: Parts): boolean {
  return minute === undefined && hour === undefined;
}

/** Does the time of a clock stand there: `9:00`, `9am`, `9`? */
function isTimed(tokens: readonly Token[], at: number): boolean {
  const word = lower(tokens[at]);
  return minuteOf(word) !== undefined || /^(?:[1-9]|1\d|2[0-3])$/.test(word);
}

/** `18:00+01:00` is a time, and where it is so. */
function apart(word: string): readonly [string, string] {
  const [, clock, offset = ''] = /^(\d{1,2}:\d\d)([+-]\d\d:\d\d)$/.exec(word) ?? [];
  return [clock ?? word, offset];
}

/** `am`, `pm`, `p.m`, where a figure stands before it. */
export function halfOf(word: string): string | undefined {
  return /^(?:am|pm)$/.exec(word.replaceAll('.', ''))?.[0];
}

export function lower(token: Token | undefined): string {
  return token?.isQuoted ? '' : (token?.text.toLowerCase() ?? '');
}
