import { describe, expect, it } from 'vitest';
import german from '../../src/core/words/de.json' with { type: 'json' };
import { messages } from './messages.ts';
import later from './untranslated.json' with { type: 'json' };

const CATALOGUES: Readonly<Record<string, Readonly<Record<string, string>>>> = { de: german };
const said = messages();

/** What stands in braces, and in code marks: commands and settings are the same in every language. */
function fixed(text: string): readonly string[] {
  const places = [...text.matchAll(/\{(\w+)[},]/g)].map(([, name = '']) => name);
  const codes = [...text.matchAll(/`([^`]*)`/g)].map(([, code = '']) => code.replace(/\{\w+\}/g, '{}'));
  return [...places, ...codes].toSorted();
}

function edges(text: string): string {
  return `${/^\s*/.exec(text)?.[0]}|${/\s*$/.exec(text)?.[0]}`;
}

it('what is said is found in the code', () => {
  expect(said.size).toBeGreaterThan(1_200);
  expect([...said.keys()]).toEqual(
    expect.arrayContaining(['Approve', '{0}: access to {1} was approved by {2}; opening now.']),
  );
});

describe.each(Object.entries(CATALOGUES))('the catalogue of %s', (_, words) => {
  it('has every text that is said, but for those of which it is known that they are English still', () => {
    const missing = [...said.keys()].filter((text) => !(text in words));
    expect(missing.toSorted()).toEqual(later);
  });

  it('has none that nobody says any more', () => {
    expect(Object.keys(words).filter((text) => !said.has(text))).toEqual([]);
  });

  it('fills in the same, and types the same commands', () => {
    const other = Object.entries(words).filter(([text, own]) => fixed(text).join() !== fixed(own).join());
    expect(other).toEqual([]);
  });

  it('begins and ends each with the same blanks, since sentences are put together', () => {
    expect(Object.entries(words).filter(([text, own]) => edges(text) !== edges(own))).toEqual([]);
  });
});
