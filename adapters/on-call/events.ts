import ical, { type EventInstance, type VEvent } from 'node-ical';

/** What cannot be told from a calendar, in words that follow “because”. */
export type CalendarSays = { readonly words: readonly string[] } | { readonly fault: string };

/** Reading them takes longer than anybody waits. */
const MOST_EVENTS = 2_000;
const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * Who is on call by a calendar (RFC 5545) at an instant: the addresses of all attendees who did not decline of each event that
 * goes on then; of one without attendees, its title. Recurrences, their exceptions, and time zones count. What has no time
 * zone, or one that nobody knows, is a fault: it would depend on where this runs.
 *
 * @param zone of events that last whole days
 */
export function eventsNow(text: string, now: number, zone: string): CalendarSays {
  const whole = text.trim();
  // A page that asks people to sign in reads as an empty calendar, and so does one that was cut off.
  if (!/^BEGIN:VCALENDAR\r?\n/.test(whole) || !whole.endsWith('END:VCALENDAR'))
    return { fault: 'it is no whole calendar' };
  const read = ical.parseICS(whole);
  const events = Object.values(read).filter((one): one is VEvent => one?.type === 'VEVENT');
  if (events.length === 0) return { fault: 'its calendar has no events' };
  if (events.length > MOST_EVENTS) return { fault: `its calendar has more than ${MOST_EVENTS} events` };
  const standing = events.filter(({ status }) => status !== 'CANCELLED');
  const odd = standing.find((event) => [event, ...Object.values(event.recurrences ?? {})].some(hasNoZone));
  if (odd) return { fault: `its event “${textOf(odd.summary)}” has no time zone, or one that nobody knows` };
  const on = standing.flatMap((event) => instancesOf(event, now)).filter((one) => goesOn(one, now, zone));
  return { words: on.filter(({ event }) => event.status !== 'CANCELLED').flatMap(({ event }) => wordsOf(event)) };
}

/** Those that may go on: what lasts whole days is somewhere else by up to a day. */
function instancesOf(event: VEvent, now: number): readonly EventInstance[] {
  const range = event.datetype === 'date' ? DAY_MS : 0;
  const window = { from: new Date(now - range), to: new Date(now + range) };
  return ical.expandRecurringEvent(event, { ...window, expandOngoing: true });
}

function goesOn({ start, end, isFullDay }: EventInstance, now: number, zone: string): boolean {
  const at = (date: Date) => (isFullDay ? midnight(date, zone) : date.getTime());
  return at(start) <= now && now < at(end);
}

function hasNoZone({ start, datetype }: Partial<Pick<VEvent, 'start' | 'datetype'>>): boolean {
  if (datetype === 'date') return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: start?.tz ?? 'none' });
    return false;
  } catch {
    return true;
  }
}

/** A date is given as midnight of the place where this runs; meant is midnight of the zone. */
function midnight(date: Date, zone: string): number {
  const shown = Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  const wall = (at: number) => {
    const parts = new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' }).format(at);
    return Date.parse(`${parts.replace(' ', 'T')}Z`);
  };
  const first = shown - (wall(shown) - shown);
  return first - (wall(first) - shown);
}

function wordsOf({ attendee = [], summary }: VEvent): readonly string[] {
  const all = (Array.isArray(attendee) ? attendee : [attendee]).map((one) =>
    typeof one === 'string' ? { val: one, params: {} } : one,
  );
  const here = all.filter(
    ({ params }) => (params as { readonly PARTSTAT?: string } | undefined)?.PARTSTAT !== 'DECLINED',
  );
  if (all.length === 0) return [textOf(summary)];
  return here.map(({ val }) => String(val).replace(/^mailto:/i, ''));
}

function textOf(summary: VEvent['summary'] | undefined): string {
  const text = typeof summary === 'object' ? summary.val : (summary ?? '');
  return String(text).trim().slice(0, 200);
}
