import { LONGEST_REASON } from './terms.ts';
import { tidy } from './text.ts';

/** `ask <id> <words>` and `answer <id> <words>`: all that stands behind the ID, whatever it holds. */
export function parseWords(text: string): { readonly which?: string; readonly words?: string } {
  const flat = tidy(text, 4_000).replace(/^\/?jit\b\s*/i, '');
  const [, which, words] = /^\S+\s+(\S+)(?:\s+(.+))?$/.exec(flat) ?? [];
  return {
    ...(which === undefined ? {} : { which }),
    ...(words === undefined ? {} : { words: tidy(words, LONGEST_REASON) }),
  };
}
