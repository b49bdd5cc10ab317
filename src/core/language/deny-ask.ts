import { JitError } from '../errors/errors.ts';
import { each, only, type ReadCommand } from './reading.ts';
import type { SaidCommand } from './said.ts';
import { isSentenceWord, turns } from './sentence-word.ts';
import { isBecause, unknownWord } from './term-words.ts';
import { bareReason, because, isId, unique } from './which-ask.ts';

const ANOTHER = /^(?:https:\/\/\S+\/board\/lease\/)?(?=\S*\d)[2-9a-hj-km-np-z]{7}$/i;

/** `deny <id> <reason>`, `deny <id>, <id> because <reason>`: only a reason can follow. */
export const readDeny: ReadCommand = (said) => {
  const [object, link, third] = said.tokens;
  // `deny not k7m3q9w`, `deny rdp of k7m3q9w`: it, or not all of it?
  const isTurned = object !== undefined && turns(object) && link !== undefined && isId(link) && /\d/.test(link.text);
  const isPart =
    object !== undefined &&
    !isId(object) &&
    /^(?:of|from|on|for)$/i.test(link?.text ?? '') &&
    third !== undefined &&
    isId(third) &&
    /\d/.test(third.text);
  // `deny k7m3q9w *p2x8v4t`: another one is meant.
  const isCorrected = said.tokens.some(({ text }, i) => {
    const next = said.tokens[i + 1];
    return i > 0 && /^(?:sorry|oops|ups|correction|instead)$/i.test(text) && next && isId(next) && /\d/.test(next.text);
  });
  // `deny k7m3q9w or p2x8v4t`, or a link whose label names another request than its page.
  const isEither = /^(?:or|oder)$/i.test(link?.text ?? '') && third !== undefined && ANOTHER.test(third.text);
  if (object && (isTurned || isPart || isCorrected || isEither)) {
    said.faults.push(unknownWord(object));
    return only({ verb: 'help', about: 'deny' });
  }
  const { names, from: behind } = idsIn(said);
  const marker = said.tokens[behind];
  // `--reason "too wide"`
  const from = marker && /^-/.test(marker.text) && isBecause(marker) && said.tokens[behind + 1] ? behind + 1 : behind;
  const [first, second] = names;
  if (first === undefined) return only({ verb: 'deny', ...because(bareReason(said, from)) });
  const all = names.map((which) => ({ verb: 'deny' as const, which, ...because(bareReason(said, from)) }));
  // `deny k7m3q9w - p2x8v4t is the right one`: the second may be the beginning of the reason.
  if (second !== undefined && (said.tokens[from] || isParted(said))) {
    said.faults.push(new JitError('severalReadings', { word: second }));
    const one = { verb: 'deny' as const, which: first, ...because(bareReason(said, 1)) };
    return { groups: [[one], all], how: 'or' };
  }
  return each(said, all, (command) => command);
};

/** The first word, and those behind it that are IDs: joined, with a figure, or nothing else stands there. */
function idsIn({ tokens }: SaidCommand): { readonly names: readonly string[]; readonly from: number } {
  const [first, ...more] = tokens;
  if (!first || (isSentenceWord(first) && !isId(first))) return { names: [], from: 0 };
  const areAll = more.every(isId);
  const end = more.findIndex((token) => !(isId(token) && (areAll || token.isJoined || /\d/.test(token.text))));
  const from = end < 0 ? tokens.length : end + 1;
  return { names: unique(tokens.slice(0, from)), from };
}

/** Is what stands behind the first set apart by a dash or a colon, as a reason is? */
function isParted({ tokens: [first, second], head }: SaidCommand): boolean {
  return /:\s|\s[-\u2010-\u2015]+\s/.test(head.slice(first?.at ?? 0, second?.at));
}
