import { describe, expect, it } from 'vitest';
import { commas, lasting, or, say } from '../../src/core/language/say.ts';
import { ENGLISH, type Phrase, phrased, type Tongue } from '../../src/core/language/text.ts';
import { TONGUES, tongueOf } from '../../src/core/words/tongues.ts';

const HEBREW = 'שרת-1';
/** A made-up tongue with plurals that English does not have. */
const POLISH: Tongue = {
  ...ENGLISH,
  locale: 'pl-PL',
  of: (english) =>
    english === '{0} others' ? '{0, plural, one {# inna} few {# inne} many {# innych} other {# innej}}' : undefined,
};

describe('a sentence with what is filled in', () => {
  it.each<[string, Phrase, string, string]>([
    ['a string', say`Access to ${'web-1'}`, 'Access to web-1', 'Access to web-1'],
    ['another sentence', say`${say`policy ${'a'}`} says no`, 'policy a says no', 'Richtlinie a says no'],
    ['how long', say`${lasting(5_400_000)}`, '1 h 30 min', '1 h 30 min'],
    ['a list of names', say`${or(['Ada', 'Grace', 'Sam'])}`, 'Ada, Grace or Sam', 'Ada, Grace oder Sam'],
    ['parts of a list', say`${commas([22, say`port ${443}`])}`, '22, port 443', '22, Port 443'],
    ['an empty list', say`a${[]}b`, 'ab', 'ab'],
  ])('takes %s', (_, phrase, english, german) => {
    expect(phrased(phrase)).toBe(english);
    expect(phrased(phrase, TONGUES.de)).toBe(german);
  });

  it('counts as the language does', () => {
    expect([1, 3, 5, 1.5].map((count) => phrased(say`${count} others`, POLISH))).toEqual([
      '1 inna',
      '3 inne',
      '5 innych',
      '1,5 innej',
    ]);
  });

  it('isolates what is read from right to left, and nothing else; never in a command', () => {
    expect(phrased(say`Access to ${HEBREW}`)).toBe(`Access to \u2068${HEBREW}\u2069`);
    expect(phrased(say`Type \`/jit why ${HEBREW}\``)).toBe(`Type \`/jit why ${HEBREW}\``);
    expect(phrased(say`Access to ${'wéb-1'}`)).toBe('Access to wéb-1');
  });

  it('says what no catalogue has in English', () => {
    expect(phrased(say`nobody translated ${1}`, TONGUES.de)).toBe('nobody translated 1');
  });
});

it.each([
  ['de-DE', 'de'],
  ['de_AT.UTF-8', 'de'],
  ['DE', 'de'],
  ['en-US', 'en'],
  ['fr-FR', undefined],
  ['deu', undefined],
  ['', undefined],
  [undefined, undefined],
])('%s is spoken as %s', (locale, language) => {
  expect(tongueOf(locale)?.language).toBe(language);
});
