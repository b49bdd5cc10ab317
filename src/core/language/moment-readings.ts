import { JitError } from '../errors/errors.ts';
import type { Port } from '../rule/port.ts';
import { dayAt, instantAt } from './day.ts';
import { type DayPart, minutesIn, usualMinute } from './day-part.ts';
import type { Parts } from './moment-parts.ts';
import { tidy } from './text.ts';
import type { Until, WallClock } from './until.ts';
import { isDay, later, nextDate } from './until-words.ts';
import { isZoneWord } from './zone-words.ts';

/** One way to read what was typed. */
export interface MomentReading extends Until {
  /** A figure behind it, where that is no part of it. */
  readonly ports?: readonly Port[];
  /** What may be a length, and no hour: `friday 2h`. */
  readonly length?: Parts['length'];
  /** `today` alone: no start, where an end is said. */
  readonly isToday?: true;
  /** Of a start: the end that may be said with it. */
  readonly until?: Until;
}

/** An end is the next time from its start on, or from now on; a start that is over today is that of tomorrow. */
export type MomentKind = 'start' | 'end';

/** Where somebody names no hour of today, of which the first that is still to come is meant. */
const EVENING_MINUTES = [18 * 60, 20 * 60, 22 * 60, 24 * 60];
/** The same in a part of it. */
const PART_MINUTES: Partial<Record<DayPart, readonly number[]>> = {
  early: [9 * 60, 10 * 60, 11 * 60],
  morning: [9 * 60, 10 * 60, 11 * 60],
  afternoon: [15 * 60, 16 * 60, 17 * 60],
};
const MIDNIGHT = 24 * 60;

/** On whose clock, by what words, and as what. */
export interface MomentAsked {
  readonly clock: WallClock;
  readonly word: string;
  readonly kind: MomentKind;
}

interface Readings {
  readonly readings: readonly MomentReading[];
  readonly fault?: JitError;
}

/** What may be meant by the parts of a moment, and what is wrong with them. */
export function readingsOf(parts: Parts, asked: MomentAsked): Readings {
  const { loose, local, ...sure } = parts;
  if (local !== undefined) return onLocal(local, readingsOf(sure, asked), asked);
  if (loose !== undefined) {
    const fault = new JitError('unknownWord', { word: tidy(loose, 40) });
    return { readings: parts.zone === undefined ? [] : readingsOf(sure, asked).readings, fault };
  }
  if (parts.zone !== undefined && !(parts.minute === undefined && parts.hour === undefined))
    return elsewhere(parts, asked);
  if (parts.part !== undefined && !(parts.minute === undefined && parts.hour === undefined))
    return inPart({ ...parts, part: parts.part }, asked);
  if (parts.other !== undefined) return eitherDate(parts, asked);
  if (parts.hour !== undefined) return eitherHalf(parts, asked);
  return parts.minute === undefined ? usualOf(parts, asked) : exactly(parts, asked);
}

/** `9:00 CET` of a day in July: their zone is called otherwise then, and an hour apart. */
function onLocal(local: string, said: Readings, { clock: { zone } }: MomentAsked): Readings {
  const isSo = said.readings.every(({ at }) => isZoneWord(local, { now: at, zone }));
  return isSo ? said : { readings: [], fault: new JitError('unknownWord', { word: tidy(local, 40) }) };
}

/** An hour in a part of the day: where the two do not agree, nobody can tell which of them was meant. */
function inPart({ part, hour, ...parts }: Parts & { readonly part: DayPart }, asked: MomentAsked): Readings {
  const minutes = minutesIn(part, parts.minute ?? Math.round((hour ?? 0) * 60));
  const [only = 0, ...more] = minutes;
  if (more.length === 0 && hour === undefined) return readingsOf({ ...parts, minute: only }, asked);
  const date = parts.date ?? baseDate(asked);
  // Said as `tonight`, the hour would be in doubt again.
  const day = parts.day === 'tonight' ? 'today' : parts.day;
  const all = minutes.map((minute) => {
    const on =
      minute > MIDNIGHT ? { date: nextDate(date), day: nextDate(date), minute: minute - MIDNIGHT } : { minute };
    return readingsOf({ ...parts, ...(day === undefined ? {} : { day }), ...on }, asked);
  });
  const readings = all.flatMap((one) => one.readings).sort((a, b) => a.at - b.at);
  const [fault] = all.flatMap((one) => one.fault ?? []);
  return {
    readings,
    fault: readings.length === 0 && fault ? fault : new JitError('ambiguousTime', { word: asked.word }),
  };
}

/** Said on another clock, and given on their own. */
function elsewhere({ zone = '', west, ...parts }: Parts, asked: MomentAsked): Readings {
  const { clock, word } = asked;
  if (west !== undefined && asked.kind === 'start') {
    const offset = elsewhere({ zone, ...parts }, asked);
    const [start] = readingsOf(parts, asked).readings;
    const next = start && nextDate(dayAt(start.at, clock.zone).date);
    const night = start && next ? [{ ...start, until: sayable({ date: next, day: '', minute: west }, asked) }] : [];
    return { readings: [...offset.readings, ...night], fault: new JitError('ambiguousTime', { word }) };
  }
  const { readings, fault } = readingsOf(parts, { ...asked, clock: { ...clock, zone } });
  const today = dayAt(clock.now, clock.zone).date;
  const own = readings.map(({ at }) => {
    const { date, minute } = dayAt(at, clock.zone);
    const one = momentOn({ date, day: date === today ? '' : date, minute }, clock);
    // Of an hour that comes twice, the one that was said, in words that are read so.
    return one.at === at ? one : { at, said: `${new Date(at).toISOString().slice(0, 16)}Z` };
  });
  return { readings: own, ...(fault ? { fault } : {}) };
}

/** What may be meant is to come: behind the start, or from now on. */
function toCome({ clock: { now, from }, kind }: MomentAsked) {
  const floor = kind === 'end' && from !== undefined ? from : now;
  return ({ at }: Until) => at > floor;
}

/** The day that is meant where none is said. */
function baseDate({ clock: { now, from, zone }, kind }: MomentAsked): string {
  return dayAt(kind === 'end' && from !== undefined ? from : now, zone).date;
}

function over({ clock, word, kind }: MomentAsked): JitError {
  const isOfStart = kind === 'end' && clock.from !== undefined;
  return isOfStart ? new JitError('endsBeforeStart', { word }) : new JitError('timePassed', { word, zone: clock.zone });
}

function eitherDate({ date = '', other = '', minute, hour }: Parts, asked: MomentAsked): Readings {
  const both = [date, other].map((one) =>
    momentOn({ date: one, day: one, minute: minute ?? (hour ?? 9) * 60 }, asked.clock),
  );
  const readings = both.filter(toCome(asked));
  return { readings, fault: readings.length === 0 ? over(asked) : new JitError('ambiguousTime', { word: asked.word }) };
}

function eitherHalf({ date = '', day = '', hour = 0 }: Parts, asked: MomentAsked): Readings {
  const own = date || baseDate(asked);
  const both = [hour, (hour + 12) % 24]
    .map((one) => sayable({ date: own, day, minute: Math.round(one * 60) }, asked))
    .sort((a, b) => a.at - b.at);
  const next = nextDate(own);
  const tomorrow = sayable({ date: next, day: '', minute: Math.round(hour * 60) }, asked);
  const isAmong = toCome(asked);
  const all = day === '' && !(both[0] && isAmong(both[0])) ? [...both.slice(1), tomorrow] : both;
  return { readings: all.filter(isAmong), fault: new JitError('ambiguousTime', { word: asked.word }) };
}

function usualOf({ date = '', day = '', part, isNext }: Parts, asked: MomentAsked): Readings {
  const isOfToday = /^(?:today|tonight|heute)$/.test(day);
  const usual = isOfToday ? (PART_MINUTES[part ?? 'night'] ?? EVENING_MINUTES) : [usualMinute(part)];
  const isToday = /^(?:today|heute)$/.test(day) && part === undefined;
  const days = isNext
    ? [
        { date, day },
        { date: later(date, 7), day: later(date, 7) },
      ]
    : [{ date, day }];
  const readings = days
    .flatMap((on) => usual.map((minute) => momentOn({ ...on, minute }, asked.clock)))
    .filter(toCome(asked));
  return {
    readings: readings.slice(0, isNext ? 2 : 1).map((one) => ({ ...one, ...(isToday ? { isToday } : {}) })),
    fault: new JitError('ambiguousTime', { word: asked.word }),
  };
}

function exactly({ date, day = '', minute = 0, isNext }: Parts, asked: MomentAsked): Readings {
  const { clock, word, kind } = asked;
  const own = date ?? baseDate(asked);
  const one = momentOn({ date: own, day, minute }, clock);
  const isDated = day !== '' && !/^(?:today|tonight|heute)$/.test(day);
  if (isNext || (isDated && minute === MIDNIGHT && /midnight|mitternacht/i.test(word))) {
    const second = isNext ? later(own, 7) : own;
    const other = momentOn({ date: second, day: second, minute: isNext ? minute : 0 }, clock);
    const both = (isNext ? [one, other] : [other, atEndOf(own, clock)]).filter(toCome(asked));
    return { readings: both, fault: new JitError('ambiguousTime', { word }) };
  }
  if (toCome(asked)(one)) return skipped({ date: own, day, minute }, one, asked) ?? { readings: [one] };
  if (kind === 'start' && (day === '' || isDay(day))) {
    const then = later(own, day === '' ? 1 : 7);
    const on = { date: then, day: day === '' ? sayDay(then, clock) : then, minute };
    const start = momentOn(on, clock);
    return skipped(on, start, asked) ?? { readings: [start] };
  }
  const isClockAlone = day === '' || (day === 'today' && clock.from === undefined);
  const readings = isClockAlone ? [sayable({ date: nextDate(own), day: '', minute }, asked)] : [];
  return { readings, fault: over(asked) };
}

/** The midnight at which a day ends, as the beginning of the next one. */
function atEndOf(date: string, clock: WallClock): Until {
  const next = nextDate(date);
  return momentOn({ date: next, day: next, minute: 0 }, clock);
}

/** Where the clock goes forward, an hour of that day is not there. */
function skipped({ date, day, minute }: On, { at }: Until, { clock, word }: MomentAsked): Readings | undefined {
  if (dayAt(at, clock.zone).minute === minute % MIDNIGHT) return undefined;
  const readings = [minute - 60, minute + 60].map((one) => momentOn({ date, day, minute: one }, clock));
  return { readings, fault: new JitError('noSuchTime', { word, zone: clock.zone }) };
}

interface On {
  readonly date: string;
  readonly day: string;
  readonly minute: number;
}

/** With the day said where none was, and it is not today. */
function sayable({ date, day, minute }: On, { clock }: MomentAsked): Until {
  return momentOn({ date, day: day === '' ? sayDay(date, clock) : day, minute }, clock);
}

function sayDay(date: string, { now, zone }: WallClock): string {
  const today = dayAt(now, zone).date;
  if (date === today) return '';
  return date === nextDate(today) ? 'tomorrow' : date;
}

function momentOn({ date, day, minute }: On, { zone }: WallClock): Until {
  const isMidnight = minute === MIDNIGHT;
  const at = isMidnight ? instantAt(nextDate(date), 0, zone) : instantAt(date, minute, zone);
  const clock = isMidnight ? 'midnight' : `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;
  return { at, said: day === '' || day === 'today' ? clock : `${day} ${clock}` };
}
