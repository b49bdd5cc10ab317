import { JitError } from '../errors/errors.ts';
import type { LockdownWay } from '../machine/lockdown.ts';
import type { SourceNames } from '../rule/source.ts';
import { readAskedSource, readSources } from './asked-source.ts';
import { parseGlass } from './break-glass-ask.ts';
import type { Ask, Command, ProtectAsk, WhyAsk } from './command.ts';
import { parseConsent } from './consent-ask.ts';
import { parseDelegate } from './delegate-ask.ts';
import { LaterTerms, readMachines } from './later-terms.ts';
import { parseLess } from './less-ask.ts';
import { confirmed, parseRestore } from './restore-ask.ts';
import { parseReview } from './review-ask.ts';
import { parseRules } from './rules-ask.ts';
import { limitsIn, parseTerms, readMachine, split, takeDuration } from './terms.ts';
import { tidy } from './text.ts';
import { parseWords } from './words-ask.ts';

/** `protect web-1 usual closing`; the first word of a meaning is the one that is shown. */
const STANDING: ReadonlyMap<string, LockdownWay | 'leave'> = new Map([
  ['closing', 'close'],
  ['lockdown', 'close'],
  ['copying', 'copy'],
  ['leaving', 'leave'],
]);

/** The word for it, as it is typed. */
export function standingWord(standing: LockdownWay | 'leave'): string {
  return [...STANDING].find(([, meaning]) => meaning === standing)?.[0] ?? '';
}

/** The word for everything that is open, whoever's it is. */
const ALL = 'all';

/** What stands behind a verb. */
interface Said {
  readonly rest: readonly string[];
  /** Behind the first `because`. */
  readonly reason: string | undefined;
  readonly names: SourceNames;
  /** As it was typed. */
  readonly text: string;
}

type Read = (said: Said) => Command;

const alone =
  (verb: 'help' | 'home' | 'recommend' | 'lockdowns' | 'machines' | 'doctor' | 'whoami' | 'reviews'): Read =>
  () => ({ verb });

const request: Read = (said) =>
  said.rest.length === 0 && said.reason === undefined ? { verb: 'request' } : { verb: 'request', ask: parseAsk(said) };

const revoke: Read = ({ rest, reason }) =>
  rest[0]?.toLowerCase() === ALL
    ? { verb: 'close all', ...confirmed(rest), ...because(reason) }
    : { verb: 'revoke', ...which(rest), ...because(reason) };

const one =
  (verb: 'withdraw' | 'accept' | 'decline' | 'deny'): Read =>
  ({ rest, reason }) => ({ verb, ...which(rest), ...because(reason) });

/** Every verb that can be typed, and what stands behind it. */
const VERBS: ReadonlyMap<string, Read> = new Map<string, Read>([
  ['request', request],
  ['open', request],
  ['break-glass', readGlass],
  ['list', ({ rest }) => ({ verb: 'list', ...(rest[0]?.toLowerCase() === ALL ? { all: true } : {}) })],
  ['help', alone('help')],
  ['home', alone('home')],
  ['hi', alone('home')],
  ['recommend', alone('recommend')],
  ['lockdowns', alone('lockdowns')],
  ['machines', alone('machines')],
  ['doctor', alone('doctor')],
  ['whoami', alone('whoami')],
  ['reviews', alone('reviews')],
  ['review', ({ rest, reason }) => parseReview(rest, reason)],
  ['drill', ({ rest }) => ({ verb: 'drill', ...(rest[0] === undefined ? {} : { machine: rest[0] }) })],
  ['link', readLink],
  ['address', ({ rest }) => ({ verb: 'address', ...which(rest) })],
  ['match', ({ rest: [which = '', number = ''] }) => ({ verb: 'match', which, number })],
  ['unlink', ({ rest }) => ({ verb: 'unlink', ...which(rest) })],
  ['unprotect', ({ rest }) => ({ verb: 'unprotect', machine: readMachine(rest) })],
  ['explain', readExplain],
  ['why', ({ rest, names }) => ({ verb: 'why', ...parseWhy(rest, names) })],
  ['restore', ({ rest }) => ({ verb: 'restore', ...parseRestore(readMachine(rest), rest.slice(1)) })],
  ['consent', ({ rest }) => ({ verb: 'consent', ...parseConsent(rest) })],
  ['rules', ({ rest }) => ({ verb: 'rules', ...parseRules(rest) })],
  ['protect', ({ rest, names }) => ({ verb: 'protect', ...parseProtect(rest, names) })],
  ['revoke', revoke],
  ['close', revoke],
  ['delegate', ({ rest }) => ({ verb: 'delegate', ask: parseDelegate(rest) })],
  ['nudge', ({ rest }) => ({ verb: 'nudge', ...which(rest) })],
  ['show', ({ rest }) => ({ verb: 'show', ...which(rest) })],
  ['withdraw', one('withdraw')],
  ['ask', ({ text }) => ({ verb: 'ask', ...parseWords(text) })],
  ['answer', ({ text }) => ({ verb: 'answer', ...parseWords(text) })],
  ['approve', readApprove],
  ['accept', one('accept')],
  ['decline', one('decline')],
  ['again', ({ rest }) => ({ verb: 'again', ...which(rest) })],
  ['deny', one('deny')],
  ['extend', ({ rest, reason }) => ({ verb: 'extend', ...parseExtend(rest), ...because(reason) })],
]);

/** All that can be typed first. */
export const TYPED_VERBS: readonly string[] = [...VERBS.keys()];

/**
 * Reads what stands behind `/jit` (a leading `/jit` is dropped), with the names that sources have. Throws a JitError that says
 * what to write instead.
 */
export function parseCommand(text: string, names: SourceNames): Command {
  const { words, reason } = split(text);
  const [verb = 'help', ...rest] = words;
  const read = VERBS.get(verb.toLowerCase());
  if (!read) throw new JitError('unknownCommand', { word: tidy(verb, 40) });
  return read({ rest, reason, names, text });
}

function readGlass(said: Said): Command {
  const { rest, reason } = said;
  if (rest.length === 0 && reason === undefined) return { verb: 'break-glass' };
  const ask = parseGlass(rest, (words) => parseAsk({ ...said, rest: words }));
  mustBeOne(ask, 'break-glass');
  const more = ask.start ?? (ask.whom === undefined ? undefined : `for ${ask.whom}`);
  if (more !== undefined) throw new JitError('notWithGlass', { word: tidy(more, 60) });
  return { verb: 'break-glass', ask };
}

function readApprove({ rest, reason, names }: Said): Command {
  const less = parseLess(rest.slice(1), names);
  const about = { ...which(rest), ...because(reason) };
  return less ? { verb: 'less', ...about, less } : { verb: 'approve', ...about };
}

function readLink({ rest }: Said): Command {
  if (rest[0]?.toLowerCase() === 'list') return { verb: 'links' };
  return { verb: 'link', ...(rest.length === 0 ? {} : { code: rest.join('') }) };
}

function readExplain({ rest, reason, names }: Said): Command {
  const ask = readAsk(rest, names);
  mustBeOne(ask, 'explain');
  return { verb: 'explain', ...ask, ...(reason ? { justification: reason } : {}) };
}

function mustBeOne({ machine, others }: Pick<Ask, 'machine' | 'others'>, verb: string): void {
  if (others) throw new JitError('oneMachine', { command: `/jit ${verb} ${tidy(machine, 60)}` });
}

function parseAsk({ rest, reason, names }: Said): Ask {
  const ask = readAsk(rest, names);
  if (!reason) throw new JitError('missingReason');
  return { ...ask, justification: reason };
}

function readAsk(words: readonly string[], names: SourceNames): Omit<Ask, 'justification'> {
  const { machines, rest } = readMachines(words);
  const [machine, ...others] = machines;
  const later = new LaterTerms();
  const read = (word: string) => [readAskedSource(word, names)];
  const { sources, ...terms } = parseTerms(rest, read, (all, from) => later.take(all, from));
  const [source, second] = sources;
  if (second !== undefined) throw new JitError('severalSources', { sources: sources.join(' and ') });
  return {
    machine,
    ...terms,
    ...(source === undefined ? {} : { source }),
    ...later.said(),
    ...(others.length > 0 ? { others } : {}),
  };
}

function parseProtect(words: readonly string[], names: SourceNames): ProtectAsk {
  readMachine(words);
  // What stands behind a comma belongs to it.
  const last = words.findIndex((word, i) => !word.endsWith(',') && !words[i + 1]?.startsWith(','));
  const which = words
    .slice(0, last + 1)
    .flatMap((word) => word.split(','))
    .filter((word) => word !== '');
  if (last < 0 || which.length === 0) throw new JitError('missingMachine');
  const at = words.findIndex((word) => word.toLowerCase() === 'confirm');
  const confirm = at < 0 ? {} : { confirm: words[at + 1] ?? '' };
  const all = words.slice(last + 1, at < 0 ? undefined : at);
  const anyway = all.some((word) => word.toLowerCase() === 'anyway') ? { anyway: true as const } : {};
  const said = all.filter((word) => word.toLowerCase() !== 'anyway');
  const how = STANDING.get(said.at(-1)?.toLowerCase() ?? '');
  const rest = { ...(how ? { standing: how } : {}), ...anyway, ...confirm };
  const terms = how ? said.slice(0, -1) : said;
  if (terms.length === 0) return { which, ...rest };
  const usual = terms.length === 1 && terms[0]?.toLowerCase() === 'usual';
  return { which, ports: usual ? 'usual' : limitsIn(terms, names), ...rest };
}

function parseWhy(words: readonly string[], names: SourceNames): WhyAsk {
  const machine = readMachine(words);
  const { ports, sources } = parseTerms(words.slice(1), (word) => readSources(word, names));
  const [port] = ports;
  const [source, second] = sources;
  if (second !== undefined) throw new JitError('severalSources', { sources: sources.join(' and ') });
  return { machine, ...(port ? { port } : {}), ...(source === undefined ? {} : { source }) };
}

function parseExtend(words: readonly string[]): { which?: string; forMs?: number } {
  const at = words.findIndex((word) => /^(?:for|by)$/i.test(word));
  const forMs = at < 0 ? undefined : takeDuration(words, at + 1).ms;
  const head = at < 0 ? words : words.slice(0, at);
  return { ...which(head), ...(forMs === undefined ? {} : { forMs }) };
}

export function which(words: readonly string[]): { which?: string } {
  return words[0] === undefined ? {} : { which: words[0] };
}

export function because(reason: string | undefined): { reason?: string } {
  return reason ? { reason } : {};
}
