import { JitError } from '../errors/errors.ts';
import type { Ask } from './command.ts';
import { LaterTerms } from './later-terms.ts';
import { startOf, startWords } from './start-ask.ts';

/** A start, or whom it is for, among the terms of a request: `at 18:00`, `on friday 9:00`, `for @sam`. `on web-1` is none. What is wrong with it is a fault like any. */
export class StartTerm {
  readonly #faults: JitError[];
  readonly #later = new LaterTerms();
  #isWrong = false;

  constructor(faults: JitError[]) {
    this.#faults = faults;
  }

  /** How many words from one on it takes. */
  take(words: readonly string[], at: number): number {
    const count = startWords(words, at);
    if (count < 2 && /^on$/i.test(words[at] ?? '')) return 0;
    try {
      const own = this.#later.take(words, at);
      const { start } = this.#later.said();
      // Whether it can be read hangs on no clock.
      if (own > 0 && start !== undefined) startOf(start, 0, 'UTC');
      return own;
    } catch (error) {
      if (!(error instanceof JitError)) throw error;
      this.#faults.push(error);
      // The first person stays.
      if (error.code === 'severalPeople') return 2;
      this.#isWrong = true;
      return Math.max(count === 1 ? 2 : count, 1);
    }
  }

  said(): Pick<Ask, 'start' | 'whom'> {
    return this.#isWrong ? {} : this.#later.said();
  }
}
