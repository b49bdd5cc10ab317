import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Proofs, rowsOf, unproven } from './proven.ts';

const read = (file: string) => readFileSync(fileURLToPath(new URL(file, import.meta.url)), 'utf8');
const page = read('../../SECURITY.md');

/** What a section says: its paragraphs and items, each in one line. */
const saidIn = (heading: string) =>
  (page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '')
    .split(/\n\n|\n(?=- |\d\. )/)
    .map((text) => text.trim().replaceAll(/\n\s*/g, ' '))
    .filter((text) => text !== '');

/** What counts, each as it is; what is trusted, by its beginning; what each loss costs, by what is lost. */
const statements = [
  ...saidIn('What counts').flatMap((text) => /^\d\. (.+)$/.exec(text)?.[1] ?? []),
  ...saidIn('What Drawbridge trusts').map((text) => /^(?:- )?(.+?)(?:,|\.(?: |$))/.exec(text)?.[1] ?? text),
  ...rowsOf(page),
];

/** No test of the program could show these. */
const NOT_OURS = ['The simulators and the demo are for loopback only', 'a cloud’s own administrators'];

describe('SECURITY.md', () => {
  it('says of the program what a test shows', () => {
    const proofs: Proofs = JSON.parse(read('security.json'));
    expect(NOT_OURS.filter((one) => !statements.includes(one))).toEqual([]);
    const own = statements.filter((one) => !NOT_OURS.includes(one));
    expect(unproven(own, proofs, 'test/docs/security.json')).toEqual([]);
  });
});
