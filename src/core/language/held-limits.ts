import type { Command } from './command.ts';
import { isMomentAt } from './held-terms.ts';
import { ofOtherTool } from './other-tools.ts';
import type { SaidCommand } from './said.ts';
import { isSentenceWord } from './sentence-word.ts';
import { isBareSource } from './source-words.ts';
import { isNameLike } from './target.ts';
import { readTime } from './time-words.ts';
import type { Token } from './token.ts';
import { areDays, isDay } from './until-words.ts';
import { vagueStart } from './vague-start.ts';

const VERBS: readonly Command['verb'][] = [
  ...(['request', 'break-glass', 'explain', 'extend', 'approve', 'less', 'protect'] as const),
];

interface At {
  readonly said: SaidCommand;
  readonly verb: Command['verb'];
  readonly i: number;
  readonly text: string;
  readonly next: Token | undefined;
  readonly before: string;
}

/** `weekdays`, `mon-fri`, `every monday`, `Mo bis Fr`. */
function isRegular({ text, next, before }: At): boolean {
  const isEvery =
    /^(?:every|each|jede[nrs]?)$/i.test(text) &&
    (isDay(next?.text.toLowerCase() ?? '') ||
      readTime([{ text: '1', at: 0 }, ...(next ? [next] : [])], 0) !== undefined);
  const areLetters =
    /^(?:bis|to|until)$/i.test(text) &&
    /^(?:mo|di|mi|do|fr|sa|so)$/i.test(before) &&
    areDays(`${before}-${next?.text}`);
  const isWord =
    /^(?:week(?:days|ends|nights)|work(?:ing-?)?days|(?:mon|tues|wednes|thurs|fri|satur|sun)days|werktags|wochentags|(?:mon|diens|donners|frei|sams|sonn)tags|mittwochs)$/i;
  return isEvery || areLetters || isWord.test(text) || areDays(text);
}

/** `2x1h`, `twice`, `3 times`, `2h per day`, `1h/day`, `2h minus 30m`. */
function isTimes({ said: { tokens }, i, text, next, before }: At): boolean {
  return (
    /^(?:[1-9]\d?[x×*](?:\d+[a-z]*)?|twice|thrice|zweimal|dreimal)$/i.test(text) ||
    /^\d+[a-z]*\/(?:d|day|w|week|month|tag|woche|person)$/i.test(text) ||
    (/^(?:x|×|times|mal)$/i.test(text) && /^\d/.test(before)) ||
    // `day and night`, `round the clock`
    /^24[/x]7$/i.test(text) ||
    (/^(?:day|tag)$/i.test(text) && /^(?:night|nacht)$/i.test(next?.text ?? '')) ||
    (/^a?round$/i.test(text) && /^clock$/i.test(tokens[i + 2]?.text ?? '')) ||
    (/^(?:per|pro)$/i.test(text) && /^(?:day|week|month|hour|person|user|tag|woche)$/i.test(next?.text ?? '')) ||
    (/^(?:minus|less)$/i.test(text) && readTime(tokens, i + 1) !== undefined)
  );
}

/** A region of AWS or Google Cloud by its looks. */
const REGION =
  /^(?:us|eu|ap|sa|ca|me|af|il|mx|cn|europe|asia|northamerica|southamerica|australia|africa)-(?:gov-|iso[a-z]?-)?(?:north|south|east|west|central)+\d?(?:-\d)?(?:-?[a-f])?$/i;

/** Behind `in`: a region of Azure, a part of a cloud, a condition. */
const PLACE =
  /^(?:(?:north|south|east|west|central)+(?:europe|us|asia|india)\d?|[a-z]+(?:north|south|east|west|central){1,2}\d?|rg-.+|region|location|zone|subscription|account|project|case)$/i;

/** `in eu-central-1`, `--account 123456789012`. */
function isPlace({ said: { tokens, reason, names }, verb, i, text, next }: At): boolean {
  const isSaid = reason !== undefined || verb === 'protect' || (next !== undefined && isNameLike(next.text));
  const isIn =
    next !== undefined &&
    (/^(?:region|location)$/i.test(text) ||
      (/^in$/i.test(text) && (verb === 'protect' || REGION.test(next.text) || PLACE.test(next.text)))) &&
    isSaid &&
    readTime(tokens, i + 1) === undefined &&
    !isBareSource(next.text, names) &&
    vagueStart(tokens, i) === 0 &&
    !isSentenceWord(next);
  const isOption = /^-{1,2}(?:region|zone|location|account|subscription|resource-group|project|user)$/i;
  return isIn || isOption.test(text) || REGION.test(text);
}

/** `once sam approved`, `before the release`, `yesterday`: beside a reason, it is none itself. */
function isWhen({ said: { tokens, reason }, i, text, next, before }: At): boolean {
  // Behind `until`, its place is kept.
  if (reason === undefined || /^(?:until|till|til|bis)$/i.test(before)) return false;
  const isMoment = isMomentAt(tokens, i + 1) || readTime(tokens, i + 1) !== undefined || /^\d/.test(next?.text ?? '');
  return (
    /^(?:once|whenever|yesterday|gestern)$/i.test(text) ||
    (/^(?:before|after|during|während|waehrend)$/i.test(text) && next !== undefined && !isMoment)
  );
}

/** Is it said for which days, how often, in which region, or on what condition? Nothing of it can be told, and without it more would be offered, or something else. */
export function dropsLimit(said: SaidCommand, { verb }: Command): boolean {
  const { tokens, whole } = said;
  // `gcloud … --zone europe-west1-b` was told to another tool.
  if (!VERBS.includes(verb) || ofOtherTool(whole)) return false;
  return tokens.some((token, i) => {
    const at = { said, verb, i, text: token.text, next: tokens[i + 1], before: tokens[i - 1]?.text ?? '' };
    if (token.isQuoted || i === 0) return false;
    if (/^<?@/.test(token.text) && token.isJoined && /^<?@/.test(at.before)) return true;
    return /^read-?only$/i.test(token.text) || [isRegular, isTimes, isPlace, isWhen].some((is) => is(at));
  });
}
