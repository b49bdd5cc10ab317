import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));
const pages = readdirSync(DOCS).filter((name) => name.endsWith('.md'));
const textOf = (name: string) => readFileSync(`${DOCS}${name}`, 'utf8');

it.each(pages.filter((name) => /unverified/i.test(textOf(name))))(
  'docs/%s, which says that something was not tried, says how to',
  (name) => {
    expect(textOf(name)).toMatch(/to (?:verify|try it)\b|npm audit/i);
  },
);

it('some pages say so', () => {
  expect(pages.filter((name) => /unverified/i.test(textOf(name))).length).toBeGreaterThan(10);
});
