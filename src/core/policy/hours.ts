import { dayAt, instantAt } from '../language/day.ts';
import { DAY_MS, type Instant } from '../language/instant.ts';
import type { Stage } from './stage.ts';

/** The hours of a week in which a policy's own stages decide. */
export interface Hours {
  /** 0 is Sunday. */
  readonly days: readonly number[];
  /** Minutes of the day; not any more from `toMinute` on. */
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly zone: string;
  /** Who decides at other times, instead of the policy's own stages, or besides them where it is partly within; absent: nobody, it is refused. */
  readonly outside?: readonly Stage[];
}

/** Does any of the time fall within the hours? */
export function touchesHours(hours: Hours, from: Instant, until: Instant): boolean {
  const end = Math.max(from, until - 1);
  const last = dayAt(end, hours.zone).date;
  let { date } = dayAt(from, hours.zone);
  while (date <= last) {
    const begins = instantAt(date, hours.fromMinute, hours.zone);
    if (isDayOf(hours, date) && begins <= end && from < instantAt(date, hours.toMinute, hours.zone)) return true;
    date = new Date(Date.parse(`${date}T00:00Z`) + DAY_MS).toISOString().slice(0, 10);
  }
  return false;
}

/** Does all of the time fall within the hours of one day? */
export function isWithinHours(hours: Hours, from: Instant, until: Instant): boolean {
  const [first, last] = [dayAt(from, hours.zone), dayAt(Math.max(from, until - 1), hours.zone)];
  return (
    isDayOf(hours, first.date) &&
    first.date === last.date &&
    first.minute >= hours.fromMinute &&
    last.minute < hours.toMinute
  );
}

function isDayOf({ days }: Hours, date: string): boolean {
  return days.includes(new Date(`${date}T00:00Z`).getUTCDay());
}

const NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `Mon, Tue 07:00 to 20:00 (Europe/Berlin)`. */
export function hoursText({ days, fromMinute, toMinute, zone }: Hours): string {
  const clock = (minute: number) =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  return `${days.map((day) => NAMES[day]).join(', ')} ${clock(fromMinute)} to ${clock(toMinute)} (${zone})`;
}
