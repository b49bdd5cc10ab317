import { JitError } from '../errors/errors.ts';
import { dayAt, instantAt } from './day.ts';
import { type Instant, MINUTE_MS } from './instant.ts';
import { spokenHour } from './spoken-clock.ts';
import { tidy } from './text.ts';
import type { Token } from './token.ts';
import { isDay, isZoneWord, later, minuteOf, nextDate, readDate, zoneNamed } from './until-words.ts';

/** What a clock shows to whoever speaks. */
export interface WallClock {
  readonly now: Instant;
  readonly zone: string;
}

/** An end that was said, and the words for it. */
export interface Until {
  readonly at: Instant;
  readonly said: string;
}

export interface UntilSaid {
  /** Absent where it could not be read; several where it is refused and any of them may be meant. */
  readonly ends: readonly Until[];
  readonly words: number;
  readonly fault?: JitError;
}

/** Words with which somebody names no hour of that day. */
const USUAL_MINUTE = 9 * 60;
/** The same of today, of which the first that is still to come is meant. */
const EVENING_MINUTES = [18 * 60, 20 * 60, 22 * 60, 24 * 60];

/** What of an end was read, word by word. */
interface Parts {
  readonly date?: string;
  readonly day?: string;
  /** The date that may be meant as well: `3/11`. */
  readonly other?: string;
  readonly minute?: number;
  /** An hour of which nobody can tell whether it is before noon. */
  readonly hour?: number;
  /** `next friday`: this week's, or the one after it? */
  readonly isNext?: true;
  /** On this clock instead of their own. */
  readonly zone?: string;
}

/** Reads `18:00`, `6 pm`, `tomorrow 9:00`, `9am friday`, `2026-03-11 09:00` behind `until`, on the clock of whoever speaks. */
export function readUntil(tokens: readonly Token[], at: number, clock: WallClock | undefined): UntilSaid {
  const { parts, words } = partsOf(tokens, at, clock);
  const typed = tokens.slice(at, at + Math.max(1, words));
  const word = tidy(typed.map(({ text }) => text).join(' ') || 'until', 40);
  const nothing = parts.minute === undefined && parts.hour === undefined && parts.date === undefined;
  if (!clock || nothing) return { ends: [], words: typed.length, fault: new JitError('malformedTime', { word }) };
  return { ...endsOf(parts, clock, word), words };
}

function endsOf(parts: Parts, clock: WallClock, word: string): Omit<UntilSaid, 'words'> {
  if (parts.zone !== undefined && parts.minute !== undefined) return elsewhere(parts, clock, word);
  const { date = dayAt(clock.now, clock.zone).date, day = '', minute, hour } = parts;
  const on = (name: string, when: number, which = date) => endOn({ date: which, day: name, minute: when }, clock);
  if (parts.other !== undefined) {
    const either = [date, parts.other].map((one) => on(one, minute ?? (hour ?? 9) * 60, one));
    const ends = either.filter(({ at }) => at > clock.now);
    const { zone } = clock;
    return {
      ends,
      fault: ends.length === 0 ? new JitError('timePassed', { word, zone }) : new JitError('ambiguousTime', { word }),
    };
  }
  if (hour !== undefined) {
    const both = [hour, (hour + 12) % 24].map((one) => on(day, one * 60)).sort((a, b) => a.at - b.at);
    const tomorrow = on('tomorrow', hour * 60, nextDate(date));
    const ends = day === '' && (both[0]?.at ?? 0) <= clock.now ? [...both.slice(1), tomorrow] : both;
    const left = ends.filter(({ at }) => at > clock.now);
    return { ends: left, fault: new JitError('ambiguousTime', { word }) };
  }
  if (minute === undefined) {
    const usual = /^(?:today|tonight|heute)$/.test(day) ? EVENING_MINUTES : [USUAL_MINUTE];
    const ends = usual.map((one) => on(day, one)).filter(({ at }) => at > clock.now);
    return { ends: ends.slice(0, 1), fault: new JitError('ambiguousTime', { word }) };
  }
  const end = on(day, minute);
  if (parts.isNext) {
    const after = later(date, 7);
    return { ends: [end, on(after, minute, after)], fault: new JitError('ambiguousTime', { word }) };
  }
  if (end.at <= clock.now) {
    const { zone } = clock;
    const next = day === '' || day === 'today' ? [on('tomorrow', minute, nextDate(date))] : [];
    return { ends: next, fault: new JitError('timePassed', { word, zone }) };
  }
  return skipped(parts, end, clock, word) ?? { ends: [end] };
}

/** `18:00 UTC`, said on their own clock from then on. */
function elsewhere({ zone = '', ...parts }: Parts, clock: WallClock, word: string): Omit<UntilSaid, 'words'> {
  const { ends, fault } = endsOf(parts, { ...clock, zone }, word);
  const today = dayAt(clock.now, clock.zone).date;
  const own = ends.map(({ at }) => {
    const { date, minute } = dayAt(at, clock.zone);
    return endOn({ date, day: date === today ? '' : date, minute }, clock);
  });
  return { ends: own, ...(fault ? { fault } : {}) };
}

/** Where the clock goes forward, an hour of that day is not there. */
function skipped({ date = '', day = '', minute = 0 }: Parts, { at }: Until, clock: WallClock, word: string) {
  const shown = dayAt(at, clock.zone);
  if (shown.minute === minute % (24 * 60)) return undefined;
  const both = [minute - 60, minute + 60].map((one) => endOn({ date, day, minute: one }, clock));
  return { ends: both, fault: new JitError('noSuchTime', { word, zone: clock.zone }) };
}

interface On {
  readonly date: string;
  readonly day: string;
  readonly minute: number;
}

function endOn({ date, day, minute }: On, { zone }: WallClock): Until {
  const isMidnight = minute === 24 * 60;
  const at = isMidnight ? instantAt(nextDate(date), 0, zone) : instantAt(date, minute, zone);
  const clock = isMidnight ? 'midnight' : `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;
  return { at, said: day === '' || day === 'today' ? clock : `${day} ${clock}` };
}

function partsOf(typed: readonly Token[], from: number, clock: WallClock | undefined) {
  let parts: Parts = {};
  let at = from;
  for (; at < typed.length && at < from + 6; at += 1) {
    const [word, offset] = apart(lower(typed[at]));
    const next = lower(typed[at + 1]);
    if (word === 'at' && parts.minute === undefined) continue;
    if (/^(?:this|next)$/.test(word) && isDay(next)) {
      if (word === 'next') parts = { ...parts, isNext: true };
      continue;
    }
    if (word === 'on' && isDay(next)) continue;
    const date = parts.date === undefined && clock ? readDate(typed, at, dayAt(clock.now, clock.zone).date) : undefined;
    if (date) {
      const { words, ...said } = date;
      parts = { ...parts, ...said };
      at += words - 1;
      continue;
    }
    if (parts.minute !== undefined && parts.zone === undefined && clock && isZoneWord(word, clock)) {
      if (/^(?:utc|gmt|z)$/.test(word)) parts = { ...parts, zone: 'UTC' };
      continue;
    }
    const zone = parts.minute === undefined || parts.zone !== undefined ? undefined : zoneNamed(word);
    if (zone !== undefined) {
      parts = { ...parts, zone };
      continue;
    }
    if (parts.minute !== undefined && /^(?:my|local)$/.test(word) && next === 'time') {
      at += 1;
      continue;
    }
    if (parts.minute !== undefined || parts.hour !== undefined) break;
    const spoken = spokenHour(typed, at);
    if (spoken) {
      parts = { ...parts, hour: spoken.hour };
      at += spoken.words - 1;
      continue;
    }
    const half = /^(?:am|pm)$/.exec(next.replaceAll('.', ''))?.[0];
    const isUhr = /^(?:uhr|h)$/.test(next) && /^\d/.test(word);
    const minute = minuteOf(`${word}${half ?? (isUhr && /^\d+$/.test(word) ? 'h' : '')}`);
    if (minute !== undefined) {
      const there = zoneNamed(offset) ?? (/\dz$/.test(word) ? 'UTC' : undefined);
      parts = { ...parts, minute, ...(there === undefined ? {} : { zone: there }) };
      if (half !== undefined || isUhr) at += 1;
    } else if (/^(?:[1-9]|1\d|2[0-3])$/.test(word)) parts = { ...parts, ...hourOf(Number(word)) };
    else break;
  }
  return { parts, words: at - from };
}

/** `18:00+01:00` is a time, and where it is so. */
function apart(word: string): readonly [string, string] {
  const [, time, offset = ''] = /^(\d{1,2}:\d\d)([+-]\d\d:\d\d)$/.exec(word) ?? [];
  return [time ?? word, offset];
}

function hourOf(hour: number): Parts {
  return hour > 12 ? { minute: hour * 60 } : { hour };
}

function lower(token: Token | undefined): string {
  return token?.isQuoted ? '' : (token?.text.toLowerCase() ?? '');
}

/** How long it is until then, in whole minutes: never shorter. What begins later ends then all the same. */
export function msUntil({ at }: Until, { now }: WallClock): number {
  return Math.ceil((at - now) / MINUTE_MS) * MINUTE_MS;
}
