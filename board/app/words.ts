const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const DAY = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const WHOLE = new Intl.DateTimeFormat('en-GB', {
  ...{ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', second: '2-digit' },
});
const NUMBER = new Intl.NumberFormat('en-US', { maximumFractionDigits: 1 });

/** What no calendar has is said to be so: one odd record must not take the page from all others. */
const NO_TIME = 'at an unknown time';
/** The year 9999: what comes after it no clock shows. */
const LAST = 253_402_300_799_999;

function isTime(at: unknown): at is number {
  return typeof at === 'number' && Math.abs(at) <= LAST;
}

/** For a machine to read; undefined where there is no such time. */
export function isoText(at: number): string | undefined {
  return isTime(at) ? new Date(at).toISOString() : undefined;
}

/** Within a sentence: a name that is read the other way does not turn what stands around it. */
export function apart(name: string): string {
  return `\u2068${name}\u2069`;
}

/** `14:02`, with the day where it is not today. */
export function timeText(at: number, now: number): string {
  if (!isTime(at)) return NO_TIME;
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return isToday ? TIME.format(at) : `${DAY.format(at)}, ${TIME.format(at)}`;
}

export function wholeText(at: number): string {
  return isTime(at) ? WHOLE.format(at) : NO_TIME;
}

export function dayText(at: number): string {
  return isTime(at) ? DAY.format(at) : NO_TIME;
}

/** What counts down: `1 h 12 min`, `4:07` below ten minutes, `3 d 2 h`. */
export function lastsText(ms: number): string {
  if (!isTime(ms)) return 'an unknown time';
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) return hours > 0 ? `${days} d ${hours} h` : `${days} d`;
  if (hours > 0) return minutes > 0 ? `${hours} h ${minutes} min` : `${hours} h`;
  if (minutes >= 10) return `${minutes} min`;
  return `${minutes}:${String(seconds % 60).padStart(2, '0')}`;
}

/** How long something took: `0.4 s`, `12 s`, `3 min 5 s`, `1 h 12 min`. */
export function shortText(ms: number): string {
  if (!isTime(ms)) return 'an unknown time';
  if (ms < 10_000) return `${NUMBER.format(ms / 1_000)} s`;
  if (ms < 60_000) return `${Math.round(ms / 1_000)} s`;
  const seconds = Math.round(ms / 1_000);
  const rest = ms < 600_000 ? seconds % 60 : 0;
  if (ms < 600_000) return `${Math.floor(seconds / 60)} min${rest > 0 ? ` ${rest} s` : ''}`;
  return lastsText(ms);
}

/** Beside a line of a chart, whose lines are even steps of `TICKS_MS` apart: `30 s`, `1:30`, `15 min`. */
export function tickText(ms: number): string {
  return ms < 60_000 ? shortText(ms) : lastsText(ms);
}

const [SECOND, MINUTE, HOUR] = [1_000, 60_000, 3_600_000];

/** Steps of time that people count in. */
export const TICKS_MS: readonly number[] = [
  ...[0.001, 0.01, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 4, 6, 12, 24, 48, 96, 240].map((n) => n * HOUR),
];

/** Steps that people count things in: 1, 2, 5, 10, … */
export const COUNT_STEPS: readonly number[] = Array.from({ length: 14 }, (_, i) =>
  [1, 2, 5].map((n) => n * 10 ** i),
).flat();

export function countText(count: number): string {
  return NUMBER.format(count);
}

/** `12.4k`, `3.1M`. */
export function bigText(count: number): string {
  if (count >= 1_000_000) return `${NUMBER.format(count / 1_000_000)}M`;
  return count >= 10_000 ? `${NUMBER.format(count / 1_000)}k` : NUMBER.format(Math.round(count));
}

/** What stands in for a single address needs no length. */
export function sourceText(source: string, name: string | undefined): string {
  const text = source.replace(/\/(?:32|128)$/, '');
  return name === undefined ? text : `${name} (${text})`;
}
