import { isZone } from './day.ts';
import { zoneFormat } from './formats.ts';
import type { Instant } from './instant.ts';
import type { Token } from './token.ts';

/** The zone of `18:00 Europe/Berlin`, `18:00+01:00`, or `18:00 UTC+1`, by its name there. None is further from UTC than fourteen hours. */
export function zoneNamed(typed: string): string | undefined {
  const [, sign, hours = '', minutes = '00'] = /^(?:utc|gmt)([+-])(\d{1,2})(?::?(\d\d))?$/.exec(typed) ?? [];
  const word = sign === undefined ? typed : `${sign}${hours.padStart(2, '0')}:${minutes}`;
  const isNamed = /^[a-z_]+(?:\/[a-z_+-]+\d*)+$|^[+-](?:0\d|1[0-3]):[0-5]\d$|^[+-]14:00$/.test(word);
  return isNamed && isZone(word) ? word : undefined;
}

/** UTC, or what their own zone is called now: `18:00 CET`, `18 Uhr MEZ`. */
export function isZoneWord(word: string, { now, zone }: { readonly now: Instant; readonly zone: string }): boolean {
  if (/^(?:utc|gmt|z)$/.test(word)) return true;
  const short = (locale: string) =>
    zoneFormat(locale, zone)
      .formatToParts(now)
      .find(({ type }) => type === 'timeZoneName')
      ?.value.toLowerCase();
  return /^[a-z]{3,5}$/.test(word) && ['en-GB', 'en-US', 'de-DE'].some((locale) => short(locale) === word);
}

/** Letters of zones that are no words: `EST` may be one of several, and no library knows them all. */
export const ZONE_LETTERS: readonly string[] =
  'utc gmt est edt cst cdt mst mdt pst pdt akst akdt hst cet cest bst ist jst kst msk eet eest wet west aest aedt acst awst nzst nzdt hkt sgt pkt brt clt sast ict wib mez mesz'.split(
    ' ',
  );

/** Behind the time of a clock: letters that stand for a zone, which is not theirs. */
export function isUnknownZone(text: string): boolean {
  return (
    ZONE_LETTERS.includes(text.toLowerCase()) ||
    /^[A-Z]{1,4}T$/.test(text) ||
    /^(?:pacific|eastern|central|mountain)$/i.test(text)
  );
}

/** The zones of the platform, by the cities that they are called by. */
const CITIES: ReadonlyMap<string, string> = new Map(
  Intl.supportedValuesOf('timeZone').map((zone) => [zone.slice(zone.lastIndexOf('/') + 1).toLowerCase(), zone]),
);

/** `18:00 Tokyo`, `18:00 New York time`: a city by which a zone is called. In small letters alone, it may be the name of a machine. */
export function cityZone(
  tokens: readonly Token[],
  at: number,
): { readonly zone: string; readonly words: number } | undefined {
  for (const count of [3, 2, 1]) {
    const words = tokens.slice(at, at + count).map(({ text, isQuoted }) => (isQuoted ? '' : text));
    const isTime = /^time$/i.test(tokens[at + count]?.text ?? '');
    if (words.length < count || !(isTime || words.every((word) => /^[A-Z]/.test(word)))) continue;
    const city = words.join('_').toLowerCase();
    const named = CITIES.get(city);
    if (named !== undefined) return { zone: named, words: count + (isTime ? 1 : 0) };
  }
  return undefined;
}
