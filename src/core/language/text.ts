import { durationText } from './duration.ts';
import { dayFormat, listFormat, numberFormat, pluralRules } from './formats.ts';
import type { Instant } from './instant.ts';

/**
 * A piece of text for people. Chats show instants in the reader's time zone, and people as mentions where they can. The
 * one markup in it is `code`; everything else that means something to a chat is shown as it stands.
 */
export type Shown =
  | string
  | { readonly at: Instant }
  | { readonly person: string; readonly name: string }
  /** An address of ours, for whoever reads this alone. */
  | { readonly link: string; readonly name: string };

/**
 * A sentence of ours, or a part of one, that is said in the reader's language: its English with what is filled in by number
 * or by name, `{0} asks for {1}`. A string beside it is nobody's language: a name, an address, what somebody wrote.
 */
export interface Saying {
  readonly say: string;
  readonly with: Readonly<Record<string, Value>>;
  /** It begins with a capital, or in the middle of a sentence. */
  readonly first?: 'upper' | 'lower';
  /** At most so many characters, made safe as what somebody typed: what is filled in was read from elsewhere. */
  readonly most?: number;
}

export type Span = Shown | Saying;

export type Line = readonly Span[];

/** A title, a heading, what stands on a button: the English that catalogues know it by, or that with what is filled in. */
export type Phrase = string | Saying;

/** How long something takes, in the reader's words. */
export interface Lasting {
  readonly ms: number;
}

/** Several, one after the other, as the reader's language lists them. */
export interface Series {
  readonly all: readonly Value[];
  readonly by: 'and' | 'or' | ', ' | '; ';
}

/** What may be filled in. */
export type Value = Span | Line | number | Lasting | Series;

/** The line as plain text in English: instants in UTC, people by name. For logs, fallbacks and the terminal. */
export function plain(line: Line): string {
  return plainly(spoken(line, ENGLISH));
}

/** The same for a line that is in somebody's language already. */
export function plainly(line: readonly Shown[]): string {
  return line
    .map((span) => {
      if (typeof span === 'string') return span;
      if ('link' in span) return `${span.name} (${span.link})`;
      return 'at' in span ? clockText(span.at) : span.name;
    })
    .join('');
}

/** `14:02 UTC`. */
export function clockText(at: Instant): string {
  return `${new Date(at).toISOString().slice(11, 16)} UTC`;
}

/** `27 Nov, 14:02 UTC`: for words that may be read on another day. */
export function dayAndClockText(at: Instant, locale = 'en-GB'): string {
  const day = dayFormat(locale, 'UTC').format(at);
  return `${day}, ${clockText(at)}`;
}

/**
 * What somebody typed, made safe to show: one line, no control, bidi-override or zero-width characters, none of our own
 * markup, capped. Escaping for a chat's own markup is that adapter's work.
 */
export function tidy(text: string, most: number): string {
  const clean = text
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]+/gu, ' ')
    .replace(/`/g, "'")
    .replace(/\s+/g, ' ')
    .trim();
  const characters = [...clean];
  return characters.length > most ? `${characters.slice(0, most - 1).join('')}…` : clean;
}

/** Languages that Drawbridge speaks. A new one: docs/languages.md. */
export type Language = 'en' | 'de';

/** A language as it is spoken: the sentence for an English one, and how it counts, lists and capitalises. */
export interface Tongue {
  readonly language: Language;
  /** BCP 47. Figures, lists and plurals follow it, by the platform's own rules. */
  readonly locale: string;
  /** The sentence in this language; undefined where it has none, and the English is said. */
  of(english: string): string | undefined;
  durationText(ms: number): string;
  /** Nouns keep their capitals: what begins a sentence is not lowered in the middle of another. */
  readonly keepsCapitals?: true;
}

export const ENGLISH: Tongue = { language: 'en', locale: 'en-GB', of: (english) => english, durationText };

/** A title, a heading or what stands on a button, in this language. */
export function phrased(phrase: Phrase, tongue: Tongue = ENGLISH): string {
  return typeof phrase === 'string' ? (tongue.of(phrase) ?? phrase) : plainly(spoken([phrase], tongue));
}

/** The line in this language: what is left are strings, instants, people and links. */
export function spoken(line: Line, tongue: Tongue): readonly Shown[] {
  return line.flatMap((span) => (isSaid(span) ? saidIn(span, tongue) : [namedIn(span, tongue)]));
}

function isSaid(value: Value): value is Saying {
  return typeof value === 'object' && 'say' in value;
}

/** `{0}`, `{name}`, and `{0, plural, one {# port} other {# ports}}` as in ICU's messages. */
const PLACE = /\{(\w+), plural,((?:\s*\w+ \{[^{}]*\})+)\s*\}|\{(\w+)\}/g;

type Part =
  | string
  | { readonly name: string; readonly isCode: boolean }
  | { readonly name: string; readonly forms: string };

/** Sentences are ours and their number is fixed; more than this would be a mistake. */
const MOST_SENTENCES = 5_000;
const sentences = new Map<string, readonly Part[]>();

/** What a sentence is made of: each is said again and again, on every card. */
function partsOf(text: string): readonly Part[] {
  const known = sentences.get(text);
  if (known) return known;
  const parts: Part[] = [];
  let from = 0;
  for (const match of text.matchAll(PLACE)) {
    const [whole, counted, forms = '', name = ''] = match;
    parts.push(text.slice(from, match.index));
    from = match.index + whole.length;
    const isCode = text.slice(0, match.index).split('`').length % 2 === 0;
    parts.push(counted === undefined ? { name, isCode } : { name: counted, forms });
  }
  parts.push(text.slice(from));
  if (sentences.size >= MOST_SENTENCES) sentences.clear();
  sentences.set(text, parts);
  return parts;
}

function saidIn({ say, with: values, first, most }: Saying, tongue: Tongue): readonly Shown[] {
  const parts = partsOf(tongue.of(say) ?? say).flatMap((part): readonly Shown[] => {
    if (typeof part === 'string') return [part];
    if ('forms' in part) return [pluralOf(Number(values[part.name] ?? 0), part.forms, tongue)];
    return valueIn(values[part.name] ?? '…', tongue, part.isCode);
  });
  const all = joined(parts).map((one) => (typeof one === 'string' && most !== undefined ? tidy(one, most) : one));
  return lettered(all, first, tongue);
}

function pluralOf(count: number, forms: string, { locale }: Tongue): string {
  const all = new Map([...forms.matchAll(/(\w+) \{([^{}]*)\}/g)].map(([, name = '', text = '']) => [name, text]));
  const text = all.get(pluralRules(locale).select(count)) ?? all.get('other') ?? '#';
  return text.replaceAll('#', numberFormat(locale).format(count));
}

function valueIn(value: Value, tongue: Tongue, isCode: boolean): readonly Shown[] {
  if (typeof value === 'number') return [numberIn(value, tongue)];
  if (typeof value === 'string') return [isCode ? value : isolated(value)];
  if (isList(value)) return value.flatMap((one) => valueIn(one, tongue, isCode));
  if (isSaid(value)) return saidIn(value, tongue);
  if ('ms' in value) return [tongue.durationText(value.ms)];
  return 'all' in value ? listedIn(value, tongue, isCode) : [namedIn(value, tongue)];
}

/** What stands on a link is ours, whatever it leads to. */
function namedIn(span: Shown, tongue: Tongue): Shown {
  return typeof span === 'object' && 'link' in span ? { ...span, name: tongue.of(span.name) ?? span.name } : span;
}

function isList(value: Value): value is Line {
  return Array.isArray(value);
}

/** NB. in English without groups of digits, as it always was. */
function numberIn(value: number, { locale }: Tongue): string {
  return locale === ENGLISH.locale ? String(value) : numberFormat(locale).format(value);
}

function listedIn({ all, by }: Series, tongue: Tongue, isCode: boolean): readonly Shown[] {
  const each = all.map((one) => valueIn(one, tongue, isCode));
  if (by === ', ' || by === '; ') return each.flatMap((one, i) => (i === 0 ? one : [by, ...one]));
  const format = listFormat(tongue.locale, by === 'or' ? 'disjunction' : 'conjunction');
  return format
    .formatToParts(each.map((_, i) => String(i)))
    .flatMap(({ type, value }) => (type === 'literal' ? [value] : (each[Number(value)] ?? [])));
}

/** Letters that are read from right to left (Unicode, UAX 9: R and AL). */
const RIGHT_TO_LEFT =
  /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}]/u;

/** What is read the other way does not turn the sentence around it (UAX 9: first strong isolate). In code it would be typed along. */
function isolated(text: string): string {
  return RIGHT_TO_LEFT.test(text) ? `\u2068${text}\u2069` : text;
}

/** Strings side by side as one. */
function joined(parts: readonly Shown[]): readonly Shown[] {
  const all: Shown[] = [];
  for (const part of parts) {
    const last = all.at(-1);
    if (part === '') continue;
    if (typeof part === 'string' && typeof last === 'string') all[all.length - 1] = last + part;
    else all.push(part);
  }
  return all;
}

function lettered(line: readonly Shown[], first: Saying['first'], { locale, keepsCapitals }: Tongue): readonly Shown[] {
  const [begin, ...rest] = line;
  if (typeof begin !== 'string' || first === undefined || (first === 'lower' && keepsCapitals)) return line;
  const letter = begin.charAt(0);
  const turned = first === 'upper' ? letter.toLocaleUpperCase(locale) : letter.toLocaleLowerCase(locale);
  return [turned + begin.slice(1), ...rest];
}
