import { JitError } from '../errors/errors.ts';
import { isAll } from './fillers.ts';
import { readMoment } from './moment.ts';
import { type CommandReading, only } from './reading.ts';
import type { SaidCommand } from './said.ts';
import { isVagueTime } from './sentence-word.ts';
import { isHourOfDay } from './spoken-clock.ts';
import { tidy } from './text.ts';
import { readTime } from './time-words.ts';
import { type Token, typedText } from './token.ts';
import { isClock, isDay, readDate } from './until-words.ts';
import type { Topic } from './usage.ts';
import { vagueStart } from './vague-start.ts';

/** What is told no time at all. */
const AT_ONCE: readonly Topic[] = [
  ...(['list', 'home', 'show', 'whoami', 'machines', 'board', 'lockdowns', 'recommend', 'doctor', 'reviews'] as const),
  ...(['why', 'nudge', 'again', 'accept', 'decline', 'match', 'move', 'withdraw', 'revoke', 'unprotect'] as const),
  ...(['restore', 'drill', 'consent', 'rules', 'link', 'unlink', 'address'] as const),
];
/** What is told how long, and no start. */
const FOR_LENGTHS: readonly Topic[] = ['approve', 'protect'];
/** What only shows something is offered without the time. */
export const SHOWS: readonly Topic[] = AT_ONCE.slice(0, AT_ONCE.indexOf('nudge'));
/** Behind these, a length is left out as well: nothing of it opens anything. */
const WITHOUT_LENGTH: readonly Topic[] = ['nudge', 'accept', 'decline', 'move', 'restore', 'drill'];

interface TimeTyped {
  readonly at: number;
  readonly words: number;
  readonly isLength: boolean;
}

/** `list tomorrow`, `revoke web-1 at 18:00`: a time where none can be told. What was meant by the rest is read, or the help is offered. */
export function withoutTime(
  said: SaidCommand,
  verb: string,
  topic: Topic,
): { readonly said: SaidCommand; readonly instead?: CommandReading } {
  const time = AT_ONCE.includes(topic) || FOR_LENGTHS.includes(topic) ? timeIn(said, topic) : undefined;
  if (!time) return { said };
  const typed = said.tokens.slice(time.at, time.at + time.words);
  said.faults.push(new JitError('noTime', { word: tidy(typedText(typed), 40), verb }));
  const left = { ...said, tokens: said.tokens.toSpliced(time.at, time.words) };
  const isLeft = SHOWS.includes(topic) || (time.isLength && WITHOUT_LENGTH.includes(topic));
  if (isLeft) return withoutTime(left, verb, topic);
  const isOfAll = topic === 'revoke' && said.tokens[0] !== undefined && isAll(said.tokens[0]);
  return { said: left, instead: only({ verb: 'help', about: isOfAll ? 'close all' : topic }) };
}

function timeIn({ tokens, clock }: SaidCommand, topic: Topic): TimeTyped | undefined {
  for (let at = 0; at < tokens.length; at += 1) {
    const time = timeAt(tokens, at, clock);
    const isEnd = isWord(tokens[at], /^(?:until|till|til|bis)$/i);
    // Of a protection, only how long a machine is open at most.
    const isOwn =
      time !== undefined && FOR_LENGTHS.includes(topic) && (time.isLength || (isEnd && topic !== 'protect'));
    if (time && !isOwn) return { at, ...time };
    if (time) at += time.words - 1;
  }
  return undefined;
}

const BEFORE = /^(?:at|on|in|by|until|till|til|bis|for|from|after|before|starting)$/i;

function timeAt(tokens: readonly Token[], at: number, clock: SaidCommand['clock']): Omit<TimeTyped, 'at'> | undefined {
  const token = tokens[at];
  if (!token || token.isQuoted) return undefined;
  if (isOften(tokens, at)) return { words: 2, isLength: false };
  const vague = at > 0 ? vagueStart(tokens, at) : 0;
  if (vague > 0) return { words: vague, isLength: false };
  const lead = BEFORE.test(token.text) ? 1 : 0;
  const length = readTime(tokens, at + lead);
  const isIn = isWord(token, /^(?:in|after)$/i);
  if (length) return { words: lead + length.words, isLength: !isIn };
  if (lead === 0 && !isTimed(tokens, at)) return undefined;
  if (lead === 0 && isVagueTime(token)) return { words: 1, isLength: false };
  const { words, fault } = readMoment(tokens, at + lead, clock ?? { now: 0, zone: 'UTC' }, 'start');
  const isVague = lead === 1 && tokens[at + 1] !== undefined && isVagueTime(tokens[at + 1] as Token);
  if (isVague) return { words: 2, isLength: false };
  return fault?.code === 'malformedTime' ? undefined : { words: lead + words, isLength: false };
}

/** `every day`, `next week`. */
export function isOften(tokens: readonly Token[], at: number): boolean {
  const next = tokens[at + 1]?.text ?? '';
  return (
    isWord(tokens[at], /^(?:every|each|jede[nrs]?|next|this|last)$/i) &&
    /^(?:hour|day|night|week|month|morning|afternoon|evening|weekend|stunde|tag|nacht|abend)$/i.test(next)
  );
}

/** Without a word before it: a time of a clock, a day by its whole name, a date. As the first word, most may be a name. */
export function isTimed(tokens: readonly Token[], at: number): boolean {
  const word = tokens[at]?.text.toLowerCase() ?? '';
  if (/^(?:today|tomorrow|tonight|tmrw|tmr|yesterday|hourly|daily|weekly)$/.test(word) || isClock(word)) return true;
  if (at === 0) return false;
  if (isHourOfDay(tokens, at) || isVagueTime({ text: word, at: 0 }) || /^(?:noon|midnight|eod|cob)$/.test(word))
    return true;
  const date = readDate(tokens, at, '2026-01-01');
  return date !== undefined && (date.words > 1 || (isDay(word) ? word.endsWith('day') : /\d/.test(word)));
}

function isWord(token: Token | undefined, words: RegExp): boolean {
  return token !== undefined && !token.isQuoted && words.test(token.text);
}
