import { parsePort } from '../rule/port.ts';
import { figuresOf } from './number-words.ts';
import type { SaidCommand } from './said.ts';
import { isSentenceWord } from './sentence-word.ts';
import { KEYWORDS, unknownWord } from './term-words.ts';
import { readTime } from './time-words.ts';
import type { Token } from './token.ts';

/** Words behind which a figure with a dash stands for itself. */
const NO_NAME = new Set([
  ...KEYWORDS,
  'till',
  'til',
  'bis',
  'to',
  'at',
  'on',
  'in',
  'by',
  'or',
  'of',
  'after',
  'before',
]);

/**
 * The same from a word on, with each name in one that was torn at its dash, as phones do: `web -1`, `web - 1`, `web- 1`. Where one was, it
 * is a fault, as nobody can tell for sure that it is a name. What may be a port is left to be one.
 */
export function withWholeNames(typed: SaidCommand, from: number): SaidCommand {
  const said = from === 1 ? withWholeId(typed) : typed;
  for (let i = from; i + 1 < said.tokens.length; i += 1) {
    const [first, last] = [said.tokens[i], said.tokens[i + 1]];
    const isRound =
      /^(?:5|1[05])$/.test(last?.text ?? '') && /^(?:extend|prolong|verlängere?)$/i.test(said.tokens[0]?.text ?? '');
    const second = first && last && !isRound ? numberOf(first, last, said.tokens.slice(i + 2)) : undefined;
    if (second !== undefined && last) {
      said.faults.push(unknownWord(last));
      const name = { ...last, text: second };
      return withWholeNames({ ...said, tokens: said.tokens.toSpliced(i + 1, 1, name) }, i + 1);
    }
    const spoken = first && spokenPart(said.tokens, i);
    const part = spoken?.part ?? (first && last && partOf(first, last, said.head));
    if (!first || !part) continue;
    said.faults.push(unknownWord(spoken ? (last ?? part) : part));
    const name = { ...first, text: `${first.text.replace(/-$/, '')}${part}` };
    return withWholeNames({ ...said, tokens: said.tokens.toSpliced(i, spoken?.words ?? 2, name) }, i + 1);
  }
  return said;
}

/** Behind a figure, it makes a time or a date of it: `2 more hours`, `2 ½ h`, `3 pm`, `15 march`. */
const OF_TIME =
  /^(?:more|another|extra|additional|weitere|mehr|[½¼¾].*|\d\/\d|[ap]\.?m\.?|o['’]?clock|uhr|(?:jan(?:uary?)?|feb(?:ruary?)?|mar(?:ch|z)?|märz?|maerz|apr(?:il)?|may|mai|june?|juni|july?|juli|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)\.?)$/i;

/** `web-1, 2`, `web-1 and 2`: so low a figure is no port that anybody opens, but the number of another machine. */
function numberOf(first: Token, last: Token, behind: readonly Token[]): string | undefined {
  const [next] = behind;
  const [, name] = /^(\p{L}[\p{L}-]*-)\d{1,2}$/u.exec(first.text) ?? [];
  const isNumber = last.isJoined === true && !last.isQuoted && /^(?:[2-9]|1\d)$/.test(last.text);
  if (name === undefined || first.isQuoted || !isNumber || next?.isQuoted) return undefined;
  const isTime = OF_TIME.test(next?.text ?? '') || readTime([last, ...behind], 0) !== undefined;
  return isTime ? undefined : `${name}${last.text}`;
}

const OF_IDS = /^(?:approve|allow|permit|withdraw|cancel|nudge|remind|again|accept|decline|match|show)$/i;

/** `approve k7 m3 q9 w`, `approve k seven m three q nine w`: the ID of a request that was spelled. */
function withWholeId(said: SaidCommand): SaidCommand {
  const { tokens } = said;
  if (!OF_IDS.test(tokens[0]?.text ?? '')) return said;
  let id = '';
  for (let i = 1; i < tokens.length && id.length < 7; i += 1) {
    const { text = '', isQuoted, isJoined } = tokens[i] ?? {};
    const part = figureOf(text) ?? text;
    if (isQuoted || (isJoined && i > 1) || !/^[2-9a-hj-km-np-z]{1,4}$/i.test(part)) return said;
    id += part;
    if (id.length !== 7 || i === 1 || !/\d/.test(id) || !/[a-z]/i.test(id)) continue;
    const first = tokens[1];
    if (!first) return said;
    said.faults.push(unknownWord(tokens[2] ?? ''));
    return { ...said, tokens: tokens.toSpliced(1, i, { ...first, text: id }) };
  }
  return said;
}

/** `web dash one`, `web minus 1`, `web one`, as it is dictated; `one hour` is a length. */
function spokenPart(
  tokens: readonly Token[],
  i: number,
): { readonly part: string; readonly words: number } | undefined {
  const [first, second, third] = tokens.slice(i, i + 3);
  if (!first || !second || [first, second].some((token) => token.isQuoted) || second.isJoined) return undefined;
  const word = first.text.toLowerCase();
  const isPlain = /^\p{L}{2,}$/u.test(first.text) && !NO_NAME.has(word) && !parsePort(word) && !isSentenceWord(first);
  if (
    !isPlain ||
    figureOf(word) !== undefined ||
    /^(?:is|half|quarter|another|access|request|requests|the|next|past|after|before|nach|vor|um|number|last|first|list|all)$/.test(
      word,
    )
  )
    return undefined;
  const isDash = /^(?:dash|minus|hyphen|bindestrich)$/i.test(second.text);
  // Without the dash, only where a name is due.
  const before = tokens[i - 1]?.text ?? '';
  const isDue = i === 1 || first.isJoined === true || /^(?:to|the|on|access|ssh|rdp|machine|server)$/i.test(before);
  if (!isDash && !isDue) return undefined;
  const figure = isDash
    ? (figureOf(third?.text ?? '') ?? /^\d{1,4}$/.exec(third?.text ?? '')?.[0])
    : figureOf(second.text);
  const words = isDash ? 3 : 2;
  if (figure === undefined || third?.isQuoted || readTime(tokens, i + words - 1) !== undefined) return undefined;
  // `ssh web one or two`: a count of something, or a time.
  const next = tokens[i + words]?.text ?? '';
  return /^(?:or|to|oder|bis|more|past|o['’]?clock|am|pm)$/i.test(next) ? undefined : { part: `-${figure}`, words };
}

function figureOf(word: string): string | undefined {
  const figures = figuresOf(word.toLowerCase());
  return figures !== word.toLowerCase() && /^\d{1,2}$/.test(figures) ? figures : undefined;
}

/** What hangs on a word of letters, with its dash; undefined where the two are words of their own. */
function partOf(first: Token, last: Token, head: string): string | undefined {
  const word = first.text.toLowerCase();
  if (first.isQuoted || last.isQuoted || last.isJoined || NO_NAME.has(word) || parsePort(word)) return undefined;
  const [, letters, dash = ''] = /^(\p{L}+(?:-\p{L}+)*)(-?)$/u.exec(first.text) ?? [];
  const isBetween = /^\s*\p{Pd}\s*$/u.test(head.slice(first.at + first.text.length, last.at));
  const part = `${dash || (isBetween ? '-' : '')}${last.text}`;
  return letters !== undefined && isEnd(part) ? part : undefined;
}

/** A figure, and what hangs on it: `-1`, `-01b`, `-2.corp`, `-prod-1`. Known ports and times are themselves. */
function isEnd(part: string): boolean {
  if (/^-\p{L}{2,}-\d+$/u.test(part)) return true;
  return /^-\d{1,4}(?![\d:])(?!(?:h|m|min|d|s)$)[\w.-]*$/i.test(part) && !/^-(?:22|3389|598[56])$/.test(part);
}
