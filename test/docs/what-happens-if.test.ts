import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Proofs, rowsOf, unproven } from './proven.ts';

const read = (file: string) => readFileSync(fileURLToPath(new URL(file, import.meta.url)), 'utf8');
const page = rowsOf(read('../../docs/what-happens-if.md'));

describe('docs/what-happens-if.md', () => {
  it('has no row twice', () => {
    expect(page.filter((row, i) => page.indexOf(row) !== i)).toEqual([]);
  });

  it('has a test behind each row', () => {
    const proofs: Proofs = JSON.parse(read('what-happens-if.json'));
    expect(unproven(page, proofs, 'test/docs/what-happens-if.json')).toEqual([]);
  });
});

describe('a statement without a test', () => {
  const of = (...tests: readonly string[]) => unproven(['it rains'], { 'it rains': tests }, 'the table');
  const HERE = 'test/docs/what-happens-if.test.ts';

  it('is told, with what to do', () => {
    expect(unproven(['it rains'], {}, 'the table')).toEqual([
      '“it rains” has no test: read or write one that shows all of it, and name it in the table',
    ]);
    expect(unproven([], { 'it rains': [`${HERE}: has no row twice`] }, 'the table')).toEqual([
      '“it rains” is said no more: take it out of the table, or give it its new words there',
    ]);
  });

  it.each([
    ['a test that is not there', `${HERE}: has every row twice`],
    ['a part of its title', `${HERE}: has no row`],
    ['a group of tests', `${HERE}: a statement without a test`],
    ['a file that is not there', 'test/docs/what-happens-then.test.ts: is told'],
    ['a file alone', HERE],
    ['a transcript that is not there', 'test/scenarios/rain.txt'],
    ['a file of the program', 'src/main.ts'],
  ])('is one with %s', (_, test) => {
    expect(of(test)).toEqual([`“it rains”: no test ${test}`]);
  });

  it('is one with what is run before a release alone', () => {
    expect(of('test/long/failover.test.ts: the primary was demoted by hand, with the connection kept')).toEqual([
      '“it rains” is tested by npm run test:long alone',
    ]);
  });

  it('is none with a test by its title, whatever is in it, or with a transcript', () => {
    expect(of(`${HERE}: is one with %s`, `${HERE}: is told, with what to do`, 'test/scenarios/twice.txt')).toEqual([]);
  });
});
