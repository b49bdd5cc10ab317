import { BLANKS, blankText, isBlankWord, isOpenName } from './blanks.ts';
import { inEnglish } from './german.ts';
import { bare, decoded, plainDashes, spelledOut, unlinked, unwrapped } from './marks.ts';
import { tidy } from './text.ts';
import { clockSpan, spelledSpans } from './time-span.ts';
import type { Token } from './token.ts';
import { dottedDate, isClock, isDay } from './until-words.ts';

/** The longest justification or reason that is kept, in characters. */
export const LONGEST_REASON = 500;

/** What stands behind it is not read, in characters. */
export const LONGEST_COMMAND = 4_000;

/** A command as it was typed, in words, with the reason apart. */
export interface Heard {
  readonly tokens: readonly Token[];
  /** Behind the first `because`; empty where nothing stands behind it. */
  readonly reason?: string;
  /** What the tokens are of. */
  readonly head: string;
  /** All of it, as it was typed. */
  readonly whole: string;
}

const MENTION = /^(?:<@[UWB][A-Z0-9]+(?:\|[^>]*)?>|<at(?:\s[^>]*)?>[^<]*<\/at>|@(?:drawbridge|jit)\b)[\s:,]*/i;
/** Before what was copied out of a list, a quotation or a terminal. */
const QUOTATION = /^(?:(?:&gt;|[>•·*$#/-]|\d{1,2}[.)]) )+/;
/** How a paste of a page is written in Teams; links are read apart. */
const TAG = /<\/?(?:p|div|span|br|b|i|u|s|em|strong|code|pre|ul|ol|li|blockquote|font)(?:\s[^<>]*)?\/?>/gi;
const PROGRAM = /^`?(?:npx \p{Cf}*)?(?:[/\\]{0,2} ?)jit\b(?!-)`?[\s:,]*/iu;
const BECAUSE =
  / \p{Cf}*(?:because\b|-{1,2}(?:because|reason)(?=[:= ])|(?:for \p{Cf}*)?reason[:=]|for \p{Cf}*reason\b|grund[:=]|begründung[:=]|weil\b|wegen\b)[\s:,=]*/iu;

let last: { readonly typed: string; readonly heard: Heard } | undefined;

/**
 * Reads what was typed, a leading mention of the bot and `/jit` taken off. Everything behind the first `because` is the reason, whatever it holds.
 * What was read last is kept: of one command, half a dozen ask for one thing each.
 */
export function heard(typed: string): Heard {
  if (last?.typed !== typed) last = { typed, heard: read(typed) };
  return last.heard;
}

function read(typed: string): Heard {
  const whole = addressed(typed);
  const text = ` ${whole} `;
  const at = BECAUSE.exec(text);
  const head = headOf(at ? text.slice(0, at.index) : text);
  const tokens = tokensOf(head);
  if (!at) return { tokens, head, whole };
  return { tokens, head, whole, reason: givenReason(reasonOf(text.slice(at.index + at[0].length))) };
}

/** Words for people, as they were written. */
export function reasonOf(text: string): string {
  return tidy(decoded(spelledOut(text)), LONGEST_REASON);
}

/** What an offered command has in place of a reason, and what people write who give none. */
const NO_REASON =
  /^["'“”„`]*(?:(?:[^\p{L}\p{N}]|\p{Default_Ignorable_Code_Point})*|x{3,8}|todo|tbd|<[^<>:/]*>|\$?\{{1,2} ?[\p{L}_][\p{L}_ -]* ?\}{1,2}|\$[A-Z][A-Z_]*|%[\p{L}_]+%|[[({]?(?:reason|grund|begründung|begruendung|justification)[\])}]?|your reason(?: here)?)["'“”`.…]*$/iu;

/** Does it only stand for a reason: `<reason>`, `Grund`, `…`? */
export function isPlaceholder(reason: string): boolean {
  return NO_REASON.test(reason.trim());
}

/** What stands in a text to be filled in: `<question>`, `[words]`, `{id}`, `...`, `xxx`. */
const BLANK =
  /^(?:<[\p{L}_][\p{L}_ '’/|-]*>|\[[\p{L}_][\p{L}_ '’/|-]*\]|\$?\{{1,2}[\p{L}_ ]+\}{1,2}|%[\p{L}_]+%|x{3,8}|[.…]+|(?:ID|QUESTION|ANSWER|WORDS|NUMBER|MACHINE|PORT|REASON))$/u;

export function isBlank(text: string): boolean {
  return BLANK.test(decoded(text).trim());
}

/** A reason as it is kept; empty where there is none, or only what stands for one. */
export function givenReason(text: string): string {
  const reason = tidy(text, LONGEST_REASON);
  return isPlaceholder(reason) ? '' : reason;
}

/** All that is typed, on one line, without whom it is addressed to and without marks around the whole. */
function addressed(typed: string): string {
  const flat = typed
    .slice(0, 2 * LONGEST_COMMAND)
    .normalize('NFC')
    .replace(/&nbsp;|&#160;/g, ' ')
    .replace(/<(s|strike|del)(?:\s[^<>]*)?>(.*?)<\/\1>/gis, (_, __, text: string) =>
      text.replace(TAG, ' ').trim().replace(/\S+/g, '~$&~'),
    )
    .replace(TAG, ' ')
    .replace(/[\p{Cc}\s]+/gu, ' ')
    .replace(/^[\p{Cf} ]+/u, '')
    .slice(0, LONGEST_COMMAND)
    .trim()
    // All of it is struck out.
    .replace(/^~+([^~]+)~+$/, (_, text: string) => text.trim().replace(/\S+/g, '~$&~'));
  const whole = unwrapped(unwrapped(flat.replace(QUOTATION, '').replace(/^\p{Cf}+/u, '')).replace(MENTION, ''));
  return unwrapped(whole.replace(PROGRAM, '').replace(/^\/(?=[a-z])/i, ''));
}

/** Characters that nobody sees are gone, as what is seen is what is meant. */
function headOf(text: string): string {
  return narrow(decoded(unlinked(text)))
    .replace(/[\p{Cf}\p{Co}\p{Cs}]+/gu, '')
    .replace(/(?<=\s)--(hours?|minutes?|mins?)[= ](?=\d+(?:\s|$))(\d+)/gi, '--for $2$1')
    .replace(/\s+/g, ' ')
    .trim();
}

/** `90'` */
function minutesOf(piece: string): string {
  return piece.replace(/^(\d{1,3})['’′]$/, '$1min');
}

/** Letters and marks of East Asian keyboards, as the same of others. */
function narrow(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/(?<=\d)[。｡．](?=\d)/g, '.')
    .replaceAll('➕', '+')
    .replace(/[、。]/g, (mark) => (mark === '、' ? ', ' : '. '));
}

const QUOTED = [
  '"[^"]*"',
  '“[^”“"]*[”“"]',
  '„[^“”"]*[“”"]',
  '«[^»]*»',
  '»[^«]*«',
  '‹[^›]*›',
  "‘[^’‘']*[’‘']",
  '‚[^‘’]*[‘’]',
  "'[^']*'",
  '「[^」]*」',
  '『[^』]*』',
  '❝[^❞]*❞',
  '〝[^〞]*〞',
].join('|');
const PIECE = new RegExp(
  `(?<blank>${BLANKS})|(${QUOTED})(?=[\\s,;.!?:)]|$)|(\`[^\`]*\`)|<at(?:\\s[^>]*)?>([^<]*)</at>|<@[^>]*>|\\d+,\\d+(?=\\s?(?:h|hours?|hrs?|std|stunden?|m|mins?|minutes?|minuten?|d|days?|tagen?|tage)\\b)|\\d,\\d{1,2}(?=\\s(?:bis|to|or|oder)\\s[\\d,]+\\s?(?:h|hours|std|stunden|d|days|tage)\\b)|\\d,\\d{1,2}-\\d{1,2}(?:,\\d{1,2})?(?=\\s?(?:h|hours?|std|stunden?|d|days?|tage)\\b)|[,;&]|[^\\s,;]+`,
  'giu',
);
const JOINING = /^(?:[,;&+/|]|and|plus|und|et|comma|komma|sowie)$/i;
/** Options as the command line has them. */
const OPTION =
  /^-{0,2}(from|source|ip|for|duration|ttl|until|till|end|at|start|begin|ports?|machine|host|vm|server|instance|name|id|request)[=:](.+)$/i;
const SWITCH =
  /^-{1,2}(from|source|ip|cidr|for|duration|ttl|until|till|end|at|start|begin|ports?|p|t|machine|host|vm|server|instance|name)$/i;
const SWITCHES: Readonly<Record<string, string>> = {
  p: 'port',
  t: 'for',
  source: 'from',
  duration: 'for',
  ttl: 'for',
  start: 'at',
  begin: 'at',
  end: 'until',
  ip: 'from',
  cidr: 'from',
  name: 'machine',
};

function tokensOf(head: string): readonly Token[] {
  const tokens: Token[] = [];
  let isJoined = false;
  const push = (text: string, at: number, isQuoted = false) => {
    tokens.push({ text, at, ...(isQuoted ? { isQuoted } : {}), ...(isJoined ? { isJoined } : {}) });
    isJoined = false;
  };
  const pieces = [...head.matchAll(PIECE)];
  for (const [i, match] of pieces.entries()) {
    const [piece, , quoted, code, mention] = match;
    const { index: at } = match;
    const isOpen = i === 1 && isOpenName(pieces.map(([one]) => one));
    if (isOpen || (i > 0 && (match.groups?.blank !== undefined || isBlankWord(piece.replace(/[,;.]$/, ''))))) {
      tokens.push({ text: blankText(piece), at, isQuoted: true, isBlank: true, ...(isJoined ? { isJoined } : {}) });
      isJoined = false;
      continue;
    }
    if (quoted !== undefined || mention !== undefined) {
      const text = mention === undefined ? piece.slice(1, -1).trim() : `@${mention.trim()}`;
      if (text !== '') push(text, at, true);
      continue;
    }
    if (JOINING.test(piece) && !(/^(?:and|und)$/i.test(piece) && isBetween(tokens))) {
      isJoined = true;
      continue;
    }
    // `web-1 -> web-2` corrects, `203.0.113.7 -> web-1` says from where.
    const [from = '', to = ''] = [tokens.at(-1)?.text, pieces[i + 1]?.[0]];
    if (
      /^(?:[→➔➜⇒]|[-=]+>)$/.test(piece) &&
      !/^[\d.:/]+$/.test(from) &&
      !(/^\D/.test(from) && /^\d+(?:[:.]\d+|[a-z]{1,7})?$/i.test(to))
    ) {
      tokens.push({ text: 'instead', typed: piece, at });
      continue;
    }
    // `~web-1~ web-2`: struck out, as people correct in a chat.
    if (isStruck(pieces, i)) tokens.push({ text: 'sorry', typed: piece, at });
    const star = starOf(pieces, i);
    // `*p2x8v4t`, as people correct what they wrote before.
    if (star === 'before') tokens.push({ text: 'sorry', typed: piece, at });
    const word =
      star === 'behind'
        ? piece
        : piece.startsWith('<@')
          ? piece
          : (dottedDate(piece) ?? bare(code === undefined ? minutesOf(piece) : code.slice(1, -1).trim()));
    // `22 - 25`
    const isRange =
      /^\p{Pd}$/u.test(piece) &&
      /^\d{1,5}$/.test(tokens.at(-1)?.text ?? '') &&
      /^\d{1,5}$/.test(pieces[i + 1]?.[0] ?? '');
    const isSpan = /^\p{Pd}$/u.test(piece) && isClock(tokens.at(-1)?.text ?? '') && isDated(pieces[i + 1]?.[0] ?? '');
    if (isRange || isSpan) tokens.push({ text: isRange ? 'to' : 'until', typed: piece, at });
    if (isRange || isSpan || /^[-.!:;()+•·|=]*$/.test(word)) continue;
    if (code !== undefined && word.includes(' ')) push(word, at, true);
    else for (const part of optionOf(word, tokens.at(-1)?.text, pieces[i + 1]?.[0])) push(part, at);
  }
  return spelledSpans(inEnglish(tokens));
}

/** `~22~`, and the first word of `~for 1h~`; `~2h` is about so long. */
function isStruck(pieces: readonly RegExpMatchArray[], i: number): boolean {
  if (!/^~+[^~/]/.test(pieces[i]?.[0] ?? '')) return false;
  const end = pieces.slice(i).findIndex(([one]) => /[^~]~+[.!?]*$/.test(one));
  return end >= 0 && !pieces.slice(i + 1, i + end + 1).some(([one]) => one.startsWith('~'));
}

/** A star that is no emphasis: `*p2x8v4t` corrects, and `web*` are several. */
function starOf(pieces: readonly RegExpMatchArray[], i: number): 'before' | 'behind' | undefined {
  const piece = pieces[i]?.[0] ?? '';
  const isOpened = pieces.slice(0, i).some(([one]) => one.startsWith('*'));
  const isClosed = pieces.slice(i + 1).some(([one]) => one.endsWith('*'));
  if (/^\*\w[^*]*$/.test(piece) && !isClosed && i > 1) return 'before';
  return /^\w[^*]*\*$/.test(piece) && !isOpened ? 'behind' : undefined;
}

/** `9:00 - 2026-12-01 10:00`, `9:00 - friday 10:00` */
function isDated(word: string): boolean {
  return /^(?:\d{4}-\d\d-\d\d|tomorrow$|morgen$)/i.test(word) || isDay(word.toLowerCase());
}

/** Does `between` stand a few words before? */
function isBetween(tokens: readonly Token[]): boolean {
  return tokens.slice(-5, -1).some(({ text, isQuoted }) => !isQuoted && /^(?:between|zwischen)$/i.test(text));
}

function optionOf(word: string, before = '', next = ''): readonly string[] {
  const span = clockSpan(plainDashes(word), before, next);
  if (span) return span;
  const [, key, value] = OPTION.exec(word) ?? [];
  if (key !== undefined && value !== undefined) return [SWITCHES[key.toLowerCase()] ?? key, bare(value)];
  if (/^-m$/.test(word) && /^(?:request|open|explain|why|protect)$/i.test(before)) return ['machine'];
  const [, whole] =
    /^--(all|mine|pending|everything|usual|closing|lockdown|copying|leaving|anyway)$/i.exec(plainDashes(word)) ?? [];
  if (whole !== undefined) return [whole];
  const [, port] = /^-p(\d{1,5})$/.exec(plainDashes(word)) ?? [];
  if (port !== undefined) return ['port', port];
  const name = SWITCH.exec(plainDashes(word))?.[1];
  return [name === undefined ? word : (SWITCHES[name.toLowerCase()] ?? name)];
}
