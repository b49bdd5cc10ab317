import { JitError } from '../errors/errors.ts';
import { readPorts } from './port-word.ts';
import type { CommandReading, ReadCommand } from './reading.ts';
import type { SaidCommand } from './said.ts';
import { isNameLike } from './target.ts';
import { isTicket } from './term-words.ts';
import { readTime } from './time-words.ts';
import type { Token } from './token.ts';

/** `web-1 ssh 1h, api-1 rdp 2h`: what is said of one machine is not said of the other, so that each is a command. */
export function perMachine(read: ReadCommand): ReadCommand {
  return (said) => {
    const parts = partsOf(said.tokens);
    if (parts.length < 2) return eitherMachine(said, read);
    const each = parts.map((tokens) => read({ ...said, tokens: tokens.map(alone), faults: [] }));
    if (each.some(({ groups }) => groups.length > 1)) return read(said);
    said.faults.push(new JitError('severalCommands', { count: parts.length }));
    return { groups: each.flatMap(({ groups }) => groups), how: 'then' };
  };
}

/** `web-1 ssh 1h, api-1`: the same of both, or something of its own of each? */
function eitherMachine(said: SaidCommand, read: ReadCommand): CommandReading {
  const { tokens } = said;
  const at = tokens.findIndex(
    (token, i) => token.isJoined === true && isMachine(token, tokens) && hasTerms(tokens.slice(0, i)),
  );
  const joint = read(said);
  const isLast = at > 0 && tokens.slice(at).every((token) => token.isJoined === true && isMachine(token, tokens));
  if (!isLast || !tokens.slice(0, at).some(isName) || joint.groups.length > 1 || said.faults.length === 0) return joint;
  const each = [tokens.slice(0, at), tokens.slice(at)].map((own) =>
    read({ ...said, tokens: own.map(alone), faults: [] }),
  );
  if (each.some(({ groups }) => groups.length > 1)) return joint;
  return { groups: [joint, ...each].flatMap(({ groups }) => groups), how: 'orThen' };
}

function alone({ isJoined, ...token }: Token, i: number): Token {
  return isJoined && i > 0 ? { ...token, isJoined } : token;
}

function partsOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const at = tokens.findIndex(
    (token, i) =>
      isMachine(token, tokens) &&
      // `from vpn-1`, `confirm ab12`
      !/^(?:from|von|confirm)$/i.test(tokens[i - 1]?.text ?? '') &&
      tokens.slice(0, i).some(isName) &&
      hasTerms(tokens.slice(0, i)) &&
      hasTerms(tokens.slice(i + 1)),
  );
  return at <= 0 ? [tokens] : [tokens.slice(0, at), ...partsOf(tokens.slice(at))];
}

/** A further one, with terms of its own. */
function isMachine(token: Token, [first]: readonly Token[]): boolean {
  return isName(token) && !isTicket(token, first?.text);
}

function isName(token: Token): boolean {
  const { text, isQuoted } = token;
  // `tcp/22` is a port, `PT2H` a time.
  return (
    !isQuoted &&
    /^\p{L}/u.test(text) &&
    isNameLike(text) &&
    readPorts([token], 0) === undefined &&
    !readTime([token], 0)
  );
}

/** Do ports, a time or an end stand there? */
function hasTerms(tokens: readonly Token[]): boolean {
  return tokens.some(
    ({ text, isQuoted }, i) =>
      !isQuoted &&
      (/^(?:until|till|bis|usual)$/i.test(text) ||
        readTime(tokens, i) !== undefined ||
        readPorts(tokens, i) !== undefined),
  );
}
