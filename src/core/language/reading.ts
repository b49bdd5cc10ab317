import { JitError } from '../errors/errors.ts';
import { type Port, portText, uniquePorts } from '../rule/port.ts';
import { readAskedSource } from './asked-source.ts';
import type { Command, ExplainAsk, Typed } from './command.ts';
import type { Instant } from './instant.ts';
import { withMeantTerms } from './meant-terms.ts';
import { readPorts } from './port-word.ts';
import type { SaidCommand } from './said.ts';
import type { SaidTerms, TermsWanted } from './said-terms.ts';
import { type StartReading, StartTerm } from './start-term.ts';
import { type SaidTarget, samePorts } from './target.ts';
import { unknownWord } from './term-words.ts';
import { TermsReader } from './terms-reader.ts';
import { msUntil, type Until } from './until.ts';

/** What a command means: all of it is done, in this order. */
export interface CommandReading {
  /** Each is one command as it is typed; where it is refused, what to type instead. */
  readonly groups: readonly (readonly Command[])[];
  /** How the groups stand to each other; `orThen`: the first, or all others one after another. Absent: there is one. */
  readonly how?: 'or' | 'then' | 'orThen';
}

export type ReadCommand = (said: SaidCommand) => CommandReading;

/** So many machines or requests in one command. */
export const MOST_AT_ONCE = 10;

/** What stands for what was not said, in a corrected command. */
export const PLACEHOLDER = { machine: '<machine>', reason: '<reason>', id: '<id>' } as const;

export function only(...commands: readonly Command[]): CommandReading {
  return { groups: [commands] };
}

/** One command for each of several; more than so many are refused, with the commands that do it. */
export function each<T>(said: SaidCommand, all: readonly T[], command: (one: T) => Command): CommandReading {
  if (all.length <= MOST_AT_ONCE) return only(...all.map(command));
  said.faults.push(new JitError('tooManyAtOnce', { count: all.length, most: MOST_AT_ONCE }));
  const groups = Array.from({ length: Math.ceil(all.length / MOST_AT_ONCE) }, (_, i) =>
    all.slice(i * MOST_AT_ONCE, (i + 1) * MOST_AT_ONCE).map(command),
  );
  return { groups, how: 'then' };
}

/** One command for each, refused because only one of them may be done at a time. */
export function oneByOne<T>(said: SaidCommand, all: readonly T[], command: (one: T) => Command): CommandReading {
  const names = all.map((one) => commandName(command(one)));
  said.faults.push(new JitError('oneAtATime', { which: names.join(' and ') }));
  return { groups: all.map((one) => [command(one)]), how: 'then' };
}

function commandName(command: Command): string {
  if ('which' in command && typeof command.which === 'string') return command.which;
  return 'ask' in command && command.ask && 'machine' in command.ask ? command.ask.machine : '';
}

/** What is asked for, of each machine. */
export interface SaidAsks {
  readonly asks: readonly Typed[];
  readonly reason: string | undefined;
  /** The ways to read its moments, where there is more than one. */
  readonly either: readonly AskReading[];
  /** Who may be meant by what was taken for a part of the reason. */
  readonly somebody?: string;
  readonly arePortsApart: boolean;
}

/** One way to read the moments of an ask. */
interface AskReading {
  readonly start?: string;
  readonly startsAt?: Instant;
  readonly until?: Until;
  /** Without an end: how long it lasts. */
  readonly forMs?: number;
  readonly ports?: readonly Port[];
  readonly machine?: string;
}

/** So many ways to read one command are offered. */
const MOST_READINGS = 4;

/** The terms of a request, whatever is missing. An end is counted from the start, wherever the two stand, so that the start is looked for first. */
export function readAsks(typed: SaidCommand, wanted: TermsWanted): SaidAsks {
  const said = withMeantTerms(typed);
  const starts = termsOf({ ...said, faults: [] }, wanted).starts.slice(0, MOST_READINGS);
  const [first = termsFrom(said, wanted), ...more] = starts.map((start) => termsFrom(said, wanted, start));
  said.faults.push(...first.faults);
  const all = [first, ...more].flatMap(({ readings }) => (more.length > 0 ? readings.slice(0, 1) : readings));
  const { targets, somebody } = first.terms;
  const reason = first.terms.reason ?? said.reason;
  const arePortsApart = targets.length > 1 && !samePorts(targets);
  if (arePortsApart && said.faults.length === 0) said.faults.push(new JitError('portsDiffer'));
  const each: readonly (SaidTarget | undefined)[] = targets.length > 0 ? targets : [undefined];
  const shared = arePortsApart ? [] : targets.flatMap(({ ports }) => ports);
  const [one = {}] = all;
  const asks = each.map((target) => ({
    ...askOf(said, first.terms, target, [...shared, ...(target?.ports ?? [])]),
    ...(first.whom === undefined ? {} : { whom: first.whom }),
  }));
  return {
    asks: asks.map((ask) => readAs(said, ask, one)),
    reason,
    either: all.length > 1 ? all : [],
    ...(somebody === undefined ? {} : { somebody }),
    arePortsApart,
  };
}

function termsOf(said: SaidCommand, wanted: TermsWanted) {
  const later = new StartTerm(said);
  const terms = new TermsReader(said, { ...wanted, others: later }).read();
  // A moment that may be an end is none, where an end or a time is said.
  const isEnded = terms.forMs !== undefined || terms.until !== undefined;
  const isOther = ({ until, machine, length }: StartReading) =>
    ((until || (length && !length.isLonger)) && isEnded) || (machine && terms.targets.length > 0);
  const isLeft = (one: StartReading) => !(isOther(one) && later.readings.some(({ start }) => start));
  const starts = later.readings.filter(isLeft).flatMap((one): readonly StartReading[] => {
    // `today until 18:00` is from now on.
    if (!one.isToday || !isEnded) return [one];
    return one.ports ? [{ ports: one.ports }] : [];
  });
  return { terms, starts, whom: later.whom };
}

/** The terms where it starts so. */
function termsFrom(said: SaidCommand, wanted: TermsWanted, { length, ...start }: StartReading = {}) {
  const { clock } = said;
  const from = start.startsAt === undefined ? {} : { from: start.startsAt };
  const own = { ...said, faults: [] as JitError[], clock: clock && { ...clock, ...from } };
  const { terms, whom } = termsOf(own, wanted);
  const ends = terms.either ?? [terms.until];
  const readings = ends.map((until): AskReading => {
    const ports = [...(start.ports ?? []), ...(until && 'ports' in until ? (until.ports ?? []) : [])];
    const forMs = length?.ms ?? terms.forMs;
    const time = forMs === undefined ? {} : { forMs };
    return { ...time, ...(until ? { until } : {}), ...start, ...(ports.length > 0 ? { ports } : {}) };
  });
  return { terms, whom, faults: own.faults, readings };
}

function askOf(said: SaidCommand, terms: SaidTerms, target: SaidTarget | undefined, own: SaidTarget['ports']): Typed {
  const { forMs } = terms;
  const [source] = terms.sources;
  return {
    ...(target ? { machine: target.name } : {}),
    ports: uniquePorts([...terms.ports, ...own]),
    ...(forMs === undefined ? {} : { forMs }),
    ...(source === undefined ? {} : { source: readAskedSource(source, said.names) }),
    ...(terms.isMe ? { isMe: true } : {}),
  };
}

/** An ask whose moments are read in one way. */
function readAs(
  { clock }: SaidCommand,
  ask: Typed,
  { start, startsAt, until, forMs, machine, ports = [] }: AskReading,
): Typed {
  const from = startsAt === undefined ? {} : { from: startsAt };
  return {
    ...ask,
    ...(forMs === undefined ? {} : { forMs }),
    ...(machine === undefined ? {} : { machine }),
    ...(ask.ports || ports.length > 0 ? { ports: uniquePorts([...(ask.ports ?? []), ...ports]) } : {}),
    ...(until && clock
      ? { forMs: msUntil(until, { ...clock, ...from }), until: { at: until.at, said: until.said } }
      : {}),
    ...(start === undefined ? {} : { start, ...(clock && startsAt !== undefined ? { startsAt } : {}) }),
  };
}

/** The readings of moments that can be read in several ways: a command each. */
export function eitherWay(
  said: SaidCommand,
  { asks, either }: SaidAsks,
  command: (ask: Typed) => Command,
): CommandReading {
  if (either.length < 2) return only(...asks.map(command));
  const isNamed = either.some(({ machine }) => machine !== undefined);
  const groups = either.map((reading) =>
    asks.map(({ start: _, startsAt: ___, until: __, forMs: ____, machine, ...rest }) => {
      const ask = isNamed || machine === undefined ? rest : { machine, ...rest };
      return command(readAs(said, ask, reading));
    }),
  );
  return { groups, how: 'or' };
}

/** The machine that has to be named: `missingMachine`, and a placeholder for it. */
export function mustName(
  said: SaidCommand,
  { machine, ports = [], ...rest }: Typed,
): Omit<ExplainAsk, 'justification'> {
  if (machine === undefined && said.faults.length === 0) said.faults.push(new JitError('missingMachine'));
  return { ...rest, ports, machine: machine ?? PLACEHOLDER.machine };
}

/** What may not stand behind a verb is refused; the command without it is what is meant. */
export function nothingMore(said: SaidCommand, from: number): void {
  const token = said.tokens[from];
  if (token) said.faults.push(unknownWord(token));
}

export function noReason(said: SaidCommand): void {
  if (said.reason !== undefined) said.faults.push(unknownWord('because'));
}

/** Ports where none may stand. */
export function noPorts(said: SaidCommand, { ports }: SaidTerms): void {
  const [port] = ports;
  const typed = said.tokens.find((token) => !token.isQuoted && readPorts([token], 0));
  if (port) said.faults.push(unknownWord(typed ?? portText(port)));
}
