import { JitError } from '../errors/errors.ts';
import { parseDuration } from './duration.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './instant.ts';
import { nearWord } from './near-word.ts';
import { figuresOf } from './number-words.ts';
import { tidy } from './text.ts';
import type { Token } from './token.ts';

/** A time out of the next words: how many words it takes, and what is wrong with it. */
export interface TimeSaid {
  readonly ms: number;
  readonly words: number;
  readonly fault?: JitError;
  /** Nothing of it came near to a time. */
  readonly isGuess?: true;
}

/** `an hour and a half and 30 seconds` is nothing that people type. */
const MOST_WORDS = 7;

/** Before a time, words that say no other time: `up to 2h`, `the next two hours`. */
const HEDGE = /^(?:up|to|at|most|max|maximum|the|next|another|about|around|roughly|approximately|approx|ca|circa)$/i;

/** Reads `90m`, `2 hours`, `1 h 30 min`, `1.5h`, `1h30`, `half an hour`: as many of the next words as belong to it. Undefined where it is no time. */
export function readTime(tokens: readonly Token[], at: number): TimeSaid | undefined {
  for (let words = Math.min(MOST_WORDS, tokens.length - at); words > 0; words -= 1) {
    const all = tokens.slice(at, at + words);
    if (all.some(({ isQuoted }) => isQuoted)) continue;
    const ms = timeOf(all.map(({ text, isJoined }, i) => (isJoined && i > 0 ? `and ${text}` : text)).join(' '));
    if (ms !== undefined) return { ms, words };
  }
  return undefined;
}

/** The same behind `for`: what is no time is a fault, with what comes nearest. */
export function mustReadTime(tokens: readonly Token[], at: number): TimeSaid {
  const said = readTime(tokens, at) ?? hedged(tokens, at);
  if (said) return said;
  const [word = '', unit = ''] = [tokens[at]?.text, tokens[at + 1]?.text];
  const near = nearTime(figuresOf(`${word} ${unit}`.toLowerCase()));
  const fault = new JitError('malformedDuration', { word: tidy(word === '' ? 'for' : word, 40) });
  if (near !== undefined) return { ms: near, words: 2, fault };
  const only = nearTime(word);
  const isGuess = only === undefined ? { isGuess: true as const } : {};
  return { ms: only ?? HOUR_MS, words: Math.min(1, tokens.length - at), fault, ...isGuess };
}

function hedged(tokens: readonly Token[], at: number): TimeSaid | undefined {
  const before = tokens.slice(at, at + 3).findIndex(({ text, isQuoted }) => isQuoted || !HEDGE.test(text));
  const time = before > 0 ? readTime(tokens, at + before) : undefined;
  return time && { ms: time.ms, words: time.words + before };
}

/** A slip in its unit (`2 huors`), no unit (`90`), one that is not read (`2w`), a clock's form (`1:30`). */
export function nearTime(word: string): number | undefined {
  const text = word.trim().toLowerCase();
  const clock = /^(\d{1,2}):([0-5]\d)$/.exec(text);
  if (clock) return Number(clock[1]) * HOUR_MS + Number(clock[2]) * MINUTE_MS || undefined;
  // `>2h`, `1-2h`, `2h-ish`.
  const [, least] = /^[<>≤≥]?(\d{1,3})(?:-\d{1,3})?\+? ?(?:h|hrs?|hours?)(?:-?ish|\+)?$/.exec(text) ?? [];
  if (least !== undefined) return Number(least) * HOUR_MS || undefined;
  const [, figure, unit] = /^(\d{1,4})\s*([a-z]*)$/.exec(text) ?? [];
  const count = Number(figure);
  if (figure === undefined || unit === undefined || count === 0) return undefined;
  if (unit === '') return count > 4 ? count * MINUTE_MS : count * HOUR_MS;
  if (/^w(?:eeks?)?$/.test(unit)) return count * 7 * DAY_MS;
  const near = nearWord(['hours', 'hour', 'minutes', 'minute', 'days'], unit);
  return near === undefined || unit.length < 3 ? undefined : parseDuration(`${count} ${near}`);
}

/** Behind a whole hour, a figure that is a part of one and the port of nothing: `1 hour 30`. */
export function isRestOfHour(ms: number, word: string | undefined): boolean {
  return ms % HOUR_MS === 0 && /^(?:5|10|15|20|30|40|45|50)$/.test(word ?? '');
}

function timeOf(words: string): number | undefined {
  const text = words
    .toLowerCase()
    .replace(/^\+/, '')
    .replace(/^(\p{L}+|\d+) more\b/u, '$1')
    .replace(/^another\b/, 'an')
    .replace(/^(?:an )?(?:extra|additional) (?=\d)|(?<=^an )(?:extra|additional) /, '');
  if (/^(?:(?:a )?half|1\/2) (?:an )?hour$|^1\/2 ?h$/.test(text)) return HOUR_MS / 2;
  if (/^(?:a )?quarter of an hour$/.test(text)) return HOUR_MS / 4;
  if (/^(?:three|3) quarters of an hour$|^(?:an? )?dreiviertelstunde$/.test(text)) return (3 * HOUR_MS) / 4;
  if (/^(?:an? )?viertelstunde$/.test(text)) return HOUR_MS / 4;
  if (/^(?:half a|a half|half) (?:day|tag)$/.test(text)) return DAY_MS / 2;
  if (/^one and a half$/.test(text)) return 1.5 * HOUR_MS;
  const figures = figuresOf(text)
    .replace(/^(\d+) (?:and )?1\/2 (hours?|h|days?)$/, '$1.5 $2')
    .replace(/^(\d+) and 1 half (hours?|h)$/, '$1.5 $2')
    .replace(/^(\d+) (hours?|h) and 1 half$/, '$1.5 $2')
    .replace(/^pt(?=\d)/, '')
    .replace(/(?<=[a-z]) and (?=\d)/g, ' ');
  const [, weeks] = /^(\d{1,2}) ?weeks?$/.exec(figures) ?? [];
  if (weeks !== undefined) return Number(weeks) * 7 * DAY_MS || undefined;
  const [, minutes] = /^\d{1,3}h([0-5]\d)$/.exec(figures) ?? [];
  const [, hours, rest] = /^(\d{1,2}):([0-5]\d) ?h(?:ours?|rs?)?$/.exec(figures) ?? [];
  if (hours !== undefined) return parseDuration(`${hours}h${rest}m`);
  return parseDuration(minutes === undefined ? figures : `${figures}m`) ?? decimal(figures);
}

/** `1.5h`, `1,5 hours`: whole minutes. */
function decimal(text: string): number | undefined {
  const [, whole, part, unit] =
    /^(\d{0,3})[.,](\d{1,2})\s*(h(?:ours?|rs?)?|std|stunden?|d(?:ays?)?|tage?)$/.exec(text) ?? [];
  if (unit === undefined) return undefined;
  const ms = Math.round(Number(`${whole}.${part}`) * (/^[hs]/.test(unit) ? HOUR_MS : DAY_MS));
  return ms > 0 && ms % MINUTE_MS === 0 ? ms : undefined;
}

/** `1,5 h`: so low a figure is no port that anybody opens. */
export function isDecimal(text: string): boolean {
  return /^1?\d,/.test(text);
}
