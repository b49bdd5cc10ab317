import type { CommandReading } from './reading.ts';
import { only } from './reading.ts';
import type { Token } from './token.ts';

const DELEGATING = /^(?:delegat(?:e|ing|ions?)|delegieren|vertretung|delegierung)$/i;
const PROTECTING = /^(?:protect(?:ing|ions?)|schutz|schützen|schuetzen)$/i;
/** What others do, as a thing. */
const DOING =
  /^(?:(?:extend|renew|prolong|shar|approv|allow|permit|deny|reject|request|ask|answer|nudg|remind|repeat|review|mov|open|clos|revok|withdraw|cancel|restor|accept|declin|grant|monitor|link|explain|drill|forward|tunnel|tunnell|publish|us|connect|work|try|wait)ing|(?:extension|approval|renewal|review|drill|restoration|verlängerung|verlaengerung|freigabe|genehmigung)s?)$/i;
const FILLER = /^(?:the|my|our|this|that|all|any|der|die|das|den|meine?n?|ports?)$/i;

/**
 * `stop protecting web-1`, `end delegation`: what another verb does is to end, and no machine is called so. The command that does it, `undefined` where none
 * can be told.
 */
export function stoppedVerb(
  tokens: readonly Token[],
): { readonly word: Token; readonly unprotect?: readonly Token[]; readonly instead?: CommandReading } | undefined {
  const [word, ...rest] = tokens.slice(tokens.findIndex(({ text, isQuoted }) => isQuoted || !FILLER.test(text)));
  if (!word || word.isQuoted) return undefined;
  if (DELEGATING.test(word.text)) return { word, instead: only({ verb: 'delegate', ask: { what: 'stop' } }) };
  if (PROTECTING.test(word.text))
    return {
      word,
      unprotect: rest.filter(({ text, isQuoted }) => isQuoted || !/^(?:on|auf|von|für|fuer)$/i.test(text)),
    };
  return DOING.test(word.text) ? { word } : undefined;
}
