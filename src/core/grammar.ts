import { parseDuration } from './duration.ts';
import { JitError } from './errors.ts';
import { type Port, parsePort, uniquePorts } from './port.ts';
import { parseSource } from './source.ts';
import { tidy } from './text.ts';

/** The longest justification or reason that is kept, in characters. */
export const LONGEST_REASON = 500;

export type Command =
  | { readonly verb: 'request'; readonly ask?: Ask }
  | { readonly verb: 'list' | 'help' | 'recommend' }
  | { readonly verb: 'protect'; readonly machine: string; readonly limits?: Limits }
  | { readonly verb: 'unprotect'; readonly machine: string }
  | { readonly verb: 'revoke' | 'withdraw' | 'approve'; readonly which?: string; readonly reason?: string }
  | { readonly verb: 'deny'; readonly which?: string; readonly reason?: string }
  | { readonly verb: 'extend'; readonly which?: string; readonly forMs?: number; readonly reason?: string };

/** `protect <machine> <ports> [from <cidr>] [for 3h]`: what may be asked for at these ports, as typed. */
export interface Limits {
  readonly ports: readonly Port[];
  readonly source?: string;
  readonly forMs?: number;
}

/** `request <machine> [ports] [for 2h] [from <cidr>] because <reason>`, as typed. */
export interface Ask {
  readonly machine: string;
  /** Empty: the policy's first port. */
  readonly ports: readonly Port[];
  readonly forMs?: number;
  readonly source?: string;
  readonly justification: string;
}

const KEYWORDS = new Set(['for', 'from', 'because', 'port', 'ports']);

/** Reads what stands behind `/jit` (a leading `/jit` is dropped). Throws a JitError that says what to write instead. */
export function parseCommand(text: string): Command {
  const { words, reason } = split(text);
  const verb = (words[0] ?? 'help').toLowerCase();
  const rest = words.slice(1);
  switch (verb) {
    case 'request':
    case 'open':
      return rest.length === 0 && reason === undefined
        ? { verb: 'request' }
        : { verb: 'request', ask: parseAsk(rest, reason) };
    case 'list':
    case 'help':
    case 'recommend':
      return { verb };
    case 'unprotect':
      return { verb, machine: readMachine(rest) };
    case 'protect': {
      const machine = readMachine(rest);
      const terms = rest.slice(1);
      return terms.length > 0 ? { verb, machine, limits: readLimits(terms.join(' ')) } : { verb, machine };
    }
    case 'revoke':
    case 'close':
      return { verb: 'revoke', ...which(rest), ...because(reason) };
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
export function readLimits(text: string): Limits {
  const limits = parseTerms(split(text).words);
  if (limits.ports.length === 0) throw new JitError('missingPorts');
  return limits;
}

/** Everything behind the first `because` is the reason, whatever it holds. */
function split(text: string): { readonly words: readonly string[]; readonly reason?: string } {
  const flat = tidy(text, 4_000).replace(/^\/?jit\b\s*/i, '');
  const at = / because\b| because$/i.exec(` ${flat}`);
  const head = at ? ` ${flat}`.slice(0, at.index) : flat;
  const words = (head.match(/"[^"]*"|“[^”]*”|\S+/g) ?? []).map((word) => word.replace(/^["“]|["”]$/g, ''));
  return at ? { words, reason: tidy(` ${flat}`.slice(at.index + ' because'.length), LONGEST_REASON) } : { words };
}

function parseAsk(words: readonly string[], reason: string | undefined): Ask {
  const machine = readMachine(words);
  const terms = parseTerms(words.slice(1));
  if (!reason) throw new JitError('missingReason');
  return { machine, ...terms, justification: reason };
}

function readMachine([machine]: readonly string[]): string {
  if (!machine || KEYWORDS.has(machine.toLowerCase())) throw new JitError('missingMachine');
  return machine;
}

/** `[ports] [for 2h] [from <cidr>]`, in any order. */
function parseTerms(rest: readonly string[]): Limits {
  const ports: Port[] = [];
  let forMs: number | undefined;
  let source: string | undefined;
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
        source = readSource(rest[i] ?? '');
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
    ...(forMs === undefined ? {} : { forMs }),
    ...(source === undefined ? {} : { source }),
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

export function readSource(word: string): string {
  const source = parseSource(word);
  if (!source) throw new JitError('malformedSource', { word: tidy(word, 60) });
  return source;
}

function which(words: readonly string[]): { which?: string } {
  return words[0] === undefined ? {} : { which: words[0] };
}

function because(reason: string | undefined): { reason?: string } {
  return reason ? { reason } : {};
}
