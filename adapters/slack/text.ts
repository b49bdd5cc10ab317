import { quoted } from '../../src/core/language/quotation.ts';
import { say } from '../../src/core/language/say.ts';
import type { Line } from '../../src/core/language/text.ts';
import { clockText, type Language, phrased, type Shown, spoken, type Tongue } from '../../src/core/language/text.ts';

/** The Slack id of a person of drawbridge.yaml. */
export type SlackIdOf = (personId: string) => string | undefined;

/** Who reads it: how people are mentioned to them, and in which language. */
export interface SlackReader {
  readonly slackIdOf: SlackIdOf;
  readonly tongue: Tongue;
}

/** Tokens of Slack, which its clients write in their own language; what stands between them is ours. */
const DATES: Readonly<Record<Language, string>> = {
  en: '{date_short_pretty} at {time}',
  de: '{date_short_pretty}, {time}',
};

/**
 * Slack has no escape for its formatting characters. Where they could format something, a look-alike stands in; an
 * underscore within a word formats nothing, and names of machines have many.
 */
const LOOK_ALIKES: Readonly<Record<string, string>> = { '*': '∗', '~': '∼', _: 'ˍ' };
const FORMATTING = /[*~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;

/** Slack's three control characters (https://docs.slack.dev/messaging/formatting-message-text#escaping). */
export function escaped(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');
}

/**
 * A line as mrkdwn: instants in the reader's own time zone, people as mentions. Of all markup in it only our own
 * `code` stays. At most so many characters, never cut within a mention or an escape.
 */
export function mrkdwn(line: Line, { slackIdOf, tongue }: SlackReader, most = Number.POSITIVE_INFINITY): string {
  const shown = spoken(line, tongue);
  const parts = (split: Split) => shown.flatMap((span) => partsOf(span, { slackIdOf, tongue }, split));
  const whole = parts(uncut).join('');
  if (whole.length <= most) return whole;
  let kept = '';
  for (const part of parts(byCharacter)) {
    if (kept.length + part.length >= most) break;
    kept += part;
  }
  return `${kept}…`;
}

/** Makes a text safe, as a whole or in what must stay together. */
type Split = (text: string) => string[];

const uncut: Split = (text) => [escaped(text)];
const byCharacter: Split = (text) => [...text].map(escaped);

/** What must stay together: a character, a mention, an instant. */
function partsOf(span: Shown, { slackIdOf, tongue }: SlackReader, split: Split): string[] {
  if (typeof span === 'string') return wordsOf(span, split);
  if ('at' in span) return [`<!date^${Math.floor(span.at / 1_000)}^${DATES[tongue.language]}|${clockText(span.at)}>`];
  if ('link' in span) return [`<${escaped(span.link)}|${wordsOf(span.name, uncut).join('')}>`];
  const id = slackIdOf(span.person);
  // A name that is read from right to left turns nothing around it: what is filled into a sentence never does.
  return id ? [`<@${id}>`] : wordsOf(phrased(say`${span.name}`), split);
}

/** Our own `code`, and IPv6 addresses: between two colons Slack would read the name of an emoji (`:100:`, `:1234:`). */
const CODE = /(`[^`]*`|(?<![\p{L}\p{N}:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?:\/\d+)?(?![\p{L}\p{N}:]))/giu;

function wordsOf(text: string, split: Split): string[] {
  return text.split(CODE).flatMap((piece, i) => {
    if (i % 2 === 0) return split(piece.replace(FORMATTING, (sign) => LOOK_ALIKES[sign] ?? sign));
    return piece.startsWith('`') ? split(piece) : [`\`${piece}\``];
  });
}

/** Several lines, below Slack's own advice for the length of a message (4,000); what is left out is said. */
export function lines(all: readonly Line[], reader: SlackReader): string {
  const texts = all.map((line) => mrkdwn(line, reader, LINE));
  let length = 0;
  const fitting = texts.filter((text) => {
    length += text.length + 1;
    return length < ALL_LINES;
  });
  return (fitting.length < texts.length ? [...fitting, '…'] : fitting).join('\n');
}

const LINE = 1_500;
const ALL_LINES = 3_900;

/** At most so many characters, with an ellipsis where it was cut; never half of one. */
export function cut(text: string, most: number): string {
  if (text.length <= most) return text;
  let kept = '';
  for (const character of text) {
    if (kept.length + character.length >= most) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Words below a box of a form, which knows no markup: `code` in quotes (docs.slack.dev/surfaces/modals, "Displaying errors in views"). */
export function inBox(text: string, most: number, tongue: Tongue): string {
  return cut(
    text.replace(/`([^`]+)`/g, (_, code: string) => phrased(quoted(code), tongue)),
    most,
  );
}
