import { JitError } from '../errors/errors.ts';
import { inEnglish } from './german.ts';
import type { Instant } from './instant.ts';
import { orLength, readMoment } from './moment.ts';
import type { MomentReading } from './moment-readings.ts';
import { tidy } from './text.ts';
import { type Token, typedText } from './token.ts';
import type { WallClock } from './until.ts';
import { dottedDate } from './until-words.ts';

/** Whether a start can be read hangs on no clock, but for what it means. */
const NO_CLOCK: WallClock = { now: 0, zone: 'UTC' };

export interface StartSaid {
  /** Empty where it cannot be read; several where any may be meant. */
  readonly readings: readonly MomentReading[];
  readonly words: number;
  readonly fault?: JitError;
}

/** Reads `at 18:00`, `at tomorrow 9:00`, `on friday at 9am`, `on the 12th 9:00`, by the rules of an end. Undefined where no start is said: `on web-1`. */
export function readStart(tokens: readonly Token[], at: number, clock?: WallClock): StartSaid | undefined {
  const word = wordAt(tokens, at);
  if (!/^(?:at|on)$/.test(word)) return undefined;
  const said = orLength(readMoment(tokens, at + 1, within(clock), 'start'));
  const isRead = said.readings.length > 0 || said.fault?.code !== 'malformedTime';
  if (word === 'on' && !(isRead && said.isDated)) {
    const missing = noDate(tokens, at + 1);
    if (missing === 0) return undefined;
    const typed = tidy(typedText(tokens.slice(at, at + 1 + missing)), 60);
    return { readings: [], words: 1 + missing, fault: new JitError('malformedStart', { word: typed }) };
  }
  const words = said.words + 1;
  const fault = faultOf(said.fault, typedText(tokens.slice(at, at + Math.max(2, words))));
  // `at 22` may be the port, and so may `at 22 on friday`; `at 22 pm` is none.
  const isPort =
    wordAt(tokens, at + 1) === '22' && (words === 2 || readMoment(tokens, at + 2, NO_CLOCK, 'start').isDated);
  const isTwofold = fault === undefined && isPort ? new JitError('ambiguousTime', { word: 'at 22' }) : fault;
  return { readings: said.readings, words, ...(isTwofold ? { fault: isTwofold } : {}) };
}

/** How many words are a date by their looks, which no calendar has: `31.2.`, `2026-02-31`, `31 feb`. */
function noDate(tokens: readonly Token[], at: number): number {
  const [word, next] = [wordAt(tokens, at), wordAt(tokens, at + 1)];
  if (/^(?:[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.?(?:\d{4})?$|^\d{4}-\d\d-\d\d$/.test(word)) return 1;
  const month = /^(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])/;
  const isDate = (day: string, name: string) => /^\d{1,2}(?:st|nd|rd|th)?$/.test(day) && month.test(name);
  return isDate(word, next) || isDate(next, word) ? 2 : 0;
}

/** A start is counted from now. */
function within(clock: WallClock | undefined): WallClock {
  return clock ? { now: clock.now, zone: clock.zone } : NO_CLOCK;
}

function faultOf(fault: JitError | undefined, typed: string): JitError | undefined {
  const word = tidy(typed, 60);
  if (fault?.code === 'malformedTime') return new JitError('malformedStart', { word });
  return fault?.code === 'timePassed' ? new JitError('startPast', { word }) : fault;
}

/**
 * When it is to start, as it was typed with or without its `at`, in the zone of whoever says it: a time alone is the next one there is.
 * Throws `malformedStart`, `startPast`, `noSuchTime`.
 */
export function startOf(typed: string, now: Instant, zone: string): Instant {
  const said = typed
    .split(/\s+/)
    .map((word) => word.replace(/,$/, ''))
    .map((word) => ({ text: dottedDate(word) ?? word, at: 0 }))
    .filter(({ text }) => text !== '');
  const tokens = inEnglish(said);
  const from = /^(?:at|on)$/.test(wordAt(tokens, 0)) ? 1 : 0;
  const { readings, words, fault } = readMoment(tokens, from, { now, zone }, 'start');
  const [reading] = readings;
  const word = tidy(typed, 60);
  const own = faultOf(fault, word);
  if (own && /^(?:startPast|noSuchTime)$/.test(own.code)) throw own;
  if (own || !reading || from + words !== tokens.length) throw new JitError('malformedStart', { word });
  return reading.at;
}

export function textOf(tokens: readonly Token[]): string {
  return tidy(tokens.map(({ text }) => text).join(' '), 60);
}

function wordAt(tokens: readonly Token[], at: number): string {
  const token = tokens[at];
  return token?.isQuoted ? '' : (token?.text.toLowerCase() ?? '');
}
