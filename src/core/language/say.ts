import { aboutMs } from './duration.ts';
import type { Lasting, Phrase, Saying, Series, Value } from './text.ts';

/**
 * A sentence of ours, or a part of one, with what is filled in: say`${person} asks for ${machine}`. Its English, numbered, is
 * what catalogues know it by; see docs/languages.md.
 */
export function say(parts: TemplateStringsArray, ...values: readonly Value[]): Saying {
  return { say: englishOf(parts), with: Object.fromEntries(values.entries()) };
}

/** By the place in the source: the same one gives the same object each time. */
const englishes = new WeakMap<TemplateStringsArray, string>();

function englishOf(parts: TemplateStringsArray): string {
  const known = englishes.get(parts);
  if (known !== undefined) return known;
  const english = parts.reduce((key, part, i) => `${key}{${i - 1}}${part}`);
  englishes.set(parts, english);
  return english;
}

/** How long: `1 h 30 min` in English. */
export function lasting(ms: number): Lasting {
  return { ms };
}

/** The same for people who wait, as aboutText rounds it. */
export function about(ms: number): Lasting {
  return { ms: aboutMs(ms) };
}

/** `Ada, Grace and Sam`. */
export function and(all: readonly Value[]): Series {
  return { all, by: 'and' };
}

/** `Ada, Grace or Sam`. */
export function or(all: readonly Value[]): Series {
  return { all, by: 'or' };
}

/** `22 (SSH), 3389 (RDP)`. */
export function commas(all: readonly Value[]): Series {
  return { all, by: ', ' };
}

/** `at most 4 h in all; hours`. */
export function semicolons(all: readonly Value[]): Series {
  return { all, by: '; ' };
}

/** A heading that stands in another one: the English that catalogues know it by, as a sentence. */
export function headed(heading: Phrase): Saying {
  return typeof heading === 'string' ? { say: heading, with: {} } : heading;
}
