import { JitError } from '../errors/errors.ts';
import type { LockdownWay } from '../machine/lockdown.ts';
import type { SourceNames } from '../rule/source.ts';
import { readAskedSource, readSources } from './asked-source.ts';
import { parseGlass } from './break-glass-ask.ts';
import type { Ask, Command, ProtectAsk, WhyAsk } from './command.ts';
import { parseConsent } from './consent-ask.ts';
import { confirmed, parseRestore } from './restore-ask.ts';
import { parseReview } from './review-ask.ts';
import { parseRules } from './rules-ask.ts';
import { limitsIn, parseTerms, readMachine, split, takeDuration } from './terms.ts';
import { tidy } from './text.ts';

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

/**
 * Reads what stands behind `/jit` (a leading `/jit` is dropped), with the names that sources have. Throws a JitError that says
 * what to write instead.
 */
export function parseCommand(text: string, names: SourceNames): Command {
  const { words, reason } = split(text);
  const verb = (words[0] ?? 'help').toLowerCase();
  const rest = words.slice(1);
  switch (verb) {
    case 'request':
    case 'open':
      return rest.length === 0 && reason === undefined
        ? { verb: 'request' }
        : { verb: 'request', ask: parseAsk(rest, reason, names) };
    case 'break-glass':
      return rest.length === 0 && reason === undefined
        ? { verb }
        : { verb, ask: parseGlass(rest, (words) => parseAsk(words, reason, names)) };
    case 'list':
      return { verb, ...(rest[0]?.toLowerCase() === ALL ? { all: true } : {}) };
    case 'help':
    case 'recommend':
    case 'lockdowns':
    case 'machines':
    case 'doctor':
    case 'whoami':
    case 'reviews':
      return { verb };
    case 'review':
      return parseReview(rest, reason);
    case 'drill':
      return { verb, ...(rest[0] === undefined ? {} : { machine: rest[0] }) };
    case 'link':
      if (rest[0]?.toLowerCase() === 'list') return { verb: 'links' };
      return { verb, ...(rest.length === 0 ? {} : { code: rest.join('') }) };
    case 'unlink':
      return { verb, ...which(rest) };
    case 'unprotect':
      return { verb, machine: readMachine(rest) };
    case 'explain':
      return { verb, ...readAsk(rest, names), ...(reason ? { justification: reason } : {}) };
    case 'why':
      return { verb, ...parseWhy(rest, names) };
    case 'restore':
      return { verb, ...parseRestore(readMachine(rest), rest.slice(1)) };
    case 'consent':
      return { verb, ...parseConsent(rest) };
    case 'rules':
      return { verb, ...parseRules(rest) };
    case 'protect':
      return { verb, ...parseProtect(rest, names) };
    case 'revoke':
    case 'close':
      return rest[0]?.toLowerCase() === ALL
        ? { verb: 'close all', ...confirmed(rest), ...because(reason) }
        : { verb: 'revoke', ...which(rest), ...because(reason) };
    case 'show':
      return { verb, ...which(rest) };
    case 'withdraw':
    case 'approve':
    case 'deny':
      return { verb, ...which(rest), ...because(reason) };
    case 'extend':
      return { verb, ...parseExtend(rest), ...because(reason) };
    default:
      throw new JitError('unknownCommand', { word: tidy(words[0] ?? '', 40) });
  }
}

function parseAsk(words: readonly string[], reason: string | undefined, names: SourceNames): Ask {
  const ask = readAsk(words, names);
  if (!reason) throw new JitError('missingReason');
  return { ...ask, justification: reason };
}

function readAsk(words: readonly string[], names: SourceNames): Omit<Ask, 'justification'> {
  const machine = readMachine(words);
  const { sources, ...terms } = parseTerms(words.slice(1), (word) => [readAskedSource(word, names)]);
  const [source, second] = sources;
  if (second !== undefined) throw new JitError('severalSources', { sources: sources.join(' and ') });
  return { machine, ...terms, ...(source === undefined ? {} : { source }) };
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
