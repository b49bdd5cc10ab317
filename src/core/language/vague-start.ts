import { isOfMoment } from './moment.ts';
import { lower } from './moment-parts.ts';
import { readPorts } from './port-word.ts';
import { isSentenceWord } from './sentence-word.ts';
import { KEYWORDS } from './term-words.ts';
import type { Token } from './token.ts';

const MONTH =
  '(?:jan(?:uary?)?|feb(?:ruary?)?|mar(?:ch)?|m(?:ä|ae)rz|apr(?:il)?|may|mai|jun[ei]?|jul[iy]?|aug(?:ust)?|sept?(?:ember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?)(?= |$)';
const SPAN = `(?:week|month|quarter|year|${MONTH})`;

/** `this weekend`, `next week`, `KW 12`, `end of march`, `overnight`, `in the morning`: later, at a time that no clock knows. */
const WHEN = new RegExp(
  `^(?:${[
    '(?:(?:for|on|over|during|at|in|from|starting|sometime|am|übers|uebers|across|through) )?(?:(?:the|this|next|coming|following|das|dieses|diesem|kommendes|kommendem) )*weekends?',
    '(?:(?:for|on|over|during|at|in|from|starting|sometime|early|late) )*(?:(?:the|die|der|den) )?(?:this|next|coming|following|diese|dieser|kommende|kommender|kommenden) (?:week|month|quarter|year|sprint|shift)',
    '(?:(?:for|in|during|starting) )?(?:the )?(?:(?:calendar )?week|kw|cw|kalenderwoche) ?(?:[1-9]|[1-4]\\d|5[0-3])',
    `(?:(?:at|in|on|from|sometime|the) )*(?:end|beginning|start|middle|mid|early|late|anfang|ende|mitte) (?:(?:of|der|des|the|next|this) )*${SPAN}`,
    `in (?:${MONTH}|q[1-4])(?! ?\\d)`,
    'q[1-4]',
    'in (?:an?|one|two|three|few|some|several|ein paar|einigen|\\d{1,2}) (?:few |couple of |paar )?(?:months?|monaten?|years?|jahren?|quarters?)',
    'in (?:(?:an?|ein) )?(?:few|some|several|couple of|paar|einigen) (?:minutes|hours|days|weeks)',
    'in an? (?:bit|while|moment)',
    '(?:(?:during|in|outside|within|out of|after) )?(?:the )?(?:business|office|working|opening) hours',
    'out of hours',
    '(?:all|(?:the )?(?:whole|entire)|die ganze) (?:night|week|month|nacht|woche)(?: long)?',
    'overnight',
    '(?:over|through|über|ueber) (?:the |die )?(?:night|nacht)',
    'in (?:the|der) (?:early |late )?(?:morning|afternoon|night|nacht)',
  ].join('|')})(?= |$)`,
);

/** What stands before the first name, where it was not taken off. */
const VERB =
  /^(?:request|open|explain|why|approve|allow|permit|deny|reject|revoke|close|end|stop|extend|prolong|protect|unprotect|withdraw|cancel|nudge|remind|show|status|again|break-glass|breakglass|emergency|ssh|rdp|connect|lockdown|restore|move|schließe|beende|verlängere|beantrage|öffne|zeige|schütze)$/;

/** `for overnight batch`, `for end of quarter report`, `2h weekend deploy`: what it is for, or what is done then. */
function isPurpose(said: readonly Token[], before: string): boolean {
  const [first, behind] = [said[0], said.at(-1)];
  if (said.length < 2 || !first || !behind || behind.isQuoted || behind.isJoined) return false;
  const isWord = /^\p{L}{3,}$/u.test(behind.text) && !isSentenceWord(behind) && readPorts([behind], 0) === undefined;
  const isBare = /^(?:weekends?|overnight|end|beginning|start|middle)$/.test(lower(first));
  return (
    isWord && isBare && (before === 'for' || lower(first).startsWith('weekend')) && !KEYWORDS.includes(lower(behind))
  );
}

/** How many words say so from here on; none where it is something else: an end, or a part of a moment. */
export function vagueStart(tokens: readonly Token[], i: number): number {
  const text = tokens
    .slice(i, i + 6)
    .map((token) => lower(token))
    .join(' ');
  const [said = ''] = WHEN.exec(text) ?? [];
  const before = lower(tokens[i - 1]);
  const link = lower(
    tokens.slice(0, i).findLast((token) => !/^(?:the|this|next|coming|following)$/.test(lower(token))),
  );
  // `for the next week` is a length, and `2 week 22` one with a port.
  // `request q1`, `revoke web-1, q2`: the name of a machine.
  const isName =
    /^(?:q\d|[kc]w\d+|weekends?)$/.test(said) &&
    (i === (VERB.test(lower(tokens[0])) ? 1 : 0) || tokens[i]?.isJoined === true);
  const isOther =
    said === '' ||
    isName ||
    isPurpose(tokens.slice(i, i + said.split(' ').length + 1), before) ||
    /^for the next\b/.test(said) ||
    /^(?:until|till|til|bis|by|before)$/.test(link) ||
    (link === 'for' && /^(?:the )?next\b/.test(said)) ||
    (/^week/.test(said) && /^(?:\d|10|an?|one|two|three)$/.test(before)) ||
    // `9:00 in the morning`, `monday next week`
    (isOfMoment(tokens, i) && !/^(?:1[3-9]|[2-9]\d|\d{3,})$/.test(before));
  return isOther ? 0 : said.split(' ').length;
}
