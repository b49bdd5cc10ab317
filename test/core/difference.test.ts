import { describe, expect, it } from 'vitest';
import { plain } from '../../src/core/language/text.ts';
import type { Request } from '../../src/core/request/request.ts';
import type { SeenFacts } from '../../src/core/request/seen.ts';
import { differences } from '../../src/core/view/difference.ts';
import { inStatus } from './samples.ts';

const PREFIXES = Array.from({ length: 9 }, (_, n) => `10.${n}.200.0/24`);
const said = (before: Partial<Request>, facts: Partial<SeenFacts>) => {
  const request = { ...inStatus('pending'), ...before } as Request;
  return differences(request, { ...request, ...facts }).map((one) => plain([one]));
};
const moves = (...all: readonly string[]) => ({ moveWithin: all.map((source) => ({ source })) }) as Partial<Request>;

describe('what changed since it was seen', () => {
  it('is told in a few words', () => {
    expect(said({ demands: ['the manager'] }, { demands: ['the manager', '2 of group security'] })).toEqual([
      'Approvals: the manager → the manager, then 2 of group security',
    ]);
    expect(said(moves(), moves('10.1.0.0/16') as Partial<SeenFacts>)).toEqual([
      'May move within: nowhere → 10.1.0.0/16',
    ]);
  });

  it('is nothing where what means the same stands there again', () => {
    const demands = Array.from({ length: 12 }, (_, n) => `group number-${n}`);
    expect(said({ demands, ...moves(...PREFIXES) }, { demands: [...demands] })).toEqual([]);
  });

  it.each([
    ['a wider prefix', [...PREFIXES, '192.0.2.0/24'], [...PREFIXES, '192.0.0.0/8'], '…, 192.0.2.0/24 → …, 192.0.0.0/8'],
    ['one more', PREFIXES, [...PREFIXES, '52.0.0.0/8'], '… → …, 52.0.0.0/8'],
  ])('is told where it stands behind all that has room: %s', (_, before, now, words) => {
    expect(PREFIXES.join(', ').length).toBeGreaterThan(120);
    const long = (all: readonly string[]) => moves(...all.map((one) => one.replace('10.', '100.')), '198.51.100.0/24');
    expect(said(long(before), long(now) as Partial<SeenFacts>)).toEqual([`May move within: ${words}`]);
  });

  it('is told of the last of many stages', () => {
    const many = Array.from({ length: 9 }, (_, n) => `2 of group people-of-department-${n}`);
    expect(said({ demands: many }, { demands: [...many, 'group board'] })).toEqual([
      'Approvals: … → …, then group board',
    ]);
  });
});
