import { JitError } from '../errors/errors.ts';
import type { Ask } from './command.ts';
import { startWords } from './start-ask.ts';
import { tidy } from './text.ts';

/** What a request may say besides: `at 18:00`. */
export class LaterTerms {
  #start: string | undefined;

  /** How many words from this one on it took. Throws `malformedStart`. */
  take(words: readonly string[], from: number): number {
    const count = startWords(words, from);
    if (count === 0) return 0;
    const typed = words.slice(from, from + Math.max(2, count)).join(' ');
    if (count === 1 || this.#start !== undefined) throw new JitError('malformedStart', { word: tidy(typed, 60) });
    this.#start = typed;
    return count;
  }

  said(): Pick<Ask, 'start'> {
    return this.#start === undefined ? {} : { start: this.#start };
  }
}
