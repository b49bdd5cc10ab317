import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from './instant.ts';

const UNITS: Readonly<Record<string, number>> = { d: DAY_MS, h: HOUR_MS, m: MINUTE_MS, s: SECOND_MS };

/** Reads `45m`, `2h`, `1h30m`, `2 hours`, `90 min` into milliseconds. Undefined for anything else, a bare number included. */
export function parseDuration(text: string): number | undefined {
  const short = text
    .trim()
    .toLowerCase()
    .replace(/\s+/g, '')
    .replace(/days?/g, 'd')
    .replace(/(?:hours?|hrs?)/g, 'h')
    .replace(/(?:minutes?|mins?)/g, 'm')
    .replace(/(?:seconds?|secs?)/g, 's');
  if (!/^(?:\d{1,5}d)?(?:\d{1,5}h)?(?:\d{1,5}m)?(?:\d{1,5}s)?$/.test(short) || short === '') return undefined;
  let ms = 0;
  for (const [, count, unit] of short.matchAll(/(\d+)([dhms])/g)) ms += Number(count) * (UNITS[unit ?? ''] ?? 0);
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
