import { isTimed } from './no-time.ts';
import { PORT_NAMES, readPorts } from './port-word.ts';
import type { SaidCommand } from './said.ts';
import { isPolite } from './sentence-word.ts';
import { isNameLike } from './target.ts';
import { KEYWORDS, unknownWord } from './term-words.ts';
import { readTime } from './time-words.ts';
import type { Token } from './token.ts';

/** Figures that nobody takes for minutes. */
const USUAL = /^(?:22|443|1433|1521|3306|3389|5432|598[56]|6379|6443|8080|8443|9200|27017)$/;

/** `web-1 for ssh`, `for port 22`: the same without `for`, as a port is neither a length nor a purpose. */
export function withoutForPorts(said: SaidCommand): SaidCommand {
  const { tokens, faults } = said;
  const at = tokens.findIndex((_, i) => isForPort(tokens, i));
  const token = tokens[at];
  if (!token) return said;
  faults.push(unknownWord(token));
  return withoutForPorts({ ...said, tokens: tokens.toSpliced(at, 1) });
}

/** Does `for` stand there before a port? */
export function isForPort(tokens: readonly Token[], i: number): boolean {
  const [token, port] = [tokens[i], tokens[i + 1]];
  if (!isWord(token, /^(?:for|für)$/i) || !port || port.isQuoted) return false;
  const from = isWord(port, /^ports?$/i) ? i + 2 : i + 1;
  const words = readPorts(tokens, from)?.words;
  if (words === undefined || readTime(tokens, from)) return false;
  const word = port.text.toLowerCase();
  const isSure =
    from > i + 1 || PORT_NAMES.includes(word) || /^(?:tcp|udp)|(?:tcp|udp)$/.test(word) || USUAL.test(word);
  return isSure && endsAt(tokens, from + words);
}

/** Does nothing stand there that makes a purpose of it: `for ssh debugging`? */
function endsAt(tokens: readonly Token[], at: number): boolean {
  const next = tokens[at];
  if (!next || readTime(tokens, at) || readPorts(tokens, at) || isTimed(tokens, at)) return true;
  if (next.isQuoted) return false;
  if (isWord(next, /^(?:access|zugriff|zugang)$/i)) return endsAt(tokens, at + 1);
  if (isWord(next, /^(?:on|to)$/i)) return isMachine(tokens[isWord(tokens[at + 1], /^the$/i) ? at + 2 : at + 1]);
  const isTerm =
    KEYWORDS.includes(next.text.toLowerCase()) || isWord(next, /^(?:at|until|till|til|bis|or|oder|via|über|ueber)$/i);
  return isTerm || isPolite(next.text) || (next.isJoined === true && isMachine(next)) || /^<?@/.test(next.text);
}

function isMachine(token: Token | undefined): boolean {
  return token !== undefined && (token.isQuoted === true || (isNameLike(token.text) && /\d/.test(token.text)));
}

function isWord(token: Token | undefined, words: RegExp): boolean {
  return token !== undefined && !token.isQuoted && words.test(token.text);
}
