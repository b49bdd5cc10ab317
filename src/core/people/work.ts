import { dayAt } from '../language/day.ts';
import type { Instant } from '../language/instant.ts';

/** When somebody works. */
export interface WorkHours {
  /** 0 is Sunday. */
  readonly days: readonly number[];
  /** Minutes of the day; not any more from `toMinute` on. */
  readonly fromMinute: number;
  readonly toMinute: number;
  readonly zone: string;
}

export function isAtWork({ days, fromMinute, toMinute, zone }: WorkHours, now: Instant): boolean {
  const { date, minute } = dayAt(now, zone);
  return days.includes(new Date(`${date}T00:00Z`).getUTCDay()) && minute >= fromMinute && minute < toMinute;
}
