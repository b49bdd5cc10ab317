import { JitError } from '../errors/errors.ts';
import { type Port, parsePort, portText, uniquePorts } from '../rule/port.ts';
import { isGroup, type SourceNames, sourceText } from '../rule/source.ts';
import { readSources } from './asked-source.ts';
import type { PortLimits } from './command.ts';
import { durationText, parseDuration } from './duration.ts';
import { tidy } from './text.ts';

/** The longest justification or reason that is kept, in characters. */
export const LONGEST_REASON = 500;

const KEYWORDS = new Set(['for', 'from', 'because', 'port', 'ports']);

/** Reads `22, 3389 from 203.0.113.0/24 for 3h`. Limits of no port are refused: the usual ones may have others by choice. */
export function readLimits(text: string, names: SourceNames): PortLimits {
  return limitsIn(split(text).words, names);
}

export function limitsIn(words: readonly string[], names: SourceNames): PortLimits {
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
export function split(text: string): { readonly words: readonly string[]; readonly reason?: string } {
  const flat = tidy(text, 4_000).replace(/^\/?jit\b\s*/i, '');
  const at = / because\b| because$/i.exec(` ${flat}`);
  const head = at ? ` ${flat}`.slice(0, at.index) : flat;
  const words = (head.match(/"[^"]*"|“[^”]*”|\S+/g) ?? []).map((word) => word.replace(/^["“]|["”]$/g, ''));
  return at ? { words, reason: tidy(` ${flat}`.slice(at.index + ' because'.length), LONGEST_REASON) } : { words };
}

export function readMachine([machine]: readonly string[]): string {
  if (!machine || KEYWORDS.has(machine.toLowerCase())) throw new JitError('missingMachine');
  return machine;
}

/**
 * `[ports] [for 2h] [from <cidr> [or <cidr>]]`, in any order. `others` reads what else may stand there: how many words from one on
 * are its own.
 */
export function parseTerms(
  rest: readonly string[],
  read: (word: string) => readonly string[],
  others: (words: readonly string[], from: number) => number = () => 0,
): PortLimits {
  const ports: Port[] = [];
  let forMs: number | undefined;
  const sources: string[] = [];
  for (let i = 0; i < rest.length; i += 1) {
    const own = others(rest, i);
    if (own > 0) {
      i += own - 1;
      continue;
    }
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

/** `2h`, but also `2 hours` and `1 h 30 min`: up to four words. */
export function takeDuration(words: readonly string[], from: number): { readonly ms: number; readonly words: number } {
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
