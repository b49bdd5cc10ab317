import { describe, expect, it } from 'vitest';
import { dayAt, isZone } from '../../src/core/language/day.ts';

describe('the day of an instant', () => {
  it.each([
    ['2026-11-23T08:59:59Z', 'UTC', '2026-11-23', 8 * 60 + 59],
    ['2026-11-23T00:00:00Z', 'UTC', '2026-11-23', 0],
    ['2026-11-23T23:30:00Z', 'Europe/Berlin', '2026-11-24', 30],
    ['2026-07-01T22:30:00Z', 'Europe/Berlin', '2026-07-02', 30],
    ['2026-11-23T03:00:00Z', 'America/New_York', '2026-11-22', 22 * 60],
    ['2026-11-23T20:00:00Z', 'Asia/Kolkata', '2026-11-24', 90],
    // Half past two comes twice, and not at all.
    ['2026-10-25T01:30:00Z', 'Europe/Berlin', '2026-10-25', 150],
    ['2026-03-29T01:00:00Z', 'Europe/Berlin', '2026-03-29', 180],
  ])('%s in %s is %s, minute %i', (at, zone, date, minute) => {
    expect(dayAt(Date.parse(at), zone)).toEqual({ date, minute });
  });

  it.each([
    ['UTC', true],
    ['Europe/Berlin', true],
    ['Berlin', false],
    ['', false],
  ])('knows the zone %o: %o', (name, known) => {
    expect(isZone(name)).toBe(known);
  });
});
