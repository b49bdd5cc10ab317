import { JitError } from '../errors/errors.ts';
import { readAskedSource } from './asked-source.ts';
import { each, noPorts, noReason, only, type ReadCommand } from './reading.ts';
import type { SaidCommand } from './said.ts';
import { isSource } from './source-words.ts';
import { unknownWord } from './term-words.ts';
import { TermsReader } from './terms-reader.ts';
import { tidy } from './text.ts';
import type { Token } from './token.ts';

/** `move [web-1] [from <address>]`; `to <address>` says the same. */
export const readMove: ReadCommand = (said) => {
  noReason(said);
  const left = withFrom(said, withoutOld(said));
  const tokens = left.map((token, i) => {
    const isFirst = i === 0 && !isSource(left[1]?.text ?? '', said.names);
    const isTo = !token.isQuoted && !isFirst && (/^to$/i.test(token.text) || isToward(said, left, i));
    return isTo ? { ...token, text: 'from' } : token;
  });
  const terms = new TermsReader({ ...said, tokens }, { machines: 100, isSpaced: true, noReason: true }).read();
  noPorts(said, terms);
  if (terms.until) said.faults.push(unknownWord(`until ${terms.until.said}`));
  else if (terms.forMs !== undefined) said.faults.push(unknownWord('for'));
  const [source] = terms.sources;
  const where = {
    ...(source === undefined ? {} : { source: readAskedSource(source, said.names) }),
    ...(terms.isMe ? { isMe: true as const } : {}),
  };
  const names = terms.targets.map(({ name }) => name);
  if (names.length === 0) return only({ verb: 'move', ...where });
  return each(said, names, (name) => ({ verb: 'move', which: name, ...where }));
};

/** `move web-1 vpn`: where it goes on from, and no machine. */
function withFrom(said: SaidCommand, tokens: readonly Token[]): readonly Token[] {
  const isSaid = tokens.some(({ text, isQuoted }) => !isQuoted && /^(?:from|von|to|past)$/i.test(text));
  const at = tokens.findIndex(({ text, isQuoted }, i) => i > 0 && !isQuoted && isSource(text, said.names));
  const source = tokens[at];
  if (isSaid || !source) return tokens;
  said.faults.push(unknownWord(source));
  return [...tokens.slice(0, at), { text: 'from', at: source.at }, ...tokens.slice(at)];
}

/** `to office`, `nach office`, which is read like `ten past`. */
function isToward({ names }: SaidCommand, tokens: readonly Token[], i: number): boolean {
  const { text = '', isQuoted } = tokens[i] ?? {};
  return !isQuoted && /^(?:to|past)$/i.test(text) && isSource(tokens[i + 1]?.text ?? '', names);
}

/** `from vpn to office`: the one it goes to is meant, and refused with the other. */
function withoutOld(said: SaidCommand): readonly Token[] {
  const { tokens, names } = said;
  const to = tokens.findIndex((_, i) => i > 0 && isToward(said, tokens, i));
  const from = tokens.findIndex(({ text, isQuoted }) => !isQuoted && /^(?:from|von)$/i.test(text));
  const isOld = ({ text, isQuoted }: Token, i: number) =>
    i < to && ((from >= 0 && i >= from) || (i > 0 && !isQuoted && isSource(text, names)));
  const old = tokens.filter(isOld).filter((_, i) => from < 0 || i > 0);
  if (old.length === 0) return tokens;
  const sources = [old.map(({ text }) => text).join(' '), tokens[to + 1]?.text ?? ''].join(' and ');
  said.faults.push(new JitError('severalSources', { sources: tidy(sources, 120) }));
  return tokens.filter((token, i) => !isOld(token, i));
}
