import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endOfHours } from '../../src/config/fields.ts';
import { hoursOf, workOf } from '../../src/config/hours.ts';
import { isAtWork } from '../../src/core/people/work.ts';
import { hoursText, isWithinHours, touchesHours } from '../../src/core/policy/hours.ts';
import { often } from '../setup/lane.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const ZONE = 'Europe/Berlin';
/** Monday, 9 March 2026, 00:00 in Berlin. */
const MONDAY = Date.UTC(2026, 2, 8, 23);
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
type Day = (typeof DAYS)[number];

const at = (day: number, hour: number) => MONDAY + (day * 24 + hour) * HOUR;
const hours = (days: readonly Day[], from: number, to: number) =>
  hoursOf({ days: [...days], from: from * 60, to: to * 60, zone: ZONE });

/** By the calendar, minute by minute. */
function isIn(days: readonly Day[], from: number, to: number, now: number): boolean {
  const [day, minute] = [Math.floor((now - MONDAY) / (24 * HOUR)), Math.floor(((now - MONDAY) % (24 * HOUR)) / MINUTE)];
  const has = (which: number) => days.includes(DAYS[(which + 8) % 7] ?? 'sun');
  if (to > from) return has(day) && minute >= from && minute < to;
  return (has(day) && minute >= from) || (has(day - 1) && minute < to);
}

describe('hours over midnight', () => {
  const night = hours(['fri'], 22, 6);

  it.each([
    ['Friday 22:00 to 24:00', at(4, 22), at(4, 24), true, true],
    ['Friday 23:00 to Saturday 03:00', at(4, 23), at(5, 3), true, true],
    ['Saturday 02:00 to 06:00', at(5, 2), at(5, 6), true, true],
    ['Saturday 05:00 to 07:00', at(5, 5), at(5, 7), false, true],
    ['Friday 21:00 to 23:00', at(4, 21), at(4, 23), false, true],
    ['Saturday 22:00 to 23:00', at(5, 22), at(5, 23), false, false],
    ['Friday 02:00 to 03:00', at(4, 2), at(4, 3), false, false],
  ])('%s', (_, from, until, within, touches) => {
    expect([isWithinHours(night, from, until), touchesHours(night, from, until)]).toEqual([within, touches]);
  });

  it('are said with their end', () => {
    expect(hoursText(night)).toBe('Fri 22:00 to 06:00 the next day (Europe/Berlin)');
    expect(hoursText(hours(['mon'], 0, 24))).toBe('Mon 00:00 to 24:00 (Europe/Berlin)');
  });
});

describe('hours until 24:00', () => {
  it('are all of the day, and days in a row have no gap', () => {
    const all = hours(['mon', 'tue'], 0, 24);
    expect(isWithinHours(all, at(0, 0), at(1, 24))).toBe(true);
    expect(isWithinHours(all, at(0, 23), at(1, 1))).toBe(true);
    expect(isWithinHours(all, at(1, 23), at(2, 1))).toBe(false);
    expect(touchesHours(all, at(2, 0), at(2, 1))).toBe(false);
  });

  it('are written so, and no later', () => {
    expect(endOfHours.parse('24:00')).toBe(1440);
    for (const wrong of ['24:01', '25:00', '24', '9:00', ''])
      expect(endOfHours.safeParse(wrong).success, wrong).toBe(false);
  });
});

describe('any hours', () => {
  const minute = fc.integer({ min: 0, max: 47 }).map((half) => half * 30);
  const some = fc.record({
    days: fc.uniqueArray(fc.constantFrom(...DAYS), { minLength: 1 }),
    from: minute,
    to: fc.oneof(minute, fc.constant(1440)),
    begin: fc.integer({ min: 7 * 48, max: 12 * 48 }),
    length: fc.integer({ min: 1, max: 96 }),
  });

  it('hold what the calendar says, minute by minute', () => {
    fc.assert(
      fc.property(some, ({ days, from, to, begin, length }) => {
        fc.pre(from !== to);
        // The week repeats itself: from the second on, every day has one before it.
        const [start, end] = [MONDAY + begin * 30 * MINUTE, MONDAY + (begin + length) * 30 * MINUTE];
        const own = hoursOf({ days, from, to, zone: ZONE });
        const steps = Array.from({ length }, (_, i) => isIn(days, from, to, start + i * 30 * MINUTE));
        expect(isWithinHours(own, start, end)).toBe(steps.every(Boolean));
        expect(touchesHours(own, start, end)).toBe(steps.some(Boolean));
        const work = workOf({ days, from, to, zone: ZONE });
        expect(isAtWork(work, start)).toBe(steps[0]);
      }),
      { numRuns: often(300, 5_000) },
    );
  });
});
