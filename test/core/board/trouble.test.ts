import { expect, it } from 'vitest';
import { namedRow } from '../../../src/core/board/names.ts';
import { rowOf } from '../../../src/core/board/row.ts';
import { JitError } from '../../../src/core/errors/errors.ts';
import type { Trouble } from '../../../src/core/request/lease.ts';
import { troubled } from '../../../src/core/request/life.ts';
import { open, pending } from '../../conformance/fixtures.ts';

const LEASE = open(pending('aaaaaaa', 1_000), 1_000);
const shown = (request: Parameters<typeof rowOf>[0]) => namedRow(rowOf(request)).trouble;
const kept = (trouble: Partial<Trouble>) =>
  shown({ ...LEASE, trouble: { code: 'leaver', say: 'x', since: 1, tries: 1, ...trouble } });

it('trouble is told on the board in the sentence of its error, in English, without what to do about it', () => {
  const error = new JitError('leaver', { name: 'Ada Okafor' });
  expect(shown(troubled(LEASE, error, 2_000))).toBe('The account of Ada Okafor is disabled or gone.');
  expect(error.hint).not.toBe('');
  expect(shown(LEASE)).toBeUndefined();
});

it.each<[string, Partial<Trouble>, string]>([
  ['as it was said, where its words were not kept', { say: 'The cloud is busy.' }, 'The cloud is busy.'],
  [
    'as it was said, where its code is none any more',
    { code: 'gone' as 'leaver', words: {}, say: 'It was so.' },
    'It was so.',
  ],
  ['with a place for a word that is lacking', { words: {} }, 'The account of … is disabled or gone.'],
  [
    'on one line, without what turns the text around it',
    { words: { name: 'Ada\n\u202eroot' } },
    'The account of Ada root is disabled or gone.',
  ],
])('trouble is told %s', (_, trouble, text) => {
  expect(kept(trouble)).toBe(text);
});
