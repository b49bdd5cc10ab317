import { isAll, withoutLead } from './fillers.ts';
import { meantVerb, namedIn } from './meant-verbs.ts';
import type { SaidCommand } from './said.ts';
import { isNameLike } from './target.ts';
import { readTime } from './time-words.ts';
import { type Token, typedOf } from './token.ts';
import { isClock } from './until-words.ts';
import { isId } from './which-ask.ts';

/** What may stand behind the name of what it is about. */
const BEHIND = new Set(
  'request open approve deny reject revoke close withdraw cancel extend show why protect unprotect nudge stop'.split(
    ' ',
  ),
);

/** What is said or asked of a machine that is named first: `web-1 ist zu`, `web-1 offen?`, `web-1 status`. */
const STATE =
  /^(?:ist|is|still|noch|immer|schon|yet|now|jetzt|already|wieder|again|offen|open|closed|geschlossen|gesperrt|locked|blocked|zu|auf|status|state|info|nicht|not|geht|works?|working|erreichbar|reachable|should|must|may|be|needs?|has|to|stay|remain|kept|soll|muss|darf|sein|werden|bleiben|bleibt|the|der|die|das)$/i;
const CLOSED = /^(?:closed|geschlossen|gesperrt|locked|blocked|zu|nicht|not)$/i;
const CLEAR =
  /^(?:offen|should|must|soll|muss|closed|geschlossen|gesperrt|locked|blocked|status|state|info|geht|erreichbar|reachable|is|ist)$/i;

function ofState({ tokens, head }: SaidCommand): readonly Token[] | undefined {
  const [first, ...rest] = tokens;
  const words = rest.map((token) => (token.isQuoted ? '' : typedOf(token)));
  if (!first || first.isQuoted || !isNameLike(first.text) || rest.length === 0) return undefined;
  const isAsked = /\?\s*$/.test(head);
  if (!words.every((word) => STATE.test(word)) || !(words.some((word) => CLEAR.test(word)) || isAsked))
    return undefined;
  // How it is to be is no question of why.
  const isToBe = words.some((word) =>
    /^(?:should|must|may|be|needs?|has|soll|muss|darf|sein|werden|bleiben)$/i.test(word),
  );
  return [{ ...first, text: !isToBe && words.some((word) => CLOSED.test(word)) ? 'why' : 'status' }, first];
}

/** `web-1 5m extend`, `k7m3q9w approve`, `mach web-1 zu`: the same with its verb in front. */
export function turned(said: SaidCommand): readonly Token[] {
  const { tokens, head } = said;
  const state = ofState(said);
  if (state) return state;
  const asked = withoutLead(tokens);
  const [first, ...rest] = asked;
  const last = asked.at(-1);
  const [, end] = /(?:^|\s)(zu|auf|frei)$/i.exec(head.replace(/[\s.!?]+$/, '')) ?? [];
  // Between the terms, `zu` and `auf` are one word.
  if (last && end !== undefined && /^(?:to|frei)$/i.test(last.text)) return ended(tokens, last, end.toLowerCase());
  if (first && verbIn(first, asked) !== first.text.toLowerCase() && isFree(first))
    return [{ ...first, text: verbIn(first, asked) }, ...rest];
  if (!first || !(isNameLike(first.text) || isAll(first))) return tokens;
  const verbs = rest.filter((token) => !token.isQuoted && BEHIND.has(verbIn(token, asked)));
  const [verb] = verbs;
  if (!verb || verbs.length > 1 || (verb !== rest[0] && verb !== rest.at(-1))) return tokens;
  return [{ ...verb, text: verbIn(verb, asked) }, ...asked.filter((token) => token !== verb)];
}

function verbIn(token: Token, all: readonly Token[]): string {
  if (isFree(token)) return freeing(all);
  return meantVerb([{ text: token.text, at: 0 }]) ?? token.text.toLowerCase();
}

function isFree({ text, isQuoted }: Token): boolean {
  return !isQuoted && /^(?:freigeben|freigegeben)$/i.test(text);
}

/** A request is approved, a machine opened. */
function freeing(all: readonly Token[]): string {
  return all.some(isId) || namedIn(all).length === 0 ? 'approve' : 'request';
}

/** Words of a German question, or of a sentence that says how it is: it asks for nothing to be closed or opened. */
const SAYS = /^(?:ist|sind|war|wann|warum|wieso|weshalb|was|wer|wie|wo|geht|gehen|wird|bleibt|macht)$/i;
const TELLS = /^(?:machen?|mach|gib|gebe|schalte?|kannst|könntest|koenntest|bitte)$/i;
/** Between the terms, they say nothing. */
const SMALL = /^(?:wieder|mal|bitte|doch|eben|gern|gerne|gleich|jetzt|kann|darf|the|die|das|der|den)$/i;

/** `mach web-1 zu`, `web-1 kann wieder zu`, `gib k7m3q9w frei`: only what is named, and not where it is a question. */
function ended(tokens: readonly Token[], last: Token, end: string): readonly Token[] {
  const [typed] = tokens;
  const says = (token: Token | undefined, words: RegExp) =>
    token !== undefined && !token.isQuoted && words.test(token.text);
  const within = withoutLead(tokens)
    .slice(0, -1)
    .filter((token) => !says(token, SMALL));
  const names = within.filter((token) => isAll(token) || (namedIn([token]).length > 0 && !isTime(token)));
  const show = [{ ...last, text: 'status' }, ...names];
  if (tokens.some((token) => says(token, SAYS)) || says(typed, /^(?:kann|darf)$/i))
    return meantVerb(tokens) === undefined ? show : tokens;
  const isTold = within.length === 0 || says(typed, TELLS) || within[0] === names[0];
  if (!isTold) return tokens;
  // Nothing is closed before the time that is said.
  if (end === 'zu' && within.some((_, i) => isTime(within[i]) || readTime(within, i) !== undefined)) return show;
  const named = names.length > 0 || within.length > 1 ? names : within;
  if (end === 'zu') return [{ ...last, text: 'revoke' }, ...named];
  if (names.some(isAll)) return [{ ...last, text: 'help' }];
  return [{ ...last, text: end === 'frei' ? freeing(within) : 'request' }, ...within];
}

function isTime(token: Token | undefined): boolean {
  return token !== undefined && !token.isQuoted && (isClock(token.text) || readTime([token], 0) !== undefined);
}
