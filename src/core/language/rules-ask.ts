import { JitError } from '../errors/errors.ts';
import { tidy } from './text.ts';

/** `rules`, `rules approve 3f2a90bc11de`, `rules reject 3f2a90bc11de`, as typed. */
export interface RulesAsk {
  /** Absent: show them. */
  readonly verdict?: 'approve' | 'reject';
  readonly code?: string;
}

/** `unknownCommand`, `noSuchRules`. */
export function parseRules([word, code]: readonly string[]): RulesAsk {
  if (word === undefined) return {};
  const verdict = word.toLowerCase();
  if (verdict !== 'approve' && verdict !== 'reject')
    throw new JitError('unknownCommand', { word: tidy(`rules ${word}`, 40) });
  if (code === undefined) throw new JitError('noSuchRules', { code: '' });
  return { verdict, code };
}
