import { JitError } from '../errors/errors.ts';
import type { SaidCommand } from './said.ts';
import type { Token } from './token.ts';

/** The address of a message, as both chats copy it. */
const MESSAGE =
  /^https:\/\/(?:[\w.-]+\.slack(?:-gov)?\.com\/(?:archives|client)\/|teams\.(?:microsoft\.com|cloud\.microsoft|live\.com)\/l\/)/i;

/** Behind these, a machine is named; behind all others, a request. */
const OF_MACHINES =
  /^(?:request|open|access|req|ssh|rdp|break-glass|breakglass|break|explain|protect|unprotect|drill)$/i;
/** Somebody's own words may hold any address. */
const IN_WORDS = /^(?:deny|reject|refuse|ask|answer|review)$/i;

/** A message is no request, and nobody can tell from its address which one it is about: it is given back with the place of an ID. */
export function withoutMessageLinks(said: SaidCommand): SaidCommand {
  const [verb = ''] = said.tokens.map(({ text }) => text);
  const isLink = ({ text, isQuoted }: Token, i: number) =>
    !isQuoted && MESSAGE.test(text) && (i < 2 || !IN_WORDS.test(verb));
  if (!said.tokens.some(isLink)) return said;
  said.faults.push(new JitError('messageLink'));
  const text = OF_MACHINES.test(verb) ? '<machine>' : '<id>';
  const tokens = said.tokens.map((token, i) =>
    isLink(token, i) ? { ...token, text, isQuoted: true as const } : token,
  );
  return { ...said, tokens };
}
