import { isAll } from './fillers.ts';
import { readPorts } from './port-word.ts';
import type { SaidCommand } from './said.ts';
import { isSentenceWord } from './sentence-word.ts';
import { isNameLike } from './target.ts';
import { readTime } from './time-words.ts';
import { type Token, typedOf } from './token.ts';
import { isClock } from './until-words.ts';
import type { Topic } from './usage.ts';
import { isId } from './which-ask.ts';

/** `it's done` names nobody. */
const OWNER = /^(?!(?:it|that|this|he|she|there|what|who|let|here|how)['’])\p{L}[\p{L}.-]*['’]s$/iu;
const OF = /^(?:of|for|from|von|für|fuer)$/i;
/** No name of a machine, and none of a person. */
const SMALL =
  /^(?:the|my|our|this|that|it|them|these|those|requests?|access|sessions?|id|with|mit|anfragen?|antrag|anträge|machines?|server|vm|host|instance|auf|das|dem|den|die|der|zugriff|zugang|extra|additional|good|ever|ages|up|plus)$/i;

/** Programs and services that end like `sams`. */
const PROGRAM =
  /^(?:aws|postgres|jenkins|windows|kubernetes|ops|devops|dns|https|ftps|ldaps|nfs|cups|macos|ios|rds|ecs|eks|aks|gcs|dfs|teams|rails|pages|services|databases|backups|logs)$/i;

/**
 * Somebody beside what is named, `sam’s access to web-1`, `@sam on web-1`, `web-1 for sam`: nobody can close or extend it for one of several. The word that
 * names them, and what else is named.
 */
export function whoseAccess(
  { tokens }: SaidCommand,
  topic: Topic,
): { readonly whose: Token; readonly of: readonly Token[] } | undefined {
  const mentions = tokens.filter(isMention);
  const isPerson = (token: Token, i: number) => {
    const before = tokens[i - 1];
    if (/^<@/.test(token.text) || (isMention(token) && (!isNameLike(token.text) || mentions.length === 1))) return true;
    if (token.isQuoted) return false;
    if (OWNER.test(token.text) || isOwner(tokens, i)) return true;
    const isOf = before !== undefined && !before.isQuoted && OF.test(before.text);
    return isOf && isWord(token) && (topic === 'revoke' || /^(?:of|von)$/i.test(typedOf(before)));
  };
  const isTime = (token: Token, i: number) =>
    readTime(tokens, i) !== undefined || isClock(token.text) || readPorts([token], 0) !== undefined;
  const isName = (token: Token, i: number) =>
    !isPerson(token, i) &&
    (token.isQuoted || (isId(token) && !SMALL.test(token.text)) || (isNameLike(token.text) && !isTime(token, i)));
  const whose = tokens.find(isPerson);
  const sure = tokens.filter(isName);
  const of = sure.length > 0 ? sure : tokens.filter((token, i) => !isPerson(token, i) && isWord(token));
  return whose && of.length > 0 ? { whose, of } : undefined;
}

/** `sams Zugriff`, `sams request`, without the mark. */
export function isOwner(tokens: readonly Token[], i: number): boolean {
  const [token, next] = [tokens[i], tokens[i + 1]];
  const isNoun = /^(?:access|requests?|session|anfrage|antrag|zugriff|zugang)$/i.test(next?.text ?? '');
  return (
    token !== undefined &&
    !token.isQuoted &&
    isNoun &&
    /^\p{L}{2,}s$/u.test(token.text) &&
    !SMALL.test(token.text) &&
    !PROGRAM.test(token.text) &&
    !/^(?:(?:this|his|its|as|is|was|ssh|previous)|.*(?:ss|us|is))$/i.test(token.text)
  );
}

/** `postgres access to db-1`: the program, and what is named behind it. Alone, it is a name. */
export function programOf(
  tokens: readonly Token[],
): { readonly word: Token; readonly rest: readonly Token[] } | undefined {
  const [word, noun, ...rest] = tokens;
  const isProgram = word !== undefined && !word.isQuoted && PROGRAM.test(word.text);
  const isNoun = /^(?:access|sessions?|connections?|zugriff|zugang)$/i.test(noun?.text ?? '') && !noun?.isJoined;
  const isNamed = rest.some((token, i) => isNameLike(token.text) && readTime(rest, i) === undefined);
  return isProgram && isNoun && isNamed ? { word, rest } : undefined;
}

function isMention({ text }: Token): boolean {
  return /^<@|^@\p{L}/u.test(text);
}

/** A word that may be a name. */
function isWord(token: Token): boolean {
  return (
    !token.isQuoted &&
    /^\p{L}[\p{L}.-]*$/u.test(token.text) &&
    !isNameLike(token.text) &&
    !isSentenceWord(token) &&
    !isAll(token) &&
    !SMALL.test(token.text) &&
    !OF.test(token.text)
  );
}
