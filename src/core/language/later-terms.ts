import { JitError } from '../errors/errors.ts';
import { parsePort } from '../rule/port.ts';
import type { Ask } from './command.ts';
import { startWords } from './start-ask.ts';
import { readMachine } from './terms.ts';
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

/** So many machines one command requests at most. */
export const MOST_MACHINES = 10;

/** `web-1, web-2 22 …`: what stands behind a comma is a machine as well, unless it is a port. Throws `missingMachine`, `tooManyAsked`. */
export function readMachines(words: readonly string[]): {
  readonly machines: readonly [string, ...string[]];
  readonly rest: readonly string[];
} {
  let count = 1;
  const goesOn = (word = '', next = '') => word.endsWith(',') || next.startsWith(',');
  while (count < words.length && goesOn(words[count - 1], words[count]) && !isPort(words[count])) count += 1;
  const named = words.slice(0, count).flatMap((word) => word.split(','));
  const [first, ...others] = [...new Set(named.filter((word) => word !== ''))];
  const machine = readMachine(first === undefined ? [] : [first]);
  if (others.length >= MOST_MACHINES) throw new JitError('tooManyAsked', { most: MOST_MACHINES });
  return { machines: [machine, ...others.map((other) => readMachine([other]))], rest: words.slice(count) };
}

function isPort(word = ''): boolean {
  return word.split(',').every((part) => part === '' || parsePort(part) !== undefined);
}

/** A mention of either chat, an id or a name with an `@` before it, or an e-mail address: never what may be a time. */
function isSomebody(word = ''): boolean {
  return /^(?:<@[^>]+>|@\S.*|[^\s@]+@[^\s@]+\.[^\s@]+),?$/.test(word);
}
