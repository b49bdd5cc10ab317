import type { Token } from './token.ts';
import { isClock, isDay, minuteOf } from './until-words.ts';

/** `between 18:00 and 20:00`, `from 16 to 18`: as `from 18:00 until 20:00`, which is a start and an end. */
export function spelledSpans(tokens: readonly Token[]): readonly Token[] {
  const all = hoursSpelled(halvesJoined(tokens));
  return all.flatMap((token, i) => {
    const end = dashed(token, all[i - 1]);
    return end === undefined
      ? [spelled(token, i, all) ?? token]
      : [
          { ...token, text: 'until' },
          { ...token, text: end },
        ];
  });
}

function spelledLetter(token: Token | undefined): string {
  return token && !token.isQuoted && /^[srdhp]$/i.test(token.text) ? token.text : ' ';
}

/** `six p m`, `s s h`, as it is dictated. */
function halvesJoined(tokens: readonly Token[]): readonly Token[] {
  const isLetter = (token: Token | undefined, letter: RegExp) =>
    token !== undefined && !token.isQuoted && letter.test(token.text);
  const at = tokens.findIndex((token, i) => i > 0 && isLetter(token, /^[ap]$/i) && isLetter(tokens[i + 1], /^m$/i));
  const letters = tokens.findIndex((_, i) =>
    /^(?:ssh|rdp)$/i.test([0, 1, 2].map((more) => spelledLetter(tokens[i + more])).join('')),
  );
  const name = tokens[letters];
  if (name)
    return [
      ...tokens.slice(0, letters),
      { ...name, text: [0, 1, 2].map((more) => spelledLetter(tokens[letters + more])).join('') },
      ...tokens.slice(letters + 3),
    ];
  const half = tokens[at];
  return half ? [...tokens.slice(0, at), { ...half, text: `${half.text}m` }, ...tokens.slice(at + 2)] : tokens;
}

/** `16 bis 18 Uhr`, `4 to 6 pm`: the first hour is no port. */
function hoursSpelled(tokens: readonly Token[]): readonly Token[] {
  const at = tokens.findIndex((_, i) => hoursFrom(tokens, i) !== undefined);
  const [token, link, end, half] = tokens.slice(Math.max(0, at));
  const hours = hoursFrom(tokens, at);
  if (!hours || !token || !link || !end) return tokens;
  const words = half && /^[ap]\.?m\.?$/i.test(half.text) ? 4 : 3;
  const [from, until] = hours;
  const span = [
    { ...token, text: 'from' },
    { ...token, text: from },
    { ...link, text: 'until' },
    { ...end, text: until },
  ];
  return [...tokens.slice(0, at), ...span, ...hoursSpelled(tokens.slice(at + words))];
}

/** `9:00-11:00`, `9am-11am`, `9:00-11`. */
const SPAN = /^(\d{1,2}(?::\d\d|[ap]m))-(\d{1,2}(?::\d\d)?(?:[ap]m)?)$/i;
/** `16-18h`, `16h-18h`, `4-6pm`; `16-18 Uhr`, and behind a day, `9-17`. */
const HOURS = /^(\d{1,2})h?-(\d{1,2})(h|[ap]m)?$/i;

/** `2026-12-01T09:00/2026-12-01T10:00`, `2026-12-01T09:00/PT1H` (ISO 8601). */
const INTERVAL = /^(\d{4}-\d\d-\d\dT[\d:.Z+-]+)\/(?:((?:\d{4}-\d\d-\d\dT)?\d\d:[\d:.Z+-]+)|(PT?\d\S*))$/i;

/** `18:00+2h` */
const CLOCK_AND_LENGTH = /^(\d{1,2}:\d\d)()\+(\d+(?:[.,]\d+)?(?:h|m|min))$/i;

/** A span of a clock that is one word, in the words of a start and an end. */
export function clockSpan(word: string, before: string, next: string): readonly string[] | undefined {
  const [, start, end, length = ''] = INTERVAL.exec(word) ?? CLOCK_AND_LENGTH.exec(word) ?? [];
  if (start !== undefined) return ['from', start, ...(end ? ['until', end] : ['for', length])];
  const [, from, until] = SPAN.exec(word) ?? hoursOf(word, before, next);
  if (from === undefined || until === undefined) return undefined;
  // `18:00-02:00` may be a time and its offset.
  const isOffset = /^\d\d:\d\d$/.test(from) && /^\d\d:\d\d$/.test(until) && until < from;
  if (isOffset) return [from, `-${until}`];
  return [...(/^(?:at|on|um|ab|from|von)$/i.test(before) ? [] : ['from']), from, 'until', until];
}

function hoursOf(word: string, before: string, next: string): readonly string[] {
  const [, first = '', second = '', unit = ''] = HOURS.exec(word) ?? [];
  const [from, until] = [Number(first), Number(second)];
  if (first === '' || from >= until || until > 24) return [];
  if (/^[ap]m$/i.test(unit)) return until > 12 ? [] : ['', `${first}${unit}`, `${second}${unit}`];
  const isOfDay = isDay(before.toLowerCase()) || /^(?:heute|morgen|today|tomorrow)$/i.test(before);
  const isUhr = /^uhr\b/i.test(next) || (isOfDay && from >= 7);
  const isHours = /^h$/i.test(unit) && from >= 7 && !/^(?:for|für)$/i.test(before);
  return isUhr || isHours ? ['', `${from}:00`, `${until}:00`] : [];
}

/** `18:00 -20:00`: the end of what begins right before. */
function dashed({ text, isQuoted }: Token, before: Token | undefined): string | undefined {
  const [, end] = /^-(\d\d?:[0-5]\d)$/.exec(isQuoted ? '' : text) ?? [];
  if (end === undefined || !before || before.isQuoted || !isClock(before.text)) return undefined;
  return (minuteOf(before.text.toLowerCase()) ?? 0) < (minuteOf(end) ?? 0) ? end : undefined;
}

/** The two hours of such a span that begins here. */
function hoursFrom(all: readonly Token[], i: number): readonly [string, string] | undefined {
  const words = [-1, 0, 1, 2, 3].map((more) =>
    all[i + more]?.isQuoted ? '' : (all[i + more]?.text.toLowerCase() ?? ''),
  );
  const [before = '', first = '', link = '', second = '', half = ''] = words;
  if (/^(?:ports?|from|von|between|at|on|um|ab|until|till|bis)$/.test(before) || !/^(?:to|bis)$/.test(link))
    return undefined;
  if (!/^(?:[1-9]|1\d|2[013])$/.test(first)) return undefined;
  const [, hour = '', own = ''] = /^(\d{1,2})(?::00)?([ap]m)?$/.exec(second) ?? [];
  const noon = /^[ap]\.?m\.?$/.test(half) ? half.replaceAll('.', '') : own;
  if (Number(first) >= Number(hour) || (noon === '' && !second.endsWith(':00'))) return undefined;
  // Of `sunday 1 bis 2:00` nobody can tell which half of the day is meant.
  if (noon === '' && Number(first) < 13) return undefined;
  return noon === '' ? [`${first}:00`, second] : [`${first}${noon}`, `${hour}${noon}`];
}

function spelled(token: Token, i: number, all: readonly Token[]): Token | undefined {
  const span = spanFrom(all, i);
  if (span) return { ...token, text: 'from' };
  const begun = spanFrom(all, i - 1);
  if (begun) return { ...token, text: begun[0] };
  const linked = spanFrom(all, i - 2);
  if (linked) return { ...token, text: 'until' };
  const ended = spanFrom(all, i - 3);
  return ended ? { ...token, text: ended[1] } : spelledLoosely(token, i, all);
}

/** The two times of a span that begins here, where there is one. */
function spanFrom(all: readonly Token[], i: number): readonly [string, string] | undefined {
  const words = [0, 1, 2, 3].map((more) => (all[i + more]?.isQuoted ? '' : (all[i + more]?.text.toLowerCase() ?? '')));
  const [word = '', first = '', link = '', second = ''] = words;
  if (!/^(?:between|from|von)$/.test(word) || !/^(?:and|und|to|until|till|til|bis)$/.test(link)) return undefined;
  if (isLength(all, i)) return undefined;
  const [from, to] = [clockOf(first), clockOf(second)];
  if (from === undefined || to === undefined) return undefined;
  return (minuteOf(from) ?? 0) < (minuteOf(to) ?? 0) ? [from, to] : undefined;
}

/** `between 1 and 2 hours` are lengths, and `between 9 and 11 h` hours of a clock. */
function isLength(all: readonly Token[], i: number): boolean {
  const [second = '', unit = ''] = [3, 4].map((more) => all[i + more]?.text.toLowerCase());
  return /^(?:hrs?|hours?|stunden?|std|mins?|minute[ns]?|days?|tagen?|tage)$/.test(
    /^\d+$/.test(second) ? unit : second.replace(/^\d+/, ''),
  );
}

function clockOf(word: string): string | undefined {
  if (isClock(word)) return word;
  return /^(?:[01]?\d|2[0-3])$/.test(word) ? `${Number(word)}:00` : undefined;
}

/** `between friday 9:00 and 11:00`: the same of more words. */
function spelledLoosely(token: Token, i: number, all: readonly Token[]): Token | undefined {
  const is = (one: Token | undefined, what: RegExp) => one !== undefined && !one.isQuoted && what.test(one.text);
  const [between, and] = [/^between$/i, /^(?:and|und)$/i];
  const begun = all.findLastIndex((one, at) => at <= i && is(one, between));
  if (begun >= 0 && isLength(all, begun)) return undefined;
  if (is(token, between) && all.slice(i + 2, i + 6).some((one) => is(one, and))) return { ...token, text: 'from' };
  const isEnd = is(token, and) && all.slice(Math.max(0, i - 5), i - 1).some((one) => is(one, between));
  return isEnd ? { ...token, text: 'until' } : undefined;
}
