import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './instant.ts';

const UNITS_MS = [DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS] as const;

/** Largest unit first, each once at most. Spaces may stand around a unit, never between two figures. */
const SHAPE =
  /^(?:(\d{1,5})\s*(?:d(?:ays?)?|tage?)\s*)?(?:(\d{1,5})\s*(?:h(?:ours?|rs?)?|std|stunden?)\s*)?(?:(\d{1,5})\s*m(?:in(?:ute)?[ns]?)?\s*)?(?:(\d{1,5})\s*s(?:ec(?:ond)?s?)?)?$/;

/** Reads `45m`, `2h`, `1h30m`, `2 hours`, `90 min` into milliseconds. Undefined for anything else, a bare number included. */
export function parseDuration(text: string): number | undefined {
  const [, ...counts] = SHAPE.exec(text.trim().toLowerCase()) ?? [];
  const ms = UNITS_MS.reduce((sum, unit, i) => sum + Number(counts[i] ?? 0) * unit, 0);
  return ms > 0 ? ms : undefined;
}

/** `1 h 30 min`, `45 min`, `3 s`: what people read. */
export function durationText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / SECOND_MS));
  const parts = [
    [Math.floor(seconds / 86_400), 'd'],
    [Math.floor((seconds % 86_400) / 3_600), 'h'],
    [Math.floor((seconds % 3_600) / 60), 'min'],
    [seconds % 60, 's'],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${count} ${unit}`);
  return shown.join(' ') || '0 s';
}

/** The same for people who wait: the largest unit and the one below it, never more than it is. `1 d`, for a day and 20 seconds. */
export function aboutText(ms: number): string {
  return durationText(aboutMs(ms));
}

/** Down to that unit, in milliseconds. */
export function aboutMs(ms: number): number {
  const i = UNITS_MS.findIndex((unit) => ms >= unit);
  const unit = UNITS_MS[Math.min(i + 1, UNITS_MS.length - 1)] ?? SECOND_MS;
  return i < 0 ? ms : Math.floor(ms / unit) * unit;
}
