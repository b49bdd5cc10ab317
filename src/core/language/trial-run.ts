import { type CommandReading, only } from './reading.ts';
import type { SaidCommand } from './said.ts';
import { unknownWord } from './term-words.ts';
import type { Token } from './token.ts';
import type { Topic } from './usage.ts';

const OPTION = '[-\\u2010-\\u2015\\u2212]{1,2}(?:dry-?run|what-?if|no-?op|simulate)';
const IS_OPTION = new RegExp(`^(?:${OPTION}|dry-run|probelauf)$`, 'i');
/** `for a dry run`: what it is for. */
const ARTICLE = /^(?:an?|the|this|our|my|another|for|ein|einen|der|den|für|zum|as|before|after|during)$/i;
/** In somebody's reason, such an option may be spoken of: only where it stands first or last, it is one. */
const AROUND = new RegExp(`^${OPTION}(?=\\s|$)|(?:^|\\s)${OPTION}$`, 'i');

/** What does nothing anyway, or holds somebody's own words. */
const OTHERS: readonly Topic[] = [
  ...(['list', 'home', 'show', 'whoami', 'machines', 'board', 'lockdowns', 'recommend', 'doctor', 'reviews'] as const),
  ...(['why', 'explain', 'help', 'ask', 'answer', 'review', 'delegate'] as const),
];

/** `--dry-run`, `-WhatIf`: nothing is to be done. The command without it, which is to be asked about; or the help, where nothing can be asked. */
export function trialRun(
  said: SaidCommand,
  topic: Topic,
): { readonly said: SaidCommand; readonly instead?: CommandReading } | undefined {
  if (OTHERS.includes(topic)) return undefined;
  // Behind `deny k7m3q9w`, it may be a word of somebody's.
  const isWords = topic === 'deny';
  const option = isWords && said.tokens.length > 3 ? undefined : said.tokens.find((_, i) => isTrial(said.tokens, i));
  const [around] = isWords ? [] : (AROUND.exec(said.reason ?? '') ?? []);
  if (!option && around === undefined) return undefined;
  said.faults.push(unknownWord(option ?? around?.trim() ?? ''));
  if (topic !== 'request' && topic !== 'break-glass') return { said, instead: only({ verb: 'help', about: topic }) };
  const tokens = said.tokens.filter((_, i) => !isTrial(said.tokens, i) && !isTrial(said.tokens, i - 1, 'dry'));
  return { said: { ...said, tokens } };
}

/** Also in two words, `dry run`, of which `first` alone is looked for. */
function isTrial(tokens: readonly Token[], i: number, first?: 'dry'): boolean {
  const [token, next] = [tokens[i], tokens[i + 1]];
  if (!token || token.isQuoted || (/^\p{L}/u.test(token.text) && ARTICLE.test(tokens[i - 1]?.text ?? ''))) return false;
  const isParted = /^dry$/i.test(token.text) && /^run$/i.test(next?.text ?? '');
  return isParted || (first === undefined && IS_OPTION.test(token.text));
}
