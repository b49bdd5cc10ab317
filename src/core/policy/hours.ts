import { dayAt, firstAt } from '../language/day.ts';
import { DAY_MS, type Instant } from '../language/instant.ts';
import type { Stage } from './stage.ts';

const DAY_MINUTES = 24 * 60;

/** The hours of a week in which a policy's own stages decide. */
export interface Hours {
  /** 0 is Sunday. */
  readonly days: readonly number[];
  /** Minutes of the day; not any more from `toMinute` on, which is beyond 1440 where it is on the next day. */
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly zone: string;
  /** Who decides at other times, instead of the policy's own stages, or besides them where it is partly within; absent: nobody, it is refused. */
  readonly outside?: readonly Stage[];
}

/** Does any of the time fall within the hours? */
export function touchesHours(hours: Hours, from: Instant, until: Instant): boolean {
  const end = Math.max(from, until - 1);
  return spansOf(hours, from, end).some((span) => span.from <= end && from < span.until);
}

/** Does all of the time fall within the hours: of one day, or of days that follow each other without a gap? */
export function isWithinHours(hours: Hours, from: Instant, until: Instant): boolean {
  const end = Math.max(from, until - 1);
  let reached = from;
  for (const span of spansOf(hours, from, end)) if (span.from <= reached && reached < span.until) reached = span.until;
  return reached > end;
}

/** The hours of each day that may have a part in this time, in their order: those of the day before go on after midnight. */
function spansOf(
  hours: Hours,
  from: Instant,
  end: Instant,
): readonly { readonly from: Instant; readonly until: Instant }[] {
  const last = dayAt(end, hours.zone).date;
  const spans = [];
  for (let date = shifted(dayAt(from, hours.zone).date, -1); date <= last; date = shifted(date, 1))
    if (isDayOf(hours, date))
      spans.push({
        from: firstAt(date, hours.fromMinute, hours.zone),
        until: instantOf(date, hours.toMinute, hours.zone),
      });
  return spans;
}

function instantOf(date: string, minute: number, zone: string): Instant {
  return minute < DAY_MINUTES ? firstAt(date, minute, zone) : firstAt(shifted(date, 1), minute - DAY_MINUTES, zone);
}

function shifted(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}

function isDayOf({ days }: Hours, date: string): boolean {
  return days.includes(new Date(`${date}T00:00Z`).getUTCDay());
}

const NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `Mon, Tue 07:00 to 20:00 (Europe/Berlin)`, `Fri 22:00 to 06:00 the next day (UTC)`. */
export function hoursText({ days, fromMinute, toMinute, zone }: Hours): string {
  const clock = (minute: number) =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  const end = toMinute > DAY_MINUTES ? `${clock(toMinute - DAY_MINUTES)} the next day` : clock(toMinute);
  return `${days.map((day) => NAMES[day]).join(', ')} ${clock(fromMinute)} to ${end} (${zone})`;
}
