import { clockIn, type ReaderClock } from '../../src/core/language/clock.ts';
import type { Instant } from '../../src/core/language/instant.ts';
import { quoted } from '../../src/core/language/quotation.ts';
import { say } from '../../src/core/language/say.ts';
import {
  dayAndClockText,
  ENGLISH,
  type Line,
  phrased,
  type Shown,
  spoken,
  type Tongue,
} from '../../src/core/language/text.ts';

/** Cuts a text, whole characters only, so that it takes at most so many bytes in a message once it was made safe. */
export function cut(text: string, mostBytes: number, safe = (one: string) => one): string {
  if (jsonBytes(safe(text)) <= mostBytes) return text;
  let kept = '';
  let bytes = jsonBytes('…');
  for (const character of text) {
    bytes += jsonBytes(safe(character));
    if (bytes > mostBytes) break;
    kept += character;
  }
  return `${kept}…`;
}

/** What a text takes in a message: a quotation mark two bytes, a control character six. */
export function jsonBytes(text: string): number {
  return ESCAPED.test(text) ? Buffer.byteLength(JSON.stringify(text)) - 2 : Buffer.byteLength(text);
}

/** What JSON may write otherwise than it is: a half of a pair of surrogates too. */
const ESCAPED = /["\\\p{Cc}\p{Cs}]/u;

/** Text of a card element that knows no Markdown (`TextRun`). Only the date macros have to be kept out. */
export function asRun(text: string, tongue = ENGLISH): string {
  return withoutCode(text, tongue).replace(/\{(?=\{)/g, '{ ');
}

/** Longer words are broken where rich text, which breaks none, would be cut at the edge of a phone. */
const LONGEST_WORD = 24;

/** What people wrote, in an element that breaks no words by itself: long ones may be broken. Not for what is copied. */
export function breakable(text: string): string {
  const long = new RegExp(`\\S{${LONGEST_WORD}}(?=\\S)`, 'gu');
  return text.replace(long, '$&\u200b');
}

/**
 * Text of a card element that knows Markdown (`TextBlock`, `Fact`), so that it shows as written. Cards know bold, italic,
 * lists and links (Adaptive Cards, "Text features"); the renderers of the desktop know some more.
 */
export function asBlock(text: string, tongue = ENGLISH): string {
  return withoutTags(asRun(text, tongue))
    .replace(/[\\*_[\]~]/g, '\\$&')
    .replace(/&(?=#?\w+;)/g, '\\&')
    .replace(/^(\s*)(?=[-+>#])/, '$1\\')
    .replace(/^(\s*\d+)(?=[.)]\s)/, '$1\\');
}

/**
 * An instant in the reader's own time zone (Adaptive Cards, "Date and time formatting"). With its date, always: whether it is
 * today is known to the reader's clock alone.
 */
function macro(at: Instant): string {
  const iso = new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z');
  return `{{DATE(${iso},SHORT)}}, {{TIME(${iso})}}`;
}

/** Makes a text safe as one of an element, in the quotation marks of a language. */
type Safe = (text: string, tongue?: Tongue) => string;

interface Shape {
  readonly mostBytes?: number;
  readonly tongue?: Tongue;
}

/** A line as text of a card: `safe` is for what is not ours, the macros stay. */
export function inCard(line: Line, given: Safe, { mostBytes = 400, tongue = ENGLISH }: Shape = {}): string {
  const safe = (text: string) => given(text, tongue);
  let left = mostBytes;
  const take = (text: string) => {
    const whole = safe(text);
    const bytes = jsonBytes(whole);
    const kept = bytes <= left ? whole : safe(left > 0 ? cut(text, left, safe) : '');
    left -= bytes;
    return kept;
  };
  return spoken(line, tongue)
    .map((span) => {
      if (typeof span === 'string') return take(span);
      return 'at' in span ? macro(span.at) : take(named(span));
    })
    .join('');
}

/** A name that is read from right to left turns nothing around it: what is filled into a sentence never does. */
function named({ name }: { readonly name: string }): string {
  return phrased(say`${name}`);
}

/** Who reads it: on their own clock where that is known, in their own language. */
export interface TeamsReader {
  readonly clock?: ReaderClock | undefined;
  readonly tongue: Tongue;
}

const UNKNOWN: TeamsReader = { tongue: ENGLISH };

/** A line as plain words: what is shown in a notice, spoken, or stands in a notification. Instants on the reader's clock where it is known, else in UTC, with their day: a review may be due in three. */
export function inWords(line: Line, reader: TeamsReader = UNKNOWN): string {
  return spoken(line, reader.tongue)
    .map((span) => (typeof span === 'string' ? withoutCode(span, reader.tongue) : wordOf(span, reader)))
    .join('');
}

/** A line as Markdown of a message: code stays code and bold stays bold, everything else shows as it was written. */
export function inMessage(given: Line, reader: TeamsReader = UNKNOWN): string {
  const line = spoken(given, reader.tongue);
  if (line.length > 1 && line.some((span) => typeof span !== 'string' && 'link' in span))
    return line.map((span) => inMessage([span], reader)).join('');
  const [only] = line;
  if (only !== undefined && typeof only !== 'string' && 'link' in only)
    return `[${escapeMessage(only.name)}](${only.link})`;
  const text = line.map((span) => (typeof span === 'string' ? span : wordOf(span, reader))).join('');
  const bold = /^\*(\p{L}+)\*/u.exec(text);
  const rest = bold ? text.slice(bold[0].length) : text;
  const parts = rest.split(/(`[^`]+`)/).map((part, i) => (i % 2 === 1 ? `\`${command(part)}\`` : escapeMessage(part)));
  return `${bold ? `**${bold[1]}**` : ''}${parts.join('')}`;
}

type Named = Exclude<Shown, string>;

function wordOf(span: Named, { clock, tongue }: TeamsReader): string {
  if ('link' in span) return `${span.name} (${span.link})`;
  if (!('at' in span)) return named(span);
  return clock ? clockIn(span.at, clock, tongue.locale) : dayAndClockText(span.at, tongue.locale);
}

/** Teams has no slash commands of ours: what stands behind `/jit` is written to the bot as it is. */
function command(code: string): string {
  return angles(code.slice(1, -1).replace(/^\/jit\s+/, ''));
}

/** Where code is shown as words: in quotation marks. */
function withoutCode(text: string, tongue: Tongue): string {
  return text.replace(/`[^`]+`/g, (code) => phrased(quoted(code.slice(1, -1).replace(/^\/jit\s+/, '')), tongue));
}

function escapeMessage(text: string): string {
  return angles(text)
    .replace(/[\\*_[\]~`]/g, '\\$&')
    .replace(/^(\s*)(?=[-+#>])/, '$1\\')
    .replace(/^(\s*\d+)(?=[.)]\s)/, '$1\\');
}

/** Clients that take HTML show nothing of what looks like a tag: of `ssh <user>@…` the user is missing in the Agents Playground. */
function withoutTags(text: string): string {
  return text.replace(/<([/!?a-z][^<>]*)>/gi, '‹$1›').replace(/<(?=[/!?a-z])/gi, '‹');
}

/** Teams reads tags and entities in messages of every format. NB. code is not decoded everywhere, so entities are no way out. */
function angles(text: string): string {
  return text
    .replaceAll('<', '‹')
    .replaceAll('>', '›')
    .replace(/&(?=#?\w+;)/g, '& ');
}
