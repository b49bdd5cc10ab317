import type { SourceNames } from '../rule/source.ts';
import type { Command } from './command.ts';
import { heard } from './heard.ts';
import type { SaidCommand } from './said.ts';
import { isVagueTime } from './sentence-word.ts';
import { isBareSource } from './source-words.ts';
import { nearKeyword } from './term-words.ts';
import { readTime } from './time-words.ts';
import type { Token } from './token.ts';
import { isClock, readDate } from './until-words.ts';
import { isId } from './which-ask.ts';

/** Is it said with a command when it is to be done, which none of these can be told? It is done at once, and that is not what was said. */
export function dropsMoment({ tokens }: SaidCommand, { verb }: Command): boolean {
  const behind = tokens.slice(1);
  const isMoment = (_: Token, i: number) => isMomentAt(behind, i);
  if (verb === 'revoke' || verb === 'close all')
    return behind.some((token, i) => isMoment(token, i) || (i > 0 && isLengthAt(behind, i)));
  if (verb !== 'approve' && verb !== 'less') return false;
  const isEnd = ({ text }: Token) => /^(?:until|till|til|bis)$/i.test(text);
  return behind.some(isMoment) && !behind.some(isEnd);
}

/** Would a time, a day, a source or a further command become a part of what is given back as the reason? */
export function gathersTerms({ reason = '', names, tokens: typed }: SaidCommand, command: Command): boolean {
  // Behind a slip in it, all is the reason.
  if (typed.some((_, i) => nearKeyword(typed, i) === 'because')) return false;
  const whole = reasonOf(command);
  const own = reason !== '' && whole.endsWith(reason) ? whole.slice(0, -reason.length) : whole;
  const { tokens } = heard(own);
  return tokens.some((_, i) => isTermAt(tokens, i, names));
}

function reasonOf(command: Command): string {
  switch (command.verb) {
    case 'request':
    case 'break-glass':
      return command.ask?.justification ?? command.typed?.justification ?? '';
    case 'explain':
      return command.justification ?? '';
    case 'approve':
    case 'less':
      return command.reason ?? '';
    default:
      return '';
  }
}

const ACTS = /^(?:approve|allow|permit|deny|reject|refuse|revoke|close|withdraw|cancel|extend)$/i;

function isTermAt(tokens: readonly Token[], i: number, names: SourceNames): boolean {
  const [token, next] = [tokens[i], tokens[i + 1]];
  if (!token || token.isQuoted) return false;
  const isCommand = ACTS.test(token.text) && next !== undefined && isId(next) && /\d/.test(next.text);
  return isCommand || isMomentAt(tokens, i) || isLengthAt(tokens, i) || isBareSource(token.text, names);
}

export function isMomentAt(tokens: readonly Token[], i: number): boolean {
  const token = tokens[i];
  // `2-3 min` is no date.
  if (!token || token.isQuoted || /^\d{1,2}-\d{1,2}$/.test(token.text)) return false;
  const next = tokens[i + 1]?.text ?? '';
  // `every day`, `next week`
  const isOften =
    /^(?:every|each|jede[nrs]?|next)$/i.test(token.text) &&
    /^(?:day|night|week|month|morning|evening|weekend|tag|nacht|morgen|abend)$/i.test(next);
  return isOften || isClock(token.text) || isVagueTime(token) || readDate(tokens, i, '2026-01-01') !== undefined;
}

function isLengthAt(tokens: readonly Token[], i: number): boolean {
  return readTime(tokens, i) !== undefined;
}
