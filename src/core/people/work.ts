import { dayAt } from '../language/day.ts';
import type { Instant } from '../language/instant.ts';

const DAY_MINUTES = 24 * 60;

/** When somebody works. */
export interface WorkHours {
  /** 0 is Sunday. */
  readonly days: readonly number[];
  /** Minutes of the day; not any more from `toMinute` on, which is beyond 1440 where it is on the next day. */
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly zone: string;
}

export function isAtWork({ days, fromMinute, toMinute, zone }: WorkHours, now: Instant): boolean {
  const { date, minute } = dayAt(now, zone);
  const today = new Date(`${date}T00:00Z`).getUTCDay();
  // Today's hours, and those of yesterday that go on after midnight.
  return [
    { day: today, at: minute },
    { day: (today + 6) % 7, at: minute + DAY_MINUTES },
  ].some(({ day, at }) => days.includes(day) && at >= fromMinute && at < toMinute);
}
