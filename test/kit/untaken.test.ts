import { expect, it } from 'vitest';
import { waitAskedFor } from '../../src/kit/untaken.ts';

const now = () => Date.parse('2025-11-24T10:00:00Z');
const IN_A_MINUTE = 'Mon, 24 Nov 2025 10:01:00 GMT';

it.each([
  ['seconds', { 'retry-after': '120' }, 120_000],
  ['none', { 'retry-after': '0' }, 0],
  ['a date', { 'retry-after': IN_A_MINUTE }, 60_000],
  ['a date, by the clock of the host', { 'retry-after': IN_A_MINUTE, date: 'Mon, 24 Nov 2025 10:00:30 GMT' }, 30_000],
  ['a date, beside a clock that is none', { 'retry-after': IN_A_MINUTE, date: 'now' }, 60_000],
  ['a date of old', { 'retry-after': 'Mon, 24 Nov 2025 09:00:00 GMT' }, 0],
  ['nothing', {}, undefined],
  ['words', { 'retry-after': 'soon' }, undefined],
  ['less than nothing', { 'retry-after': '-5' }, undefined],
  ['half of a second', { 'retry-after': '0.5' }, undefined],
  ['what no number holds', { 'retry-after': '9'.repeat(400) }, undefined],
] as const)('Retry-After: %s', (_, headers, waitMs) => {
  expect(waitAskedFor(headers, now)).toBe(waitMs);
});
