import type { Token } from './token.ts';
import { umlauted } from './umlauts.ts';

/** Before what is meant, words that say nothing of it: `approve request k7m3q9w`, `end my access to web-1`. */
const FILLER =
  /^(?:the|my|our|this|that|it|them|these|those|request|requests|access|session|sessions|offers?|id|to|for|of|with|mit|me|machine|server|vm|host|instance)$/i;

const OWNED = /['’]s$/i;

/** Without the fillers in front; where nothing else stands there, without any. In quotes, they are names. */
export function withoutFillers(all: readonly Token[]): readonly Token[] {
  // `the tunnel to web-1`; alone, it is a name.
  const tokens = all.filter(
    ({ text, isQuoted }, i) =>
      isQuoted ||
      !(
        /^(?:connections?|tunnels?|sessions?|verbindung|sitzung)$/i.test(text) &&
        /^(?:to|on|with|from|zu)$/i.test(all[i + 1]?.text ?? '')
      ),
  );
  const from = tokens.findIndex((token, i) => token.isQuoted || !(FILLER.test(token.text) || isOpen(tokens, i)));
  const isRequest = ({ text, isQuoted }: Token) => !isQuoted && /^request$/i.test(text);
  const isSaid = tokens.slice(0, from < 0 ? 0 : from).some(isRequest);
  const left = tokens.slice(from).filter((token) => !(isSaid && isRequest(token)));
  return from < 0 ? [] : left.flatMap(owned);
}

/** `my open requests`. */
function isOpen(tokens: readonly Token[], i: number): boolean {
  return /^open$/i.test(tokens[i]?.text ?? '') && /^(?:requests?|sessions?|access)$/i.test(tokens[i + 1]?.text ?? '');
}

/** `ada's request` is `ada`. */
function owned(token: Token, i: number, all: readonly Token[]): readonly Token[] {
  const isOwned = (one: Token | undefined) => one !== undefined && !one.isQuoted && OWNED.test(one.text);
  if (isOwned(token) && all[i + 1] && FILLER.test(all[i + 1]?.text ?? ''))
    return [{ ...token, text: token.text.replace(OWNED, '') }];
  return isOwned(all[i - 1]) && FILLER.test(token.text) ? [] : [token];
}

/** `all`, of which nothing more is said. */
export function isAll({ text, isQuoted }: Token): boolean {
  return !isQuoted && /^(?:all|everything|alles|alle)$/i.test(text);
}

/** How people begin a sentence that asks for something. */
const LEAD = new Set(
  [
    "please pls plz kindly can could may would i i'd i’d i'm i’m im am we you someone somebody anyone anybody jemand have get need want like give grant me us let make a an new do it be possible",
    'jit drawbridge sudo in into hey hi gimme lemme mach mache machen quick quickly urgent urgently asap now bitte ich bin kann kannst können darf brauche möchte will gib mir dringend schnell mal',
    'du uns wir muss müssen muessen hätte haette gern gerne eben kannst könntest koenntest könnten koennten können sie bräuchte braeuchte lass schalt schalte',
  ].flatMap((line) => line.split(' ')),
);

function isLead(word: string): boolean {
  return umlauted(word, (one) => LEAD.has(one) || undefined) ?? false;
}

/** What stands behind the beginning of a sentence; all of it where there is none. */
export function withoutLead(tokens: readonly Token[]): readonly Token[] {
  const from = tokens.findIndex(({ text, isQuoted }) => isQuoted || !isLead(text.toLowerCase()));
  if (from <= 0) return tokens;
  // `I would like to …`
  const isTo = /^to$/i.test(tokens[from]?.text ?? '') && from + 1 < tokens.length;
  return isTo ? withoutLead(tokens.slice(from + 1)) : tokens.slice(from);
}
