import { describe, expect, it } from 'vitest';
import { csvLine } from '../../../src/core/evidence/csv.ts';
import { instantOf, isMeantBy } from '../../../src/core/evidence/filter.ts';

describe('a line of CSV', () => {
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\tx', '=HYPERLINK("http://x","y")'])('holds no formula: %j', (text) => {
    const [cell = ''] = [csvLine([text])];
    expect(cell.replace(/^"/, '')).toMatch(/^'/);
  });

  it.each([
    ['a;=1+1', `"a;'=1+1"`],
    ['deploy\n=1+1', `"deploy\n'=1+1"`],
    ['deploy\n\n @x', `"deploy\n\n '@x"`],
    [' =1+1', ` '=1+1`],
    ['＝1+1', `'＝1+1`],
    ['release 4711, 1+1=2; see a-b', '"release 4711, 1+1=2; see a-b"'],
  ])('holds none behind a separator of another language, or on its second line: %j', (text, cell) => {
    expect(csvLine([text])).toBe(cell);
  });

  it('quotes what has quotes, commas, and line feeds, and leaves numbers as they are', () => {
    expect(csvLine(['a,b', 'c "d"', 'e\nf', 7, undefined, 'é'])).toBe('"a,b","c ""d""","e\nf",7,,é');
  });
});

describe('a filter', () => {
  const row = {
    by: 'ada',
    requester: 'sam',
    machine: 'aws:1:r:i-1',
    machineName: 'Web-1',
    request: 'k7m3q9x',
    event: 'opened',
  };
  it.each([
    [{}, true],
    [{ person: 'ada' }, true],
    [{ person: 'sam' }, true],
    [{ person: 'eve' }, false],
    [{ machine: 'Web-1' }, true],
    [{ machine: 'aws:1:r:i-1' }, true],
    [{ machine: 'web-2' }, false],
    [{ from: 10, to: 11 }, true],
    [{ to: 10 }, false],
    [{ from: 11 }, false],
    [{ event: 'closed' }, false],
    [{ request: 'k7m3q9x', event: 'opened' }, true],
  ])('%j', (filter, isMeant) => {
    expect(isMeantBy(filter, row, 10)).toBe(isMeant);
  });

  it('reads days and instants in UTC, and nothing else', () => {
    expect(instantOf('2026-07-01')).toBe(Date.UTC(2026, 6, 1));
    expect(instantOf('2026-07-01T08:30Z')).toBe(Date.UTC(2026, 6, 1, 8, 30));
    expect([instantOf('01.07.2026'), instantOf('2026-13-01'), instantOf('yesterday')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});
