import { JitError } from '../errors/errors.ts';
import type { SourceNames } from '../rule/source.ts';
import { readAskedSource } from './asked-source.ts';
import type { LessAsk } from './command.ts';
import { parseTerms, split } from './terms.ts';

/** What stands behind the ID; undefined where nothing does. */
export function parseLess(words: readonly string[], names: SourceNames): LessAsk | undefined {
  if (words.length === 0) return undefined;
  const { ports, forMs, sources } = parseTerms(words, (word) => [readAskedSource(word, names)]);
  const [source, second] = sources;
  if (second !== undefined) throw new JitError('severalSources', { sources: sources.join(' and ') });
  return { ports, ...(forMs === undefined ? {} : { forMs }), ...(source === undefined ? {} : { source }) };
}

/** The same with a reason behind `because`, as it is written on a card. */
export function readLess(text: string, names: SourceNames): { readonly less: LessAsk; readonly reason?: string } {
  const { words, reason } = split(text);
  const less = parseLess(words, names);
  if (!less) throw new JitError('missingOffer');
  return { less, ...(reason ? { reason } : {}) };
}
