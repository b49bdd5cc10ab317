import { JitError } from '../errors/errors.ts';
import type { Port } from '../rule/port.ts';
import type { Instant } from './instant.ts';
import { orLength, orPort, readMoment } from './moment.ts';
import type { MomentReading } from './moment-readings.ts';
import type { SaidCommand } from './said.ts';
import type { OtherTerms } from './said-terms.ts';
import { isSource } from './source-words.ts';
import { isHourOfDay, spokenHour } from './spoken-clock.ts';
import { readStart, type StartSaid, textOf } from './start-ask.ts';
import { isNameLike } from './target.ts';
import { unknownWord } from './term-words.ts';
import { tidy } from './text.ts';
import type { Token } from './token.ts';
import type { Until } from './until.ts';
import { isClock, isDay, readDate } from './until-words.ts';
import { ZONE_LETTERS } from './zone-words.ts';

/** One way to read what was said of a start. A moment without `at` or `until` may be either. */
export interface StartReading {
  /** As it can be typed. */
  readonly start?: string;
  readonly startsAt?: Instant;
  readonly until?: Until;
  readonly ports?: readonly Port[];
  /** It lasts so long, where what stands behind its day is a length. */
  readonly length?: MomentReading['length'];
  readonly isToday?: true;
  /** It is no moment, but the name of a machine. */
  readonly machine?: string;
}

/** What stands for a start that could not be read. */
const PLACEHOLDER = 'at <time>';

/** Days that no machine is called by. */
const RELATIVE = /^(?:today|tomorrow|tonight|tmrw|tmr|heute|morgen)$/;

/** A start, or whom it is for, among the terms of a request: `at 18:00`, `on friday 9:00`, `for @sam`. What is wrong with it is a fault like any. */
export class StartTerm implements OtherTerms {
  readonly #said: SaidCommand;
  readonly #readings: StartReading[] = [];
  #whom: string | undefined;
  #isSaid = false;
  /** Where the last of them ended. */
  #end = -1;

  constructor(said: SaidCommand) {
    this.#said = said;
  }

  /** Empty where none is said. */
  get readings(): readonly StartReading[] {
    return this.#readings;
  }

  get whom(): string | undefined {
    return this.#whom;
  }

  readonly take = (tokens: readonly Token[], at: number): number => {
    const token = tokens[at];
    if (!token || token.isQuoted) return 0;
    if (/^for$/i.test(token.text) && isSomebody(tokens[at + 1]?.text)) return this.#for(tokens[at + 1]?.text ?? '');
    const said = readStart(tokens, at, this.#clock);
    if (!said) return 0;
    return said.readings.length === 0 && said.fault?.code === 'malformedStart'
      ? this.#unread(tokens, at, said)
      : this.#took(said, at, textOf(tokens.slice(at, at + said.words)));
  };

  readonly behindFrom = (tokens: readonly Token[], at: number): number => {
    const token = tokens[at];
    if (!token || token.isQuoted || isSource(token.text, this.#said.names)) return 0;
    const said = orLength(readMoment(tokens, at, this.#clock, 'start'));
    const isMoment = said.isDated || isClock(token.text) || /^(?:[1-9]|1\d|2[0-3])$/.test(token.text);
    if (!isMoment || said.fault?.code === 'malformedTime') return 0;
    this.#said.faults.push(unknownWord('from'));
    return this.#took(said, at, `at ${textOf(tokens.slice(at, at + said.words))}`);
  };

  readonly alone = (tokens: readonly Token[], at: number, mayBeName: boolean): number => {
    const token = tokens[at];
    const before = tokens[at - 1]?.text ?? '';
    if (!token || token.isQuoted || (/^ports?$/i.test(before) && /^\d/.test(token.text))) return 0;
    const start = orLength(readMoment(tokens, at, this.#clock, 'start'));
    const isEnd = /^(?:by|to|before)$/i.test(before);
    // `9:00 - 11:00`: what stands right behind a start is its end.
    if (at === this.#end && !start.isDated) return 0;
    const isMoment = start.isDated
      ? isDate(tokens, at, { mayBeName, words: start.words })
      : !isEnd && isTime(tokens, at);
    if (!isMoment || start.fault?.code === 'malformedTime') return 0;
    this.#said.faults.push(unknownWord(token));
    this.#end = at + start.words;
    const end = orPort(readMoment(tokens, at, this.#said.clock, 'end'));
    const isStart = /^(?:until|till|til|bis|to)$/i.test(tokens[at + start.words]?.text ?? '');
    const ports = start.readings.find((one) => one.ports)?.ports;
    if (mayBeName && isAlsoName(token.text) && (start.words === 1 || ports))
      this.#add([{ machine: token.text, ...(ports ? { ports } : {}) }]);
    // `today` says no hour at which it would start, and `today 2h` how long.
    if (!isEnd) this.#add(start.readings.flatMap((one) => (one.isToday ? lengthAs(one) : [startAs(one)])));
    if (start.readings.length + end.readings.length === 0) this.#add([{ start: PLACEHOLDER }]);
    if (!isStart) this.#add(end.readings.map((one) => endAs(one)));
    return start.words;
  };

  get #clock() {
    const { clock } = this.#said;
    return clock ? { now: clock.now, zone: clock.zone } : { now: 0, zone: 'UTC' };
  }

  #for(word: string): number {
    if (this.#whom !== undefined) this.#said.faults.push(new JitError('severalPeople'));
    // The first person stays.
    else this.#whom = word.replace(/,$/, '');
    return 2;
  }

  #took({ readings, words, fault }: StartSaid, at: number, typed: string): number {
    const { faults } = this.#said;
    if (fault) faults.push(fault);
    else if (this.#isSaid) faults.push(new JitError('malformedStart', { word: typed }));
    this.#isSaid = true;
    this.#end = at + words;
    const [only, ...more] = readings;
    if (only && more.length === 0 && !fault) this.#add([{ start: typed, startsAt: only.at }]);
    else this.#add(readings.length > 0 ? readings.map((one) => startAs(one)) : [{ start: PLACEHOLDER }]);
    return words;
  }

  /** What stands behind `at` is no time: a place, a name, or a slip. */
  #unread(tokens: readonly Token[], at: number, { words, fault }: StartSaid): number {
    const [first = '', second = ''] = [1, 2].map((more) => tokens[at + more]?.text ?? '');
    // It stands for words that were told already.
    if (fault && first !== '<time>') this.#said.faults.push(fault);
    if (isSource(first, this.#said.names) && first !== '') return 1;
    if (/^the$/i.test(first) && isSource(second, this.#said.names)) return 2;
    if (/^\p{L}/u.test(first) && isNameLike(first)) return 1;
    // `at least 1h` is no start at all.
    if (/^(?:least|most|max|maximum|once|latest)$/i.test(first)) return 2;
    this.#add([{ start: PLACEHOLDER }]);
    return Math.min(Math.max(2, words), tokens.length - at);
  }

  #add(readings: readonly StartReading[]): void {
    this.#readings.push(...readings);
  }
}

function endAs(until: MomentReading): StartReading {
  const { ports, isToday } = until;
  return { until, ...(ports ? { ports } : {}), ...(isToday ? { isToday } : {}) };
}

function lengthAs({ length }: MomentReading): readonly StartReading[] {
  return length ? [{ length }] : [];
}

function startAs({ at, said, ports, isToday, until, length }: MomentReading): StartReading {
  const more = {
    ...(until ? { until } : {}),
    ...(length ? { length } : {}),
    ...(ports ? { ports } : {}),
    ...(isToday ? { isToday } : {}),
  };
  return { start: tidy(`at ${said}`, 60), startsAt: at, ...more };
}

/** A date that is nothing else: no name of a machine, no range of ports, no version. */
function isDate(tokens: readonly Token[], at: number, { mayBeName, words }: { mayBeName: boolean; words: number }) {
  const word = tokens[at]?.text.toLowerCase() ?? '';
  if (/^\d{1,2}-\d{1,2}$/.test(word)) return false;
  // `22 on friday` and `22 friday` are a port and a day.
  const isFigure = /^\d{1,2}$/.test(word);
  const month = readDate(tokens, at, '2026-01-01');
  if (isFigure && !month && !isTime(tokens, at)) return false;
  if (/^\d{1,2}[./]\d{1,2}$/.test(word)) return words > 1;
  if (RELATIVE.test(word) || /^\d/.test(word) || !mayBeName) return true;
  return isAlsoName(word) || (words > 1 && /^(?:this|next|on|the|day)$/.test(word));
}

/** A day, of which a machine may have the name: nobody can tell which of them was meant. */
function isAlsoName(word: string): boolean {
  return isDay(word.toLowerCase()) || /^(?:noon|midnight|evening|eod|cob)$/i.test(word);
}

/** `18:00`, `6 pm`, `18 Uhr`. */
function isTime(tokens: readonly Token[], at: number): boolean {
  const [word = '', next = ''] = [tokens[at]?.text, tokens[at + 1]?.text];
  return (
    isClock(word) ||
    // `half past six`
    (spokenHour(tokens, at)?.words ?? 0) > 2 ||
    isHourOfDay(tokens, at) ||
    /^(?:noon|midnight)$/i.test(word) ||
    (/^\d{1,2}$/.test(word) &&
      (/^(?:[ap]\.?m|o['’]?clock|uhr)$/i.test(next) || ZONE_LETTERS.includes(next.toLowerCase())))
  );
}

/** A mention of either chat, an id or a name with an `@` before it, or an e-mail address: never what may be a time. */
function isSomebody(word = ''): boolean {
  return /^(?:<@[^>]+>|@\S.*|[^\s@]+@[^\s@]+\.[^\s@]+),?$/.test(word);
}
