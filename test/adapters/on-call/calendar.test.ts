import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsNow } from '../../../adapters/on-call/events.ts';
import { type CalendarSimulator, calendarOf, startCalendar } from '../../../simulators/calendar/index.ts';
import { schedulesIn } from './rig.ts';

const at = (text: string) => Date.parse(text);
const NOW = at('2026-03-16T08:30:00Z');
const ADA = 'ATTENDEE;CN=Ada:mailto:ada@example.com';
const GRACE = 'ATTENDEE:MAILTO:grace@example.com';
const now = (events: readonly (readonly string[])[], text: string, zone = 'UTC') =>
  eventsNow(calendarOf(events), at(text), zone);

describe('who is on call by a calendar', () => {
  const shift = ['DTSTART:20260316T080000Z', 'DTEND:20260316T200000Z', ADA];

  it.each([
    ['2026-03-16T07:59:59Z', []],
    ['2026-03-16T08:00:00Z', ['ada@example.com']],
    ['2026-03-16T19:59:59Z', ['ada@example.com']],
    ['2026-03-16T20:00:00Z', []],
  ])('is whoever attends what goes on at %s', (text, words) => {
    expect(now([shift], text)).toEqual({ words });
  });

  it('is everybody who attends and did not decline, of every event; without attendees, its title', () => {
    const declined = 'ATTENDEE;PARTSTAT=DECLINED:mailto:zoe@example.com';
    const words = ['ada@example.com', 'grace@example.com', 'Night shift'];
    const titled = ['DTSTART:20260316T000000Z', 'DURATION:PT24H', 'SUMMARY:Night shift'];
    expect(now([[...shift, GRACE, declined], titled], '2026-03-16T12:00:00Z')).toEqual({ words });
    expect(now([['DTSTART:20260316T080000Z', 'DTEND:20260316T200000Z', declined]], '2026-03-16T12:00:00Z')).toEqual({
      words: [],
    });
  });

  it('follows recurrences with their exceptions, over a change of the clocks', () => {
    const weekly = [
      'UID:weekly',
      'DTSTART;TZID=Europe/Berlin:20260302T090000',
      'DTEND;TZID=Europe/Berlin:20260303T090000',
      'RRULE:FREQ=WEEKLY;BYDAY=MO;UNTIL=20260501T000000Z',
      'EXDATE;TZID=Europe/Berlin:20260309T090000',
      ADA,
    ];
    const swapped = [
      'UID:weekly',
      'RECURRENCE-ID;TZID=Europe/Berlin:20260316T090000',
      'DTSTART;TZID=Europe/Berlin:20260316T100000',
      'DTEND;TZID=Europe/Berlin:20260317T090000',
      GRACE,
    ];
    const who = (text: string) => now([weekly, swapped], text);
    expect(who('2026-03-02T08:00:00Z')).toEqual({ words: ['ada@example.com'] });
    expect(who('2026-03-03T07:59:00Z')).toEqual({ words: ['ada@example.com'] });
    expect(who('2026-03-09T12:00:00Z')).toEqual({ words: [] });
    expect(who('2026-03-16T08:30:00Z')).toEqual({ words: [] });
    expect(who('2026-03-16T09:00:00Z')).toEqual({ words: ['grace@example.com'] });
    // In summer time it begins an hour earlier.
    expect(who('2026-03-30T06:59:00Z')).toEqual({ words: [] });
    expect(who('2026-03-30T07:00:00Z')).toEqual({ words: ['ada@example.com'] });
    expect(who('2026-05-04T12:00:00Z')).toEqual({ words: [] });
  });

  it('takes whole days in the zone that is set', () => {
    const days = [['DTSTART;VALUE=DATE:20260316', 'DTEND;VALUE=DATE:20260318', ADA]];
    expect(now(days, '2026-03-16T00:00:00Z')).toEqual({ words: ['ada@example.com'] });
    expect(now(days, '2026-03-15T23:00:00Z', 'Europe/Berlin')).toEqual({ words: ['ada@example.com'] });
    expect(now(days, '2026-03-15T22:59:00Z', 'Europe/Berlin')).toEqual({ words: [] });
    expect(now(days, '2026-03-17T23:00:00Z', 'Europe/Berlin')).toEqual({ words: [] });
    expect(now(days, '2026-03-18T03:59:00Z', 'America/New_York')).toEqual({ words: ['ada@example.com'] });
    expect(now(days, '2026-03-18T04:00:00Z', 'America/New_York')).toEqual({ words: [] });
  });

  it('leaves out what was cancelled', () => {
    expect(now([[...shift, 'STATUS:CANCELLED']], '2026-03-16T12:00:00Z')).toEqual({ words: [] });
  });

  it.each<[string, readonly string[]]>([
    ['no zone', ['DTSTART:20260316T080000', 'DTEND:20260316T200000', 'SUMMARY:Shift']],
    ['a zone that nobody knows', ['DTSTART;TZID=Mars/Base:20260316T080000', 'DURATION:PT1H', 'SUMMARY:Shift']],
  ])('cannot be told from times with %s', (_, event) => {
    expect(now([shift, event], '2026-03-16T12:00:00Z')).toEqual({
      fault: 'its event “Shift” has no time zone, or one that nobody knows',
    });
  });

  it.each([
    ['<html><body>Sign in</body></html>', 'it is no whole calendar'],
    ['', 'it is no whole calendar'],
    [calendarOf([shift]).slice(0, -20), 'it is no whole calendar'],
    [calendarOf([]), 'its calendar has no events'],
    [calendarOf(Array.from({ length: 2_001 }, () => shift)), 'its calendar has more than 2000 events'],
  ])('cannot be told from what is none: %.20s', (text, fault) => {
    expect(eventsNow(text, NOW, 'UTC')).toEqual({ fault });
  });
});

describe('a schedule elsewhere', () => {
  let calendar: CalendarSimulator;
  let clock = NOW;
  beforeAll(async () => {
    calendar = await startCalendar();
    Object.assign(process.env, { TEST_FEED: calendar.url, TEST_JSON: calendar.token, TEST_WRONG: 'wrong' });
  });
  afterAll(() => calendar.stop());
  const house = (token = 'TEST_JSON') =>
    schedulesIn(
      `{ schedules: { db: { calendar: { url: "${calendar.url}" } }, net: { http: { url: "${calendar.jsonUrl}", token: env:${token} } } }, people: { "Night shift": grace } }`,
      () => clock,
    );

  it('is a calendar, which is read anew after a minute', async () => {
    calendar.setCalendar(calendarOf([['DTSTART:20260316T080000Z', 'DURATION:PT12H', ADA]]));
    const { now: who, error } = house();
    expect(await who('db')).toEqual(['ada']);
    calendar.setCalendar(calendarOf([['DTSTART:20260316T080000Z', 'DURATION:PT12H', 'SUMMARY:Night shift']]));
    expect(await who('db')).toEqual(['ada']);
    clock += 60_000;
    expect(await who('db')).toEqual(['grace']);
    clock += 60_000;
    calendar.setCalendar('<html>');
    expect((await error('db')).text).toBe(
      'Schedule db: it is no whole calendar. Ask your Drawbridge administrator to look at the calendar.',
    );
  });

  it('has its host named where its URL is a secret, which no error tells', async () => {
    const { error: errorOf } = schedulesIn(
      '{ schedules: { far: { calendar: { secretUrl: env:TEST_FEED } } } }',
      () => clock,
    );
    const error = await errorOf('far');
    expect(error.code).toBe('outgoingRefused');
    expect(error.text).not.toContain('5f3c1f0e');
  });

  it('that keeps its reader busy is given up, and nothing else waits for it', async () => {
    clock += 60_000;
    const rule = 'RRULE:FREQ=SECONDLY;BYSETPOS=-1;BYMONTHDAY=31;BYMONTH=2';
    calendar.setCalendar(
      calendarOf(
        Array.from({ length: 1_500 }, (_, i) => [`UID:x${i}`, 'DTSTART:19700101T000000Z', 'DURATION:PT1S', rule, ADA]),
      ),
    );
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 10);
    const came = await house()
      .made.now('db', AbortSignal.timeout(30_000))
      .catch((error: unknown) => error);
    clearInterval(timer);
    expect(came).toMatchObject({ kind: 'unjudged' });
    expect(ticks).toBeGreaterThan(5);
  });

  it('is a host that answers with addresses', async () => {
    calendar.setJson({ onCall: ['grace@example.com', 'ada@example.com'] });
    expect(await house().now('net')).toEqual(['grace', 'ada']);
    calendar.setJson({ onCall: [] });
    expect((await house().error('net')).say).toBe('Schedule net: nobody is on call by it now.');
    for (const wrong of [{ onCall: 'ada@example.com' }, { oncall: ['ada@example.com'] }, [], null, 'ada']) {
      calendar.setJson(wrong);
      expect((await house().error('net')).say).toBe('Schedule net: its host gives an answer that cannot be read.');
    }
    expect((await house('TEST_WRONG').error('net')).say).toBe(
      'Schedule net: its host does not accept the credentials (HTTP 401).',
    );
  });
});
