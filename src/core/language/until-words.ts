import type { DayPart } from './day-part.ts';
import { DAY_MS } from './instant.ts';
import type { Token } from './token.ts';
import { umlauted } from './umlauts.ts';
import { zoneNamed } from './zone-words.ts';

const HALF_DAY = 12 * 60;
const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september'].concat([
  'october',
  'november',
  'december',
]);
/** The same in German, where it begins otherwise. */
const MONATE: Readonly<Record<string, string>> = { märz: 'march', mai: 'may', okt: 'october', dez: 'december' };
const EVENING = /^(?:eod|cob|(?:this |the )?evening|(?:the )?end of (?:the |my )?day|close of business)$/;

/** A date out of the next words. */
export interface DateSaid {
  readonly date: string;
  /** As it can be typed. */
  readonly day: string;
  /** What it is as well, where day and month may stand either way round. */
  readonly other?: string;
  readonly minute?: number;
  /** `tonight`, `this evening`. */
  readonly part?: DayPart;
  /** Said on this clock. */
  readonly zone?: string;
  readonly words: number;
}

/**
 * Reads `today`, `tomorrow`, `friday`, `2026-03-11`, `2026-03-11T09:00`, `11 march`, `march 11th`, `the 12th`, `11.3.`, `3/11`, `end of day`. What
 * comes again within a month, such as a weekday, is the next one from a date on: of an end, from its start on.
 */
export function readDate(
  tokens: readonly Token[],
  at: number,
  today: string,
  base: string = today,
): DateSaid | undefined {
  const word = wordAt(tokens, at);
  const one = dateOf(word, today, base);
  const night = word === 'tonight' ? { part: 'night' as const } : {};
  if (one !== undefined) return { date: one, day: word.startsWith('tm') ? 'tomorrow' : word, words: 1, ...night };
  const [, iso = '', clock = '', offset = ''] =
    /^(\d{4}-\d{2}-\d{2})t(\d{1,2}:\d\d)(?::00(?:\.0+)?)?(z|[+-]\d\d:\d\d)?$/.exec(word) ?? [];
  const slashed = slashedDate(word, today);
  if (slashed) return slashed;
  const minute = minuteOf(clock);
  const there = offset === 'z' ? 'UTC' : zoneNamed(offset);
  if (minute !== undefined && dateOf(iso, today) !== undefined && (there !== undefined || offset === ''))
    return { date: iso, day: iso, minute, words: 1, ...(there === undefined ? {} : { zone: there }) };
  const ahead = [0, 1, 2, 3].map((more) => wordAt(tokens, at + more)).join(' ');
  const [past] = /^(?:the )?day after tomorrow\b|^(?:über|ueber)morgen\b/.exec(ahead) ?? [];
  if (past !== undefined) return { date: later(today, 2), day: later(today, 2), words: past.split(' ').length };
  for (let words = 5; words > 0; words -= 1) {
    const said = tokens.slice(at, at + words).map((_, i) => wordAt(tokens, at + i));
    const text = said.join(' ');
    if (said.length < words || !EVENING.test(text)) continue;
    // `at tomorrow 9:00 until evening` is that of tomorrow.
    const date = /^this /.test(text) ? today : base;
    return { date, day: date === today ? 'today' : date, words, part: 'evening' };
  }
  return monthDate(tokens, at, today) ?? dayOfMonth(tokens, at, base);
}

/** The next such day of the year: today at the soonest. */
function monthDate(tokens: readonly Token[], at: number, today: string): DateSaid | undefined {
  const said = [0, 1, 2].map((more) => wordAt(tokens, at + more));
  const words = said[1] === 'of' ? [said[0] ?? '', said[2] ?? ''] : said.slice(0, 2);
  // `11.30` is the time of a clock; with one figure, it is a month.
  const [, dd = '', mm = '', year] = /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(said[0] ?? '') ?? [];
  const whole = `${year}-${mm.padStart(2, '0')}-${dd.padStart(2, '0')}`;
  if (year !== undefined) return dateOf(whole, today) === undefined ? undefined : { date: whole, day: whole, words: 1 };
  const [, day, month, dot] = /^(\d{1,2})\.([1-9]|1[0-2])(\.?)$/.exec(said[0] ?? '') ?? [];
  const isClock =
    dot === '' &&
    Number(month) > 9 &&
    Number(day) < 24 &&
    !/^(?:at|from|\d{1,2}(?::\d\d|h|[ap]m))$/.test(said[1] ?? '');
  if (month !== undefined && !isClock) return dateIn(Number(month), Number(day), today, 1);
  const [first = '', second = ''] = words;
  // `march 2030` is no day.
  if (monthOf(first) > 0 && /^20\d\d$/.test(second)) return undefined;
  const taken = said[1] === 'of' ? 3 : 2;
  const [inMonth, on] = monthOf(second) > 0 ? [monthOf(second), dayOf(first)] : [monthOf(first), dayOf(second)];
  if (inMonth === 0 || on === 0) return undefined;
  return withYear(tokens, at + taken, { month: inMonth, day: on, today, words: taken });
}

/** `14.03.` is a date, which its last dot says, as `14.3` is; `14.03` is the time of a clock. Behind October and later, the dot stays. */
export function dottedDate(word: string): string | undefined {
  const [, day, month] = /^(\d{1,2})\.(0?[1-9]|1[0-2])\.$/.exec(word) ?? [];
  if (day === undefined || Number(day) < 1 || Number(day) > 31) return undefined;
  return Number(month) < 10 ? `${day}.${Number(month)}` : `${day}.${month}.`;
}

interface DayOfYear {
  readonly month: number;
  readonly day: number;
  readonly today: string;
  readonly words: number;
}

/** `11 march 2026`: four figures right behind are its year. */
function withYear(tokens: readonly Token[], at: number, { month, day, today, words }: DayOfYear): DateSaid | undefined {
  const [year] = /^20\d\d$/.exec(wordAt(tokens, at)) ?? [];
  if (year === undefined) return dateIn(month, day, today, words);
  const two = (number: number) => String(number).padStart(2, '0');
  const whole = `${year}-${two(month)}-${two(day)}`;
  return dateOf(whole, today) === undefined ? undefined : { date: whole, day: whole, words: words + 1 };
}

/** `the 12th`, `12th`: the next such day of a month. */
function dayOfMonth(tokens: readonly Token[], at: number, base: string): DateSaid | undefined {
  const isThe = wordAt(tokens, at) === 'the';
  const [, day, suffix] = /^(\d{1,2})(st|nd|rd|th)?$/.exec(wordAt(tokens, at + (isThe ? 1 : 0))) ?? [];
  if (day === undefined || (suffix === undefined && !isThe)) return undefined;
  const ahead = Array.from({ length: 62 }, (_, days) => later(base, days));
  const date = ahead.find((one) => Number(one.slice(8)) === Number(day));
  return date === undefined ? undefined : { date, day: date, words: isThe ? 2 : 1 };
}

/** `3/11`, `03/11/2026`, `2026/03/11`: with the year in front, the month follows; else nobody knows which of the two comes first. */
function slashedDate(word: string, today: string): DateSaid | undefined {
  const [, ...ymd] = /^(\d{4})\/(\d{1,2})\/(\d{1,2})$/.exec(word) ?? [];
  const [, first = '', second = '', typed = ''] = /^(\d{1,2})[/-](\d{1,2})(?:[/-](\d{4}|\d\d))?$/.exec(word) ?? [];
  const year = typed.length === 2 ? `20${typed}` : typed;
  const on = (month: string, day: string) => {
    const whole = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
    if (year === '') return dateIn(Number(month), Number(day), today, 1)?.date;
    return dateOf(whole, today);
  };
  const both =
    ymd.length > 0
      ? [dateOf(ymd.map((part) => part.padStart(2, '0')).join('-'), today)]
      : [on(second, first), on(first, second)];
  const [date, other] = [...new Set(both.filter((one) => one !== undefined))].sort();
  return date === undefined ? undefined : { date, day: date, words: 1, ...(other === undefined ? {} : { other }) };
}

function dateIn(month: number, day: number, today: string, words: number): DateSaid | undefined {
  const two = (number: number) => String(number).padStart(2, '0');
  const inYear = (year: number) => `${year}-${two(month)}-${two(day)}`;
  const year = Number(today.slice(0, 4));
  const date = inYear(year) < today ? inYear(year + 1) : inYear(year);
  return dateOf(date, today) === undefined ? undefined : { date, day: date, words };
}

function dayOf(word: string): number {
  return Number(/^(\d{1,2})(?:st|nd|rd|th|\.)?$/.exec(word)?.[1] ?? 0);
}

/** From one on; none of them where there is no such month. */
function monthOf(word: string): number {
  const month = word.length < 3 ? '' : (umlauted(word, (one) => MONATE[one]) ?? word);
  return month === '' ? 0 : MONTHS.findIndex((one) => one.startsWith(month)) + 1;
}

function dateOf(word: string, today: string, base: string = today): string | undefined {
  if (/^(?:today|tonight|heute)$/.test(word)) return today;
  if (/^(?:tomorrow|tmrw|tmr|morgen)$/.test(word)) return nextDate(today);
  if (/^\d{4}-\d{2}-\d{2}$/.test(word)) return later(word, 0) === word ? word : undefined;
  const wanted = dayIn(word);
  const ahead = (wanted - new Date(`${base}T00:00Z`).getUTCDay() + 7) % 7;
  return wanted < 0 ? undefined : later(base, ahead);
}

function dayIn(word: string): number {
  return word.length < 3 ? -1 : DAYS.findIndex((day) => day.startsWith(word));
}

/** A day of the week. */
export function isDay(word: string): boolean {
  return dayIn(word) >= 0;
}

const ONE_DAY =
  '(?:(?:mon|tue|wed|thu|fri|sat|sun)(?:day)?|tues|wednesday|thurs(?:day)?|saturday|mo|di|mi|do|fr|sa|so)';
const FROM_DAY_TO_DAY = new RegExp(`^${ONE_DAY}-${ONE_DAY}$`, 'i');

/** Days from one to another: `mon-fri`, `Mo-Fr`. */
export function areDays(word: string): boolean {
  return FROM_DAY_TO_DAY.test(word);
}

/** The minute of the day that a word of a clock names: `18:00`, `6pm`, `18h`, `1830`, `noon`; 1440 is midnight. */
export function minuteOf(word: string): number | undefined {
  if (word === 'noon') return HALF_DAY;
  if (word === 'midnight' || /^24[:.]?00h?$/.test(word)) return 2 * HALF_DAY;
  const [, four, past] = /^([01]\d|2[0-3])(00|15|30|45)h?$/.exec(word) ?? [];
  if (four !== undefined) return Number(four) * 60 + Number(past);
  const [, hours, minutes = '0', half] =
    /^(\d{1,2})(?:[:.h]([0-5]\d)(?::00)?[hz]?|[hz])?(am|pm|a\.m|p\.m)?$/.exec(word) ?? [];
  if (hours === undefined) return undefined;
  const hour = Number(hours);
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    return (hour % 12) * 60 + Number(minutes) + (half.startsWith('p') ? HALF_DAY : 0);
  }
  return /^\d+$/.test(word) || hour > 23 ? undefined : hour * 60 + Number(minutes);
}

/** A word that looks like the time of a clock, wherever it stands: no port and no name. */
export function isClock(word: string): boolean {
  return /^\d{1,2}(?:[:h]\d\d[hz]?|(?:[:.]\d\d)?\s?[ap]m)$/i.test(word);
}

export function nextDate(date: string): string {
  return later(date, 1);
}

/** So many days later. */
export function later(date: string, days: number): string {
  const at = Date.parse(`${date}T00:00Z`);
  return Number.isNaN(at) ? '' : new Date(at + days * DAY_MS).toISOString().slice(0, 10);
}

function wordAt(tokens: readonly Token[], at: number): string {
  const token = tokens[at];
  return token?.isQuoted ? '' : (token?.text.toLowerCase() ?? '');
}
