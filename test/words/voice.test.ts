import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const GERMAN = JSON.parse(readFileSync(new URL('../../src/core/words/de.json', import.meta.url), 'utf8')) as Record<
  string,
  string
>;

/** Two words for one thing, or a reader who is spoken to in some places and not in others. */
const OTHER_VOICE: readonly (readonly [string, RegExp])[] = [
  ['an order to somebody', /[a-zäöü]en Sie\b/],
  [
    'speaks to somebody',
    /\b(?:können|dürfen|sollen|möchten|wenn|dass|damit|falls) Sie\b|\bfür Sie\b|\bIhnen\b|\b[a-zäöüß,]+ Ihre?[mnrs]?\b/,
  ],
  ['familiar', /\b(?:du|dich|dir|dein\w*)\b/i],
  ['another word for a request', /\bAntr[aä]g|beantrag/i],
];

it.each(OTHER_VOICE)('the German texts have one voice: none %s', (_, pattern) => {
  expect(Object.values(GERMAN).filter((text) => pattern.test(text))).toEqual([]);
});
