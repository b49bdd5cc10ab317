import { JitError } from '../errors/errors.ts';
import { MANAGEMENT_PORTS, type Port, parsePort } from '../rule/port.ts';
import { halfOf, lower, type Parts, partsOf } from './moment-parts.ts';
import { type MomentAsked, type MomentKind, type MomentReading, readingsOf } from './moment-readings.ts';
import { tidy } from './text.ts';
import { type Token, typedText } from './token.ts';
import type { WallClock } from './until.ts';
import { minuteOf } from './until-words.ts';

export interface MomentSaid {
  /** Empty where it could not be read; several where it is refused and any of them may be meant. */
  readonly readings: readonly MomentReading[];
  readonly words: number;
  /** As it was typed. */
  readonly word: string;
  readonly fault?: JitError;
  /** A day, or a date, stands in it. */
  readonly isDated?: true;
  /** `friday 2h`: what is meant where that is no hour, but a length. */
  readonly asLength?: readonly MomentReading[];
  /** `friday 22`: what is meant where ports may stand as well, and the figure is one. */
  readonly asPort?: { readonly readings: readonly MomentReading[]; readonly fault: JitError };
}

/**
 * Reads `18:00`, `6 pm`, `tomorrow 9:00`, `9am friday`, `2026-03-11 09:00` behind `until`, `at` or `on`, on the clock of whoever speaks. What stands
 * behind it and may be a part of it is given back: `18 30` is half past six, or port 30 until six.
 */
export function readMoment(
  tokens: readonly Token[],
  at: number,
  clock: WallClock | undefined,
  kind: MomentKind,
): MomentSaid {
  const { parts, words: own } = partsOf(tokens, at, clock);
  const nothing = parts.minute === undefined && parts.hour === undefined && parts.date === undefined;
  const rest = nothing ? undefined : restOf(tokens, at + own, parts);
  const words = own + (rest?.words ?? 0);
  const typed = tokens.slice(at, at + (nothing ? unreadWords(tokens, at) : words));
  const word = tidy(typedText(typed) || (kind === 'end' ? 'until' : 'at'), 40);
  if (!clock || nothing)
    return { readings: [], words: typed.length, word, fault: new JitError('malformedTime', { word }) };
  const asked = { clock, word, kind };
  const dated = parts.date === undefined ? {} : { isDated: true as const };
  if (!rest)
    return { ...saidReadings(parts, asked), words, word, ...dated, ...asPort(parts, asked), ...asLength(parts, asked) };
  const whole = rest.whole ? readingsOf(rest.whole, asked).readings : [];
  const parted = readingsOf(parts, asked).readings.map((one) => ({ ...one, ports: rest.ports }));
  const readings = [...whole, ...(rest.ports.length > 0 ? parted : [])];
  return { readings, words, word, fault: new JitError('ambiguousTime', { word }), ...dated };
}

const CALENDAR =
  /^(?:next|this|last|end|ende|of|the|der|des|week|weekend|month|quarter|year|jahres?|20\d\d|q[1-4]|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|(?:janu|febru)ary|march|april|may|june|july|august|(?:septem|octo|novem|decem)ber)$/;

/** How many words belong to what is no moment: `next week`, `end of march`, `march 2030`. */
function unreadWords(tokens: readonly Token[], at: number): number {
  // `half six` is another hour in each country.
  if (lower(tokens[at]) === 'half' && tokens[at + 1] && !tokens[at + 1]?.isQuoted) return 2;
  const behind = tokens.slice(at, at + 6).findIndex((token) => !CALENDAR.test(lower(token)));
  return Math.max(1, behind < 0 ? Math.min(6, tokens.length - at) : behind);
}

/** Without the hour that may be a port. */
function asPort({ minute: _, isBare: __, isPort, ...day }: Parts, asked: MomentAsked): Pick<MomentSaid, 'asPort'> {
  if (!isPort) return {};
  const ports = parsePort('22') ?? [];
  const readings = readingsOf(day, asked).readings.map((one) => ({ ...one, ports }));
  return { asPort: { readings, fault: new JitError('ambiguousTime', { word: asked.word }) } };
}

/** `today 2h` in the afternoon is no hour of tomorrow. */
function saidReadings(parts: Parts, asked: MomentAsked): Pick<MomentSaid, 'readings' | 'fault'> {
  const said = readingsOf(parts, asked);
  const isOver = said.fault?.code === 'timePassed' || said.fault?.code === 'endsBeforeStart';
  return parts.length && isToday(parts) && isOver ? { ...said, readings: [] } : said;
}

function isToday({ day = '' }: Parts): boolean {
  return /^(?:today|heute)$/.test(day);
}

/** With the length that an hour may be; of a time elsewhere, it is none. */
function asLength(parts: Parts, asked: MomentAsked): Pick<MomentSaid, 'asLength'> {
  const { minute: _, isBare: __, length, ...day } = parts;
  if (!length || [day.zone, day.loose, day.local].some((one) => one !== undefined)) return {};
  return { asLength: readingsOf(day, asked).readings.map((one) => ({ ...one, length })) };
}

/** Is this word read with those before it, as a part of one moment? */
export function isOfMoment(tokens: readonly Token[], i: number, clock: WallClock = { now: 0, zone: 'UTC' }): boolean {
  const before = Array.from({ length: Math.min(i, 9) }, (_, back) => i - back - 1);
  return before.some((at) => {
    const { words, fault } = readMoment(tokens, at, clock, 'start');
    return at + words > i && fault?.code !== 'malformedTime';
  });
}

/** Of a start, both what an hour and what a length would mean are given back. */
export function orLength(kept: MomentSaid): MomentSaid {
  const { asLength: lengths, ...said } = orPort(kept);
  if (!lengths) return said;
  const fault = said.fault ?? new JitError('ambiguousTime', { word: kept.word });
  return { ...said, readings: [...lengths, ...said.readings], fault };
}

/** Where ports may stand as well, a figure that may be one is given back with both readings. */
export function orPort({ asPort: port, ...said }: MomentSaid): MomentSaid {
  if (!port) return said;
  return { ...said, readings: [...said.readings, ...port.readings], fault: said.fault ?? port.fault };
}

interface Rest {
  readonly words: number;
  /** The moment with what stands behind it. */
  readonly whole?: Parts;
  /** What it is, where it is no part of the moment. */
  readonly ports: readonly Port[];
}

/** What may still be a part of a moment that was read: `18 30`, `18,30`, `18;30`, `6 30 pm`. */
function restOf(tokens: readonly Token[], at: number, parts: Parts): Rest | undefined {
  const { minute, hour, isBare } = parts;
  const [, mark = '', figures = '', uhr] = /^([.:,'’h]?)(\d{1,2})(uhr)?$/.exec(lower(tokens[at])) ?? [];
  if (figures === '' || (minute === undefined && hour === undefined)) return undefined;
  const isKnown = MANAGEMENT_PORTS.some(({ number }) => number === Number(figures));
  const mayFollow = isBare || uhr !== undefined;
  const isPart = Number(figures) < 60 && (mayFollow || !isKnown);
  if (!isPart && mark === '') return undefined;
  const next = lower(tokens[at + 1]);
  const half = halfOf(next);
  const ports = mark === '' && half === undefined ? (parsePort(figures) ?? []) : [];
  const words = half === undefined && next !== 'uhr' ? 1 : 2;
  if (!mayFollow || figures.length < 2 || Number(figures) > 59) return { words, ports };
  const more = Number(figures);
  const sure = minute ?? minuteOf(`${hour}${half ?? (next === 'uhr' ? 'h' : '')}`);
  const { hour: _, ...others } = parts;
  const whole = sure === undefined ? { ...parts, hour: (hour ?? 0) + more / 60 } : { ...others, minute: sure + more };
  return { words, ports, whole };
}
