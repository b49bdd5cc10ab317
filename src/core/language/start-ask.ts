import { JitError } from '../errors/errors.ts';
import { dayAt, instantAt } from './day.ts';
import { dateOf, laterDate } from './delegate-ask.ts';
import type { Instant } from './instant.ts';
import { tidy } from './text.ts';

const CLOCK = /^(?:([01]?\d|2[0-3]):([0-5]\d)|(1[0-2]|0?[1-9])(?::([0-5]\d))?([ap]m))$/;
const DAY = /^(?:today|tomorrow|\d{4}-\d{2}-\d{2}|(?:sun|mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?)(?:day)?)$/;

/** How many words from `at` or `on` say when it is to start: `at 18:00`, `at tomorrow 9:00`, `on friday at 9am`; none elsewhere. */
export function startWords(words: readonly string[], from: number): number {
  if (!/^(?:at|on)$/i.test(words[from] ?? '')) return 0;
  let count = 1;
  for (; count < 4; count += 1) {
    const word = bare(words[from + count]);
    const isLink = /^(?:at|on)$/.test(word) && count === 2;
    // A date that is not read is none of the ports either.
    const isDate = /^\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?$/.test(word) && count === 1;
    if (!isLink && !isDate && !CLOCK.test(word) && !DAY.test(word)) break;
  }
  return count;
}

/**
 * When it is to start, as it was typed with or without its `at`, in the zone of whoever says it: a time alone is the next one there is.
 * Throws `malformedStart`, `startPast`.
 */
export function startOf(typed: string, now: Instant, zone: string): Instant {
  const words = typed
    .split(/\s+/)
    .map((word) => bare(word))
    .filter((word) => word !== '' && word !== 'at' && word !== 'on');
  const clocks = words.filter((word) => CLOCK.test(word));
  const days = words.filter((word) => DAY.test(word));
  const malformed = () => new JitError('malformedStart', { word: tidy(typed, 60) });
  const minute = minuteOf(clocks[0] ?? '');
  if (minute === undefined || clocks.length > 1 || days.length > 1 || clocks.length + days.length !== words.length)
    throw malformed();
  const today = dayAt(now, zone).date;
  const [day] = days;
  if (day === undefined) {
    const at = instantAt(today, minute, zone);
    return at > now ? at : instantAt(laterDate(today, 1), minute, zone);
  }
  const date = dateOf(day, today);
  if (date === undefined) throw malformed();
  const at = instantAt(date, minute, zone);
  // The weekday that today is, once its time is over, is the next one.
  const isWeekday = !/^(?:today|tomorrow|\d)/.test(day);
  const start = at <= now && isWeekday ? instantAt(laterDate(date, 7), minute, zone) : at;
  if (start <= now) throw new JitError('startPast', { word: tidy(typed, 60) });
  return start;
}

function minuteOf(clock: string): number | undefined {
  const [, hour24, minute24, hour12, minute12 = '0', half] = CLOCK.exec(clock) ?? [];
  if (hour24 !== undefined) return Number(hour24) * 60 + Number(minute24);
  if (hour12 === undefined) return undefined;
  return ((Number(hour12) % 12) + (half === 'pm' ? 12 : 0)) * 60 + Number(minute12);
}

function bare(word = ''): string {
  return word.toLowerCase().replace(/,$/, '');
}
