import { JitError } from '../errors/errors.ts';
import type { LockdownWay } from '../machine/lockdown.ts';
import { type Port, parsePort, portText, uniquePorts } from '../rule/port.ts';
import { isGroup, type SourceNames, sourceText } from '../rule/source.ts';
import { type BASTION, readAskedSource, readSources } from './asked-source.ts';
import { type ConsentAsk, parseConsent } from './consent-ask.ts';
import { durationText, parseDuration } from './duration.ts';
import { confirmed, parseRestore, type RestoreAsk } from './restore-ask.ts';
import { tidy } from './text.ts';

/** The longest justification or reason that is kept, in characters. */
export const LONGEST_REASON = 500;

export type Command =
  | { readonly verb: 'request'; readonly ask?: Ask }
  | { readonly verb: 'list'; readonly all?: true }
  | { readonly verb: 'help' | 'recommend' | 'lockdowns' | 'machines' | 'doctor' | 'whoami' }
  | { readonly verb: 'close all'; readonly confirm?: string; readonly reason?: string }
  | ({ readonly verb: 'protect' } & ProtectAsk)
  | { readonly verb: 'unprotect'; readonly machine: string }
  | { readonly verb: 'drill'; readonly machine?: string }
  | ({ readonly verb: 'why' } & WhyAsk)
  | ({ readonly verb: 'explain' } & ExplainAsk)
  | ({ readonly verb: 'restore' } & RestoreAsk)
  | ({ readonly verb: 'consent' } & ConsentAsk)
  | { readonly verb: 'revoke' | 'withdraw'; readonly which?: string; readonly reason?: string }
  | { readonly verb: 'approve' | 'deny'; readonly which?: string; readonly reason?: string }
  | { readonly verb: 'extend'; readonly which?: string; readonly forMs?: number; readonly reason?: string };

/** `protect web-1, web-2 usual`, `protect tag:env=prod 22 from 203.0.113.0/24 for 3h`, as typed. */
export interface ProtectAsk {
  /** Names and ids, `tag:<key>=<value>`, or `not-configured`: one at least. */
  readonly which: readonly string[];
  /** Absent: show the form. */
  readonly ports?: 'usual' | PortLimits;
  /** What becomes of others' rules that open these ports. Absent: show them and ask, if there are any. */
  readonly standing?: LockdownWay | 'leave';
  /** Although another product opens the machine on request. */
  readonly anyway?: true;
  /** The code of the page that showed what will change. */
  readonly confirm?: string;
}

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

/** `why <machine> [port] [from <source>]`: can this packet get in now? */
export interface WhyAsk {
  readonly machine: string;
  /** Absent: the first one that is protected. */
  readonly port?: Port;
  /** Absent: the source of the person's last request. */
  readonly source?: string;
}

/** `<ports> [from <cidr> [or <cidr>]] [for 3h]`: what may be asked for at these ports, as typed. */
export interface PortLimits {
  readonly ports: readonly Port[];
  /** Empty: any. */
  readonly sources: readonly string[];
  readonly forMs?: number;
}

/** `request <machine> [ports] [for 2h] [from <cidr>] because <reason>`, as typed. */
export interface Ask {
  readonly machine: string;
  /** Empty: the policy's first port. */
  readonly ports: readonly Port[];
  readonly forMs?: number;
  /** A canonical prefix, the name of a source, or the subnet of the Azure Bastion that reaches the machine. */
  readonly source?: string | typeof BASTION;
  readonly justification: string;
}

/** `explain <machine> [ports] [for 2h] [from <source>]`: what would become of such a request? */
export type ExplainAsk = Omit<Ask, 'justification'> & { readonly justification?: string };

/** The word for everything that is open, whoever's it is. */
const ALL = 'all';

const KEYWORDS = new Set(['for', 'from', 'because', 'port', 'ports']);

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
    case 'list':
      return { verb, ...(rest[0]?.toLowerCase() === ALL ? { all: true } : {}) };
    case 'help':
    case 'recommend':
    case 'lockdowns':
    case 'machines':
    case 'doctor':
    case 'whoami':
      return { verb };
    case 'drill':
      return { verb, ...(rest[0] === undefined ? {} : { machine: rest[0] }) };
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
    case 'protect':
      return { verb, ...parseProtect(rest, names) };
    case 'revoke':
    case 'close':
      return rest[0]?.toLowerCase() === ALL
        ? { verb: 'close all', ...confirmed(rest), ...because(reason) }
        : { verb: 'revoke', ...which(rest), ...because(reason) };
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

/** Reads `22, 3389 from 203.0.113.0/24 for 3h`. Limits of no port are refused: the usual ones may have others by choice. */
export function readLimits(text: string, names: SourceNames): PortLimits {
  return limitsIn(split(text).words, names);
}

function limitsIn(words: readonly string[], names: SourceNames): PortLimits {
  const limits = parseTerms(words, (word) => readSources(word, names));
  const group = limits.sources.find(isGroup);
  if (group !== undefined) throw new JitError('groupInProtection', { source: sourceText(group) });
  if (limits.ports.length === 0) throw new JitError('missingPorts');
  return limits;
}

/** Limits as they are typed. */
export function limitsText({ ports, sources, forMs }: PortLimits): string {
  return [
    ports.map(portText).join(', '),
    ...(sources.length > 0 ? [`from ${sources.map(sourceText).join(' or ')}`] : []),
    ...(forMs === undefined ? [] : [`for ${durationText(forMs)}`]),
  ].join(' ');
}

/** Everything behind the first `because` is the reason, whatever it holds. */
function split(text: string): { readonly words: readonly string[]; readonly reason?: string } {
  const flat = tidy(text, 4_000).replace(/^\/?jit\b\s*/i, '');
  const at = / because\b| because$/i.exec(` ${flat}`);
  const head = at ? ` ${flat}`.slice(0, at.index) : flat;
  const words = (head.match(/"[^"]*"|“[^”]*”|\S+/g) ?? []).map((word) => word.replace(/^["“]|["”]$/g, ''));
  return at ? { words, reason: tidy(` ${flat}`.slice(at.index + ' because'.length), LONGEST_REASON) } : { words };
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

function readMachine([machine]: readonly string[]): string {
  if (!machine || KEYWORDS.has(machine.toLowerCase())) throw new JitError('missingMachine');
  return machine;
}

/** `[ports] [for 2h] [from <cidr> [or <cidr>]]`, in any order. */
function parseTerms(rest: readonly string[], read: (word: string) => readonly string[]): PortLimits {
  const ports: Port[] = [];
  let forMs: number | undefined;
  const sources: string[] = [];
  for (let i = 0; i < rest.length; i += 1) {
    const word = rest[i] ?? '';
    switch (word.toLowerCase()) {
      case 'for': {
        const taken = takeDuration(rest, i + 1);
        forMs = taken.ms;
        i += taken.words;
        break;
      }
      case 'from':
        i += 1;
        if (rest[i] === undefined) throw new JitError('missingSource');
        sources.push(...read(rest[i] ?? ''));
        while (rest[i + 1]?.toLowerCase() === 'or') {
          i += 2;
          sources.push(...read(rest[i] ?? ''));
        }
        break;
      case 'port':
      case 'ports':
      case 'and':
        break;
      default:
        for (const part of word.split(',').filter((p) => p !== '')) ports.push(...readPort(part));
    }
  }
  return {
    ports: uniquePorts(ports),
    sources: [...new Set(sources)],
    ...(forMs === undefined ? {} : { forMs }),
  };
}

function parseExtend(words: readonly string[]): { which?: string; forMs?: number } {
  const at = words.findIndex((word) => /^(?:for|by)$/i.test(word));
  const forMs = at < 0 ? undefined : takeDuration(words, at + 1).ms;
  const head = at < 0 ? words : words.slice(0, at);
  return { ...which(head), ...(forMs === undefined ? {} : { forMs }) };
}

/** `2h`, but also `2 hours` and `1 h 30 min`: up to four words. */
function takeDuration(words: readonly string[], from: number): { readonly ms: number; readonly words: number } {
  for (let count = Math.min(4, words.length - from); count > 0; count -= 1) {
    const ms = parseDuration(words.slice(from, from + count).join(' '));
    if (ms !== undefined) return { ms, words: count };
  }
  throw new JitError('malformedDuration', { word: tidy(words[from] ?? words[from - 1] ?? '', 40) });
}

export function readPort(word: string): readonly Port[] {
  const ports = parsePort(word);
  if (!ports) throw new JitError('malformedPort', { word: tidy(word, 40) });
  return ports;
}

function which(words: readonly string[]): { which?: string } {
  return words[0] === undefined ? {} : { which: words[0] };
}

function because(reason: string | undefined): { reason?: string } {
  return reason ? { reason } : {};
}
