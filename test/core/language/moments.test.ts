import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JitError } from '../../../src/core/errors/errors.ts';
import type { Command } from '../../../src/core/language/command.ts';
import { parseCommands } from '../../../src/core/language/grammar.ts';
import { startOf } from '../../../src/core/language/start-ask.ts';
import { often } from '../../setup/lane.ts';

/*
 * Sentences out of a grammar, and what they mean by the arithmetic of this file alone: nothing of src/core/language is asked for it. Whatever is
 * accepted is exactly that; all else is given back.
 */

const DAY = 86_400_000;
const HOUR = 3_600_000;
/** 14:00 in Berlin on Tuesday, 10 March 2026. Summer time begins on 29 March, and ends on 25 October. */
const NOW = Date.UTC(2026, 2, 10, 13);
const TODAY = Date.UTC(2026, 2, 10);
const NAMES = new Map([['vpn', ['10.8.0.0/16']]]);

/** The instant at which clocks in Berlin show that much of a day (midnight of it, as if it were UTC). */
function inBerlin(day: number, minute: number): number {
  const shown = day + minute * 60_000;
  const isSummer = shown >= Date.UTC(2026, 2, 29, 3) && shown < Date.UTC(2026, 9, 25, 3);
  return shown - (isSummer ? 2 : 1) * HOUR;
}

interface Clock {
  readonly text: string;
  readonly minute: number;
  /** Nobody can tell which half of the day is meant. */
  readonly isEither?: true;
}

interface Day {
  readonly text: string;
  /** Midnight of it, given the day that it is counted from. */
  readonly of: (base: number) => number;
  /** Nobody can tell which day is meant. */
  readonly isEither?: true;
}

const two = (number: number) => String(number).padStart(2, '0');

const clock: fc.Arbitrary<Clock> = fc
  .tuple(fc.nat(23), fc.constantFrom(0, 5, 15, 30, 45, 59), fc.nat(9))
  .map(([hour, minutes, way]): Clock => {
    const minute = hour * 60 + minutes;
    const [half, twelve] = [hour < 12 ? 'am' : 'pm', hour % 12 || 12];
    if (way === 0) return { text: `${two(hour)}:${two(minutes)}`, minute };
    if (way === 1) return { text: `${twelve}:${two(minutes)}${half}`, minute };
    if (way === 2) return { text: `${twelve}:${two(minutes)} ${half}`, minute };
    if (way === 3) return { text: `${hour}.${two(minutes)}`, minute };
    if (way === 4) return { text: `${hour}:${two(minutes)} Uhr`, minute };
    if (way === 5 && hour > 0 && hour < 13) return { text: String(hour), minute: hour * 60, isEither: true };
    if (way === 6) return { text: `${twelve}${half}`, minute: hour * 60 };
    if (way === 7) return { text: `${hour} Uhr`, minute: hour * 60 };
    return { text: `${hour}:${two(minutes)}`, minute };
  });

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const WOCHENTAGE = ['Sonntag', 'Montag', 'Dienstag', 'Mittwoch', 'Donnerstag', 'Freitag', 'Samstag'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September'].concat([
  'October',
  'November',
  'December',
]);

const aheadOf = (weekday: number) => (base: number) => base + ((weekday - new Date(base).getUTCDay() + 7) % 7) * DAY;

const weekday: fc.Arbitrary<Day> = fc.tuple(fc.nat(6), fc.nat(3)).map(([day, way]): Day => {
  const name = (way === 1 ? WOCHENTAGE : WEEKDAYS)[day] ?? '';
  return { text: way === 2 ? name.slice(0, 3) : name, of: aheadOf(day) };
});

const relative: fc.Arbitrary<Day> = fc
  .constantFrom(['today', 0], ['tomorrow', 1], ['heute', 0], ['morgen', 1], ['übermorgen', 2])
  .map(([text, days]): Day => ({ text: String(text), of: () => TODAY + Number(days) * DAY }));

/** Within the next months, so that no year has to be said. */
const dated: fc.Arbitrary<Day> = fc.tuple(fc.integer({ min: 1, max: 200 }), fc.nat(7)).map(([days, way]): Day => {
  const at = TODAY + days * DAY;
  const [year, month, day] = [2026, new Date(at).getUTCMonth() + 1, new Date(at).getUTCDate()];
  const of = () => at;
  const name = MONTHS[month - 1] ?? '';
  if (way === 0) return { text: `${day} ${name}`, of };
  if (way === 1) return { text: `${name} ${day}`, of };
  if (way === 2) return { text: `${day} ${name.slice(0, 3).toLowerCase()} ${year}`, of };
  if (way === 3) return { text: `${day}.${month}.${year}`, of };
  if (way === 4)
    return { text: `${day}/${month}`, of, ...(day < 13 && day !== month ? { isEither: true as const } : {}) };
  if (way === 5) return { text: `the ${day} of ${name}`, of };
  return { text: `${year}-${two(month)}-${two(day)}`, of };
});

const day = fc.oneof(weekday, relative, dated);

interface Moment {
  readonly clock: Clock;
  readonly day?: Day;
  /** Of that day. */
  readonly part?: Part;
  /** Behind it, as it would stand if somebody's minutes were torn off, or another clock were meant. */
  readonly rest: string;
}

/** A part of a day, and the hours that are surely in it. */
interface Part {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

const PARTS: readonly Part[] = [
  { text: 'morning', from: 0, to: 12 },
  { text: 'vormittag', from: 0, to: 12 },
  { text: 'afternoon', from: 12, to: 24 },
  { text: 'evening', from: 13, to: 24 },
  { text: 'Abend', from: 13, to: 24 },
  { text: 'night', from: 13, to: 24 },
];
const part = fc.option(fc.constantFrom(...PARTS), { nil: undefined, freq: 3 });

const isApart = ({ part: of, clock: { minute } }: Moment) =>
  of !== undefined && (minute < of.from * 60 || minute >= of.to * 60);

const REST = ['', '', '', '', '', '', ' 30', ',30', ';15', ' .45', ' JST', ' PST', ' SGT', ' Tokyo'];
const moment = (isDated: boolean): fc.Arbitrary<Moment> =>
  fc.record(
    { clock, rest: fc.constantFrom(...REST), ...(isDated ? { day, part } : {}) },
    { requiredKeys: isDated ? ['clock', 'rest', 'day', 'part'] : ['clock', 'rest'] },
  );
/** `18 Uhr 30` is a time like any. */
const anyMoment = fc.oneof(moment(false), moment(true)).map((one): Moment => {
  const { text, minute } = one.clock;
  if (!/^\d+ Uhr$/.test(text) || one.rest !== ' 30') return one;
  return { ...one, rest: '', clock: { text: `${text} 30`, minute: minute + 30 } };
});

interface Sentence {
  readonly start?: Moment & { readonly how: string };
  readonly end?: Moment & { readonly how: string };
  readonly hours?: number;
  readonly port: string;
  readonly order: readonly number[];
}

const sentence: fc.Arbitrary<Sentence> = fc
  .record(
    {
      start: fc
        .tuple(anyMoment, fc.constantFrom('at', 'on', 'um', 'ab', 'am', 'from', ''))
        .map(([one, how]) => ({ ...one, how })),
      end: fc
        .tuple(anyMoment, fc.constantFrom('until', 'till', 'bis', 'by', '-', 'to'))
        .map(([one, how]) => ({ ...one, how })),
      hours: fc.integer({ min: 1, max: 9 }),
      port: fc.constantFrom('22', '3389', 'ssh', '8080'),
      order: fc.shuffledSubarray([0, 1, 2, 3], { minLength: 4, maxLength: 4 }),
    },
    { requiredKeys: ['port', 'order'] },
  )
  .filter((said) => !isPort(said));

function momentText({ day: on, part: of, clock: { text }, rest, how }: Moment & { readonly how: string }): string {
  const date = on ? `${on.text} ${of ? `${of.text} ` : ''}` : '';
  return `${how} ${date}${text}${rest}`.trim();
}

/** A figure alone is a port, where neither a word nor a start stands before it; so it is behind `on`. */
function isPort({ start, end, order }: Sentence): boolean {
  const isFigure = (one: Moment | undefined) => one?.clock.isEither === true && !one.day;
  const isBehindStart = start && order.indexOf(1) + 1 === order.indexOf(2);
  return (
    (/^(?:on)?$/.test(start?.how ?? 'at') && isFigure(start)) ||
    (/^(?:-|to)$/.test(end?.how ?? '') && isFigure(end) && !isBehindStart)
  );
}

function textOf({ start, end, hours, port, order }: Sentence): string {
  const parts = [
    port,
    start ? momentText(start) : '',
    end ? momentText(end) : '',
    hours === undefined ? '' : `for ${hours}h`,
  ];
  return `request web-1 ${order
    .map((i) => parts[i])
    .filter((part) => part !== '')
    .join(' ')} because x`;
}

/** What a start means: without a day the next such time, of a weekday the next such day. */
function startMeant({ clock: { minute }, day: on }: Moment): number {
  const at = inBerlin(on ? on.of(TODAY) : TODAY, minute);
  if (at > NOW) return at;
  if (!on) return inBerlin(TODAY + DAY, minute);
  return on.of(TODAY) === TODAY && on.of(TODAY + DAY) > TODAY + DAY ? inBerlin(TODAY + 7 * DAY, minute) : at;
}

/** What an end means: counted from the day of its start, or from today. */
function endMeant({ clock: { minute }, day: on }: Moment, start: number | undefined): number {
  const base = start === undefined ? TODAY : dayIn(start);
  return inBerlin(on ? on.of(base) : base, minute);
}

/** Midnight of the day that clocks in Berlin show then, as if it were UTC. */
function dayIn(at: number): number {
  const shown = [1, 2]
    .map((hours) => at + hours * HOUR)
    .find((one) => inBerlin(one - (one % DAY), (one % DAY) / 60_000) === at);
  return (shown ?? at) - ((shown ?? at) % DAY);
}

function read(text: string): readonly Command[] | JitError {
  try {
    return parseCommands(text, NAMES, { now: NOW, zone: 'Europe/Berlin' });
  } catch (error) {
    if (error instanceof JitError) return error;
    throw error;
  }
}

const isUnsure = (one: Moment | undefined) =>
  one !== undefined && (one.rest !== '' || isApart(one) || one.clock.isEither === true || one.day?.isEither === true);

/** What was accepted although it says something else; undefined where it is right, or given back with a command to copy. */
function wrongIn(said: Sentence): string | undefined {
  const text = textOf(said);
  const got = read(text);
  if (got instanceof JitError) return got.correction === '' ? `${text}: refused without a command` : undefined;
  const [command, ...more] = got;
  if (isUnsure(said.start) || isUnsure(said.end)) return `${text}: accepted, and nobody can tell`;
  if (command?.verb !== 'request' || !command.ask || more.length > 0) return `${text}: no single request`;
  const { machine, ports, start, startsAt, until, forMs, justification, ...others } = command.ask;
  const from = said.start && startMeant(said.start);
  const end = said.end && endMeant(said.end, from);
  const length = end === undefined ? said.hours && said.hours * HOUR : end - (from ?? NOW);
  const meant = {
    machine: 'web-1',
    ports: [said.port === 'ssh' ? 22 : Number(said.port)],
    from,
    again: from,
    end,
    length,
    because: 'x',
  };
  const understood = {
    machine,
    ports: ports.map(({ number }) => number),
    from: startsAt,
    again: start === undefined ? undefined : startOf(start, NOW, 'Europe/Berlin'),
    end: until?.at,
    length: forMs,
    because: justification,
    ...others,
  };
  const isRight = inWords(understood) === inWords(meant);
  return isRight ? undefined : `${text}: ${inWords(understood)} instead of ${inWords(meant)}`;
}

function inWords(what: object): string {
  return JSON.stringify(what, (key, value) => {
    const isInstant = typeof value === 'number' && /^(?:from|again|end)$/.test(key);
    return isInstant ? new Date(value).toISOString() : value;
  });
}

describe('what is said of when', () => {
  // A failure names its seed: FUZZ_SEED=… repeats it.
  it('is accepted as exactly that, or given back', () => {
    const runs = often(3_000, 60_000);
    // What every change runs is the same each time.
    const { FUZZ_SEED: seed = String(often(20_261_129, Date.now())) } = process.env;
    fc.assert(
      fc.property(sentence, (said) => {
        expect(wrongIn(said)).toBeUndefined();
      }),
      { numRuns: runs, seed: Number(seed) },
    );
  });

  it('is accepted where nothing of it is in doubt', () => {
    const plain = fc.sample(sentence, { numRuns: 2_000, seed: 1 }).filter((said) => {
      const { start, end, hours } = said;
      const isFirst = !start || !end || said.order.indexOf(1) < said.order.indexOf(2);
      if (!isFirst || (start && startMeant(start) <= NOW)) return false;
      const isPlain = !isUnsure(start) && !isUnsure(end) && (end === undefined || hours === undefined);
      const isSaid =
        (!start || (start.how === 'at' && !start.day) || (start.how === 'on' && start.day)) &&
        (!end || end.how === 'until');
      return (
        isPlain && isSaid && (!end || endMeant(end, start && startMeant(start)) > (start ? startMeant(start) : NOW))
      );
    });
    const refused = plain.map(textOf).filter((text) => read(text) instanceof JitError);
    expect(plain.length).toBeGreaterThan(30);
    expect(refused).toEqual([]);
  });
});
