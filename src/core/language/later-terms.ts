import { JitError } from '../errors/errors.ts';
import type { Ask } from './command.ts';
import { startWords } from './start-ask.ts';
import { tidy } from './text.ts';

/** What a request may say besides: `at 18:00`, `for @sam`. */
export class LaterTerms {
  #start: string | undefined;
  #whom: string | undefined;

  /** How many words from this one on it took. Throws `malformedStart`, `severalPeople`. */
  take(words: readonly string[], from: number): number {
    if (words[from]?.toLowerCase() === 'for' && isSomebody(words[from + 1])) {
      if (this.#whom !== undefined) throw new JitError('severalPeople');
      this.#whom = words[from + 1]?.replace(/,$/, '') ?? '';
      return 2;
    }
    const count = startWords(words, from);
    if (count === 0) return 0;
    const typed = words.slice(from, from + Math.max(2, count)).join(' ');
    if (count === 1 || this.#start !== undefined) throw new JitError('malformedStart', { word: tidy(typed, 60) });
    this.#start = typed;
    return count;
  }

  said(): Pick<Ask, 'start' | 'whom'> {
    return {
      ...(this.#start === undefined ? {} : { start: this.#start }),
      ...(this.#whom === undefined ? {} : { whom: this.#whom }),
    };
  }
}

/** A mention of either chat, an id or a name with an `@` before it, or an e-mail address: never what may be a time. */
function isSomebody(word = ''): boolean {
  return /^(?:<@[^>]+>|@\S.*|[^\s@]+@[^\s@]+\.[^\s@]+),?$/.test(word);
}
