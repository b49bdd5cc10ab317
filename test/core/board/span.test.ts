import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSpan } from '../../../src/core/board/span.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 28);
const read = (query: string) => readSpan(new URLSearchParams(query), NOW);
const usual = { from: NOW - 30 * DAY, to: NOW };

describe('the time in an address', () => {
  it.each([
    '',
    'from=nonsense',
    'to=nonsense',
    'from=NaN&to=Infinity',
    'from=-5',
    'to=0',
    'to=8640000000000000',
    'to=1e300',
    'from=5',
    'from=10/11/2026',
    'from=2026-11-01T12:00',
  ])('is the last 30 days for %j', (query) => {
    expect(read(query)).toEqual(usual);
  });

  it('may be a date, or an instant in milliseconds', () => {
    expect(read('from=2026-11-01')).toEqual({ from: Date.UTC(2026, 10, 1), to: NOW });
    expect(read('from=2026-11-01T12:00:00.000Z').from).toBe(Date.UTC(2026, 10, 1, 12));
    expect(read(`from=${NOW - DAY}&to=${NOW - 1}`)).toEqual({ from: NOW - DAY, to: NOW - 1 });
  });

  it('is at most 400 days, and begins before it ends', () => {
    expect(read('from=2001-01-01')).toEqual({ from: NOW - 400 * DAY, to: NOW });
    expect(read(`from=${NOW + DAY}`)).toEqual({ from: NOW - 1, to: NOW });
  });

  it('is one that a calendar has, whatever is asked for', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.double().map(String), fc.bigInt().map(String)), fc.string(), (from, to) => {
        const span = readSpan(new URLSearchParams({ from, to }), NOW);
        expect(span.to - span.from).toBeGreaterThan(0);
        expect(span.to - span.from).toBeLessThanOrEqual(400 * DAY);
        expect(() => new Date(span.to).toISOString() + new Date(span.from).toISOString()).not.toThrow();
      }),
    );
  });
});
