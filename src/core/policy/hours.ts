import { dayAt } from '../language/day.ts';
import type { Instant } from '../language/instant.ts';
import type { Stage } from './stage.ts';

/** The hours of a week in which a policy's own stages decide. */
export interface Hours {
  /** 0 is Sunday. */
  readonly days: readonly number[];
  /** Minutes of the day; not any more from `toMinute` on. */
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly zone: string;
  /** Who decides at other times, instead of the policy's own stages; absent: nobody, it is refused. */
  readonly outside?: readonly Stage[];
}

/** Does all of the time fall within the hours of one day? */
export function isWithinHours(hours: Hours, from: Instant, until: Instant): boolean {
  const [first, last] = [dayAt(from, hours.zone), dayAt(Math.max(from, until - 1), hours.zone)];
  const isDay = hours.days.includes(new Date(`${first.date}T00:00Z`).getUTCDay());
  return isDay && first.date === last.date && first.minute >= hours.fromMinute && last.minute < hours.toMinute;
}

const NAMES = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** `Mon, Tue 07:00 to 20:00 (Europe/Berlin)`. */
export function hoursText({ days, fromMinute, toMinute, zone }: Hours): string {
  const clock = (minute: number) =>
    `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
  return `${days.map((day) => NAMES[day]).join(', ')} ${clock(fromMinute)} to ${clock(toMinute)} (${zone})`;
}
