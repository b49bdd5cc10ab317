import { isOfMoment } from './moment.ts';
import { lower } from './moment-parts.ts';
import type { Token } from './token.ts';

/** `this weekend`, `next week`, `KW 12`, `overnight`, `in the morning`: later, at a time that no clock knows. */
const WHEN = new RegExp(
  `^(?:${[
    '(?:(?:for|on|over|during|at|in|from|starting|sometime|am|übers|uebers|across|through) )?(?:(?:the|this|next|coming|following|das|dieses|diesem|kommendes|kommendem) )*weekends?',
    '(?:(?:for|on|over|during|at|in|from|starting|sometime|early|late) )*(?:(?:the|die|der|den) )?(?:this|next|coming|following|diese|dieser|kommende|kommender|kommenden) (?:week|month|quarter|year|sprint|shift)',
    '(?:(?:for|in|during|starting) )?(?:the )?(?:(?:calendar )?week|kw|cw|kalenderwoche) ?(?:[1-9]|[1-4]\\d|5[0-3])',
    'overnight',
    '(?:over|through|über|ueber) (?:the |die )?(?:night|nacht)',
    'in (?:the|der) (?:early |late )?(?:morning|afternoon|night|nacht)',
  ].join('|')})(?= |$)`,
);

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
  const isOther =
    said === '' ||
    /^for the next\b/.test(said) ||
    /^(?:until|till|til|bis|by|before)$/.test(link) ||
    (link === 'for' && /^(?:the )?next\b/.test(said)) ||
    (/^week/.test(said) && /^(?:\d|10|an?|one|two|three)$/.test(before)) ||
    // `9:00 in the morning`, `monday next week`
    (isOfMoment(tokens, i) && !/^(?:1[3-9]|[2-9]\d|\d{3,})$/.test(before));
  return isOther ? 0 : said.split(' ').length;
}
