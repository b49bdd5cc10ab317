import { JitError } from '../errors/errors.ts';
import type { SourceSaid } from './source-words.ts';
import { unknownWord } from './term-words.ts';
import { tidy } from './text.ts';

/** The one source of some terms, or all of them where they are limits: two that differ are a fault, of which the first is kept. */
export class TermSources {
  readonly #faults: JitError[];
  readonly #areLimits: boolean;
  readonly #words: string[] = [];
  #isMe = false;

  constructor(faults: JitError[], areLimits = false) {
    this.#faults = faults;
    this.#areLimits = areLimits;
  }

  /** As they were typed; each can be read. */
  said(): { readonly sources: readonly string[]; readonly isMe?: true } {
    return { sources: this.#words, ...(this.#isMe && this.#words.length === 0 ? { isMe: true } : {}) };
  }

  took({ isMe, word }: SourceSaid): void {
    if (isMe && this.#areLimits) this.#faults.push(unknownWord('me'));
    if (isMe && this.#words.length > 0) this.#several('me');
    if (isMe) this.#isMe = true;
    if (word !== undefined) this.#add(word);
  }

  #add(word: string): void {
    const [first] = this.#words;
    if (this.#areLimits || first === undefined) this.#words.push(word);
    if (this.#areLimits) return;
    if (first === undefined && this.#isMe) this.#several(word, 'me');
    if (first !== undefined && first.toLowerCase() !== word.toLowerCase()) this.#several(word);
  }

  #several(word: string, first = this.#words[0] ?? ''): void {
    this.#faults.push(new JitError('severalSources', { sources: `${first} and ${tidy(word, 60)}` }));
  }
}
