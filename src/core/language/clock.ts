import { dayAt } from './day.ts';
import { dayFormat } from './formats.ts';
import type { Instant } from './instant.ts';
import { clockText } from './text.ts';

/** Whose clock an instant is read on, and when. */
export interface ReaderClock {
  /** IANA time zone. */
  readonly zone: string;
  readonly now: Instant;
}

/** `14:02 (Europe/Berlin)`, or `14:02 UTC`; with its date where it is not today there: `28 Nov, 09:00 (Europe/Berlin)`. */
export function clockIn(at: Instant, { zone, now }: ReaderClock, locale = 'en-GB'): string {
  const { date, minute } = dayAt(at, zone);
  const two = (number: number) => String(number).padStart(2, '0');
  const own = `${two(Math.floor(minute / 60))}:${two(minute % 60)} (${zone})`;
  const text = zone === 'UTC' ? clockText(at) : own;
  if (date === dayAt(now, zone).date) return text;
  const day = dayFormat(locale, zone).format(at);
  return `${day}, ${text}`;
}
