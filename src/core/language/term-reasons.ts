import { reasonOf } from './heard.ts';
import { mayBeSomebody, type PurposeSaid } from './purpose.ts';
import type { SaidCommand } from './said.ts';
import type { SaidTerms } from './said-terms.ts';

/** What among some terms can only be a reason, in the order in which it was typed, before what stands behind `because`. */
export class TermReasons {
  readonly #said: SaidCommand;
  readonly #words: string[] = [];
  #rest: string | undefined;
  #somebody: string | undefined;

  constructor(said: SaidCommand) {
    this.#said = said;
  }

  /** A word of its own: a ticket. */
  add(word: string): void {
    this.#words.push(word);
  }

  /** What stands behind `for`, and is no time. */
  for({ text }: PurposeSaid): void {
    const { reason } = this.#said;
    if (mayBeSomebody(text) && (reason || /^\p{Lu}\p{Ll}/u.test(text))) this.#somebody = text;
    this.add(reason ? `${text},` : text);
  }

  /** All that stands there from a word on. */
  from(at: number): void {
    const { tokens, head, reason } = this.#said;
    const first = tokens[at];
    const words = first ? reasonOf(head.slice(first.at)) : '';
    this.#rest = [words, ...(reason ? [reason] : [])].filter((one) => one !== '').join(' ');
  }

  said(): Pick<SaidTerms, 'reason' | 'somebody'> {
    const words = [...this.#words, this.#rest ?? this.#said.reason ?? ''].filter((one) => one !== '').join(' ');
    return {
      ...(this.#words.length === 0 && this.#rest === undefined ? {} : { reason: words }),
      ...(this.#somebody === undefined ? {} : { somebody: this.#somebody }),
    };
  }
}
