import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ERRORS } from '../../src/core/errors/errors.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = readFileSync(join(ROOT, 'docs/troubleshooting.md'), 'utf8');
const rows = PAGE.split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| you see'));

/** What others say, and Drawbridge does not. */
const OF_OTHERS = ['quotes', 'dispatch_failed', 'operation_timeout', 'with the same name already exists'];
const SOURCES = globSync('{src,adapters}/**/*.ts', { cwd: ROOT })
  .map((file) => readFileSync(join(ROOT, file), 'utf8'))
  .join('\n');
const SENTENCES = Object.values(ERRORS).flatMap(({ say, hint }) => [say, hint]);

/** The quote as an expression: `…` stands for anything, and so do placeholders. */
function saidIn(quote: string, text: string): boolean {
  const parts = quote.split('…').map((part) => part.trim().replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(parts.join('[^\\n]*'), 's').test(text);
}

const CODES = [...PAGE.matchAll(/`([a-z]+[A-Z][A-Za-z]*)`(?=[,)])/g)].map(([, code = '']) => code);
const QUOTES = [...PAGE.matchAll(/“([^”]+)”/g)]
  .map(([, quote = '']) => quote)
  .filter((one) => !OF_OTHERS.includes(one));

it('names codes that there are', () => {
  expect(CODES.length).toBeGreaterThan(30);
  expect(CODES.filter((code) => !Object.hasOwn(ERRORS, code))).toEqual([]);
});

it.each(QUOTES)('quotes Drawbridge’s own words: “%s”', (quote) => {
  expect(SENTENCES.some((sentence) => saidIn(quote, sentence)) || saidIn(quote, SOURCES)).toBe(true);
});

it('gives a code that says what is quoted in the same cell', () => {
  const wrong = rows.flatMap((row) => {
    const [, cell = ''] = row.split(' | ')[0]?.split('| ') ?? [];
    const codes = [...cell.matchAll(/`([a-z]+[A-Z][A-Za-z]*)`/g)].map(([, code = '']) => code);
    const quotes = [...cell.matchAll(/“([^”]+)”/g)].map(([, quote = '']) => quote);
    const said = codes.flatMap((code) =>
      Object.hasOwn(ERRORS, code) ? [ERRORS[code as keyof typeof ERRORS].say] : [],
    );
    return said.length > 0 && quotes.some((quote) => !said.some((one) => saidIn(quote, one))) ? [cell] : [];
  });
  expect(wrong).toEqual([]);
});

it('would tell words that nobody says', () => {
  expect(saidIn('Nobody … says this', SOURCES)).toBe(false);
  expect(saidIn('There is no applicable policy for …', ERRORS.noPolicy.say)).toBe(true);
});
