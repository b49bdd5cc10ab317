import { durationText } from '../language/duration.ts';
import type { Tongue } from '../language/text.ts';
import words from './de.json' with { type: 'json' };

const WORDS: ReadonlyMap<string, string> = new Map(Object.entries(words));

/** In the words of people who know the subject; commands, settings and codes stay as they are typed. */
export const GERMAN: Tongue = {
  language: 'de',
  locale: 'de-DE',
  of: (english) => WORDS.get(english),
  // `1 h 30 min`: the signs of units are the same.
  durationText,
  keepsCapitals: true,
};
