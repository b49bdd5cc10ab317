import { DAY_MS, type Instant, MINUTE_MS } from './instant.ts';

/** There are about six hundred zones, and names of them that somebody may make up: beyond this many, it begins anew. */
const MOST_FORMATS = 1_000;
/** Making one takes longer than all that is done with it. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** Throws a RangeError for what is no zone. */
function formatIn(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
  if (formats.size >= MOST_FORMATS) formats.clear();
  formats.set(zone, made);
  return made;
}

/** Is this a time zone that can be told the time in (`Europe/Berlin`, `UTC`)? */
export function isZone(name: string): boolean {
  try {
    formatIn(name);
    return true;
  } catch {
    return false;
  }
}

/** The date (`2026-11-23`) and the minute of the day of an instant, in a time zone. */
export function dayAt(at: Instant, zone: string): { readonly date: string; readonly minute: number } {
  const parts = new Map(
    formatIn(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    minute: Number(part('hour')) * 60 + Number(part('minute')),
  };
}

/**
 * The instant at which a time zone first shows this date and minute of the day, or a later one: where a clock is put forward over it, when
 * that is done; where the whole day is left out, the beginning of the next one.
 */
export function firstAt(date: string, minute: number, zone: string): Instant {
  const wanted = shownAs(date, minute);
  const has = (at: Instant) => {
    const own = dayAt(at, zone);
    return shownAs(own.date, own.minute) >= wanted;
  };
  const exact = instantAt(date, minute, zone);
  if (!has(exact - MINUTE_MS)) return exact;
  // It is left out: no clock is put forward by more than a day.
  let [before, after] = [exact - DAY_MS, exact];
  while (after - before > MINUTE_MS) {
    const middle = before + Math.floor((after - before) / (2 * MINUTE_MS)) * MINUTE_MS;
    if (has(middle)) after = middle;
    else before = middle;
  }
  return after;
}

function shownAs(date: string, minute: number): number {
  return Date.parse(`${date}T00:00Z`) + minute * MINUTE_MS;
}

/** The instant at which a time zone shows this date (`2026-11-23`) and minute of the day; of two, or of none, the earlier or the next. */
export function instantAt(date: string, minute: number, zone: string): Instant {
  const shown = Date.parse(`${date}T00:00Z`) + minute * MINUTE_MS;
  const offset = (at: Instant) => {
    const own = dayAt(at, zone);
    return Date.parse(`${own.date}T00:00Z`) + own.minute * MINUTE_MS - Math.floor(at / MINUTE_MS) * MINUTE_MS;
  };
  const candidates = [offset(shown - DAY_MS), offset(shown + DAY_MS)].map((ms) => shown - ms);
  const right = candidates.filter((at) => at + offset(at) === shown);
  return right.length > 0 ? Math.min(...right) : Math.max(...candidates);
}
