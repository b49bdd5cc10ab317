import { expect, it } from 'vitest';
import { skeletonOf } from '../../../src/core/language/look.ts';
import { namesApart } from '../../../src/core/language/names-apart.ts';

it.each([
  [
    'web-1',
    'wеb-1',
    'ԝeb-1',
    'WEB-1',
    'web-l',
    'web-I',
    'web-|',
    'web‐1',
    'web⁃1',
    'web—1',
    'web−1',
    'webー1',
    'web一1',
  ],
  ['web-1', 'ᴡᴇʙ-1', 'ʷᵉᵇ-1', '𝐰𝐞𝐛-𝟏', '𝓌ℯ𝒷-1', 'ｗｅｂ-1', 'web\u200b-1', 'web\u00ad-1', 'ꓪꓰꓐ-1', 'ᎳᎬᏴ-1'],
  ['Ada', 'АDА', 'ꓮꓓꓮ', 'ᴀᴅᴀ', 'αda', 'ᵃᵈᵃ', '𝔸𝕕𝕒', 'Аda'],
  ['db-0', 'db-O', 'db-o', 'db-О', 'db-ο', 'db-٥', 'db-〇', 'ԁb-0'],
  ['com', 'corn', 'ϲom', 'ⅽom'],
  ['Ill', 'lll', '111', '|||', 'ІІІ', 'ⅼⅼⅼ', 'ııı', 'iii'],
  ['api·1', 'api•1', 'api・1', 'api‧1', 'api∙1'],
  ['Jörg', 'jo\u0308rg', 'JÖRG'],
])('what looks like %s is told apart', (name, ...others) => {
  for (const other of others) expect(skeletonOf(other), other).toBe(skeletonOf(name));
  const two = others.map((other, i) => ({ id: `aws:i-${i}`, name: other }));
  const apart = namesApart([{ id: 'aws:i-x', name }, ...two]);
  expect(apart({ id: 'aws:i-x', name })).toBe(`${name} (i-x)`);
});

it.each([
  ['web-1', 'web-2'],
  ['Jörg', 'Jorg'],
  ['Zoe', 'Zoë'],
  ['api-10', 'api-01'],
  ['東京', '京東'],
  ['web-1', 'web_1'],
])('%s and %s are not alike', (one, other) => {
  expect(skeletonOf(one)).not.toBe(skeletonOf(other));
});

it('the short way for plain names is the long one', () => {
  // A dot takes the long way.
  for (const letter of 'abcdefghijklmnopqrstuvwxyz0123456789-')
    expect(`${skeletonOf(letter)}.`).toBe(skeletonOf(`${letter}.`));
});
