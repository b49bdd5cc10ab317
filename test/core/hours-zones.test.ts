import { describe, expect, it } from 'vitest';
import { hoursOf, workOf } from '../../src/config/hours.ts';
import { isAtWork } from '../../src/core/people/work.ts';
import { isWithinHours, touchesHours } from '../../src/core/policy/hours.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const STEP = 15 * MINUTE;
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** A zone, when its clock is changed, and by how many minutes it is ahead of UTC before and after that, from the tables of the zones. */
const CHANGES: readonly (readonly [zone: string, at: string, before: number, after: number, what: string])[] = [
  ['Europe/Berlin', '2026-03-29T01:00Z', 60, 120, 'an hour is left out'],
  ['Europe/Berlin', '2026-10-25T01:00Z', 120, 60, 'an hour comes twice'],
  ['America/New_York', '2026-03-08T07:00Z', -300, -240, 'an hour is left out'],
  ['America/New_York', '2026-11-01T06:00Z', -240, -300, 'an hour comes twice'],
  ['Australia/Lord_Howe', '2026-04-04T15:00Z', 660, 630, 'half an hour comes twice'],
  ['Australia/Lord_Howe', '2026-10-03T15:30Z', 630, 660, 'half an hour is left out'],
  ['Pacific/Chatham', '2026-04-04T14:00Z', 825, 765, 'an hour comes twice from 02:45 on'],
  ['Pacific/Chatham', '2026-09-26T14:00Z', 765, 825, 'an hour is left out from 02:45 on'],
  ['Asia/Beirut', '2026-03-28T22:00Z', 120, 180, 'there is no midnight'],
  ['Asia/Beirut', '2026-10-24T21:00Z', 180, 120, 'the hour before midnight comes twice'],
  ['America/Santiago', '2026-09-06T04:00Z', -240, -180, 'there is no midnight'],
  ['Africa/Cairo', '2026-04-23T22:00Z', 120, 180, 'there is no midnight'],
  ['Africa/Casablanca', '2026-03-22T02:00Z', 0, 60, 'Ramadan is over'],
  ['Asia/Kathmandu', '2026-03-29T00:00Z', 345, 345, 'nothing is changed'],
  ['Asia/Kolkata', '2026-10-25T00:00Z', 330, 330, 'nothing is changed'],
  ['Pacific/Apia', '2011-12-30T10:00Z', -600, 840, 'a day is left out'],
];

/** From, to: over the change, before it, after it, at it, and all of the day. */
const WINDOWS = [
  [22 * 60, 6 * 60],
  [0, 1440],
  [9 * 60, 17 * 60],
  [2 * 60 + 30, 5 * 60],
  [60, 2 * 60 + 30],
  [0, 30],
  [23 * 60 + 30, 30],
  [2 * 60, 3 * 60],
] as const;

/** What a clock shows that is changed at `change`. */
function clockOf(change: number, before: number, after: number) {
  return (at: number) => {
    const shown = at + (at < change ? before : after) * MINUTE;
    const day = Math.floor(shown / DAY);
    // 1 January 1970 was a Thursday.
    return { day, weekday: (day + 4) % 7, minute: Math.floor((shown - day * DAY) / MINUTE) };
  };
}

/** When the clock shows this minute of this day for the first time, or a later one. */
function firstShown(day: number, minute: number, shownAt: ReturnType<typeof clockOf>): number {
  const wanted = day * 1440 + minute;
  for (let at = day * DAY - 30 * 60 * MINUTE; ; at += STEP) {
    const shown = shownAt(at);
    if (shown.day * 1440 + shown.minute >= wanted) return at;
  }
}

describe.each(CHANGES)('in %s at %s, from %i to %i minutes: %s', (zone, at, before, after) => {
  const change = Date.parse(at);
  const middle = Math.floor(change / DAY) * DAY;
  const shownAt = clockOf(change, before, after);
  const steps = Array.from({ length: (3 * DAY) / STEP }, (_, i) => middle - DAY + i * STEP);

  it.each(WINDOWS)(
    'a window from minute %i to %i opens and closes once a day, as the clock first shows it',
    (from, to) => {
      const spans = [-3, -2, -1, 0, 1, 2, 3].map((n) => {
        const day = middle / DAY + n;
        return [firstShown(day, from, shownAt), firstShown(to > from ? day : day + 1, to, shownAt)] as const;
      });
      const every = hoursOf({ days: [...DAYS], from, to, zone });
      const isIn = (now: number) => spans.some(([begin, end]) => begin <= now && now < end);
      for (const now of steps) {
        const shown = new Date(now).toISOString();
        expect([shown, touchesHours(every, now, now + MINUTE)]).toEqual([shown, isIn(now)]);
        expect([shown, isWithinHours(every, now, now + STEP)]).toEqual([shown, isIn(now)]);
      }
      // What goes on over the end of a window, as more time does, is not within it.
      for (const [begin, end] of spans.slice(2, 5).filter((span) => span[0] < span[1])) {
        expect(isWithinHours(every, begin, end)).toBe(true);
        expect(isWithinHours(every, begin, end + MINUTE)).toBe(isIn(end));
        expect(isWithinHours(every, begin - MINUTE, end)).toBe(isIn(begin - MINUTE));
      }
    },
  );

  it('who is at work is told by what the clock shows', () => {
    const work = workOf({ days: ['mon', 'wed', 'fri', 'sun'], from: 22 * 60, to: 6 * 60, zone });
    for (const now of steps) {
      const { weekday, minute } = shownAt(now);
      const isDay = (day: number) => [1, 3, 5, 0].includes((day + 7) % 7);
      const expected = (isDay(weekday) && minute >= 22 * 60) || (isDay(weekday - 1) && minute < 6 * 60);
      const shown = new Date(now).toISOString();
      expect([shown, isAtWork(work, now)]).toEqual([shown, expected]);
    }
  });
});
