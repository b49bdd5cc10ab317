import { JitError } from '../errors/errors.ts';
import { dayAt, instantAt } from './day.ts';
import { parseDuration } from './duration.ts';
import { DAY_MS, type Instant } from './instant.ts';
import { readMoment } from './moment.ts';
import { figuresOf } from './number-words.ts';
import { readDate } from './until-words.ts';

/** `delegate @sam until friday`, `delegate list`, `delegate stop`. */
export type DelegateAsk =
  | { readonly what: 'list' | 'stop' }
  | { readonly what: 'begin'; readonly to: string; readonly until: readonly string[] };

/** Throws `malformedDelegate`. */
export function parseDelegate(words: readonly string[]): DelegateAsk {
  const first = words[0]?.toLowerCase();
  if (first === undefined || first === 'list') return { what: 'list' };
  if (first === 'stop') return { what: 'stop' };
  const at = words.findIndex((word) => /^(?:until|for)$/i.test(word));
  const until = at < 0 ? [] : words.slice(at);
  if (at < 1 || until.length < 2) throw new JitError('malformedDelegate');
  return { what: 'begin', to: words.slice(0, at).join(' '), until };
}

const DAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];

/**
 * When `until friday`, `until 2026-12-24`, `until tomorrow`, `until 18:00`, `for 3d` is over, in the zone of whoever says it. A day is part of it. Undefined for
 * anything else.
 */
export function endOf([how = '', ...rest]: readonly string[], now: Instant, zone: string): Instant | undefined {
  const text = rest.join(' ').toLowerCase();
  if (how.toLowerCase() === 'for') {
    const figures = figuresOf(text);
    const [, weeks] = /^(\d{1,2}) weeks?$/.exec(figures) ?? [];
    const ms = weeks === undefined ? parseDuration(figures) : Number(weeks) * 7 * DAY_MS;
    return ms === undefined ? undefined : now + ms;
  }
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  const today = dayAt(now, zone).date;
  if (hour !== undefined) {
    const minutes = Number(hour) * 60 + Number(minute);
    const at = instantAt(today, minutes, zone);
    return at > now ? at : instantAt(laterDate(today, 1), minutes, zone);
  }
  const tokens = rest.map((word) => ({ text: word, at: 0 }));
  const day = readDate(tokens, 0, today);
  const isDay = day?.words === tokens.length && day.minute === undefined && day.other === undefined;
  const { readings, words, fault } = readMoment(tokens, 0, { now, zone }, 'end');
  if (!isDay && !fault && words === tokens.length) return readings[0]?.at;
  const date = dateOf(text, today) ?? (isDay ? day.date : undefined);
  return date === undefined ? undefined : instantAt(laterDate(date, 1), 0, zone);
}

/** The date that `today`, `tomorrow`, a weekday, or a date means; undefined for anything else. */
export function dateOf(text: string, today: string): string | undefined {
  if (/^\d{4}-\d{2}-\d{2}$/.test(text))
    return Number.isNaN(Date.parse(`${text}T00:00Z`)) || laterDate(text, 0) !== text ? undefined : text;
  if (text === 'today') return today;
  if (text === 'tomorrow') return laterDate(today, 1);
  const wanted = text.length < 3 ? -1 : DAYS.findIndex((day) => day.startsWith(text));
  if (wanted < 0) return undefined;
  return laterDate(today, (wanted - new Date(`${today}T00:00Z`).getUTCDay() + 7) % 7);
}

export function laterDate(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);
}
