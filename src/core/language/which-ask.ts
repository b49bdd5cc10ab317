import { JitError } from '../errors/errors.ts';
import type { SourceNames } from '../rule/source.ts';
import { readAskedSource } from './asked-source.ts';
import type { Command, LessAsk } from './command.ts';
import { lessText } from './command-text.ts';
import { isAll } from './fillers.ts';
import { heard, isPlaceholder, reasonOf } from './heard.ts';
import { readPurpose } from './purpose.ts';
import {
  type CommandReading,
  each,
  noPorts,
  noReason,
  nothingMore,
  oneByOne,
  only,
  type ReadCommand,
} from './reading.ts';
import type { SaidCommand } from './said.ts';
import { isPolite, isSentenceWord, turns } from './sentence-word.ts';
import { isNameLike, readTarget } from './target.ts';
import { unknownWord } from './term-words.ts';
import { TermsReader } from './terms-reader.ts';
import { mustReadTime, readTime } from './time-words.ts';
import type { Token } from './token.ts';
import { msUntil } from './until.ts';
import { isDay } from './until-words.ts';

/** An ID or a name, without what chats and people put around it. */
export function whichOf(token: Token | undefined): string | undefined {
  // A dash that stood before it as a bullet.
  return token && readTarget(token).name.replace(/^-(?=[2-9a-z]{7}$)/i, '');
}

/** Is it the ID of a request by its looks? */
export function isId({ text, isQuoted }: Token): boolean {
  return !isQuoted && /^[#@]?[2-9a-hj-km-np-z]{7}$/i.test(text);
}

export function unique(tokens: readonly Token[]): readonly string[] {
  const names = tokens.flatMap((token) => whichOf(token) ?? []);
  return [...new Map(names.map((name) => [name.toLowerCase(), name])).values()];
}

export function because(reason: string | undefined): { readonly reason?: string } {
  return reason && !isPlaceholder(reason) ? { reason } : {};
}

export function which(name: string | undefined): { readonly which?: string } {
  return name === undefined ? {} : { which: name };
}

function isNamed(token: Token | undefined): boolean {
  return token !== undefined && (token.isQuoted === true || isId(token) || isNameLike(token.text));
}

/** Each word is a request or a machine. */
export function several(verb: 'show' | 'nudge' | 'again'): ReadCommand {
  return (said) => {
    noReason(said);
    const end = behindNames(said);
    const [before, behind] = [said.tokens.slice(0, end), said.tokens.slice(end)];
    // `nudge @sam about k7m3q9w`: it is about that.
    const isAbout = behind[0] !== undefined && ABOUT.test(behind[0].text) && !before.some(isNamed);
    const about = isAbout ? behind.filter(isNamed) : [];
    const names = unique(about.length > 0 ? about : before);
    nothingMore(said, end);
    return names.length === 0 ? only({ verb }) : each(said, names, (name) => ({ verb, which: name }));
  };
}

const ABOUT = /^(?:about|regarding|concerning|re|of|wegen)$/i;

/** `via email`, `about`: between names, and none itself. */
function isSmall({ text, isQuoted }: Token): boolean {
  return !isQuoted && (/^(?:via|per|through|über)$/i.test(text) || ABOUT.test(text));
}

/** Where the names end: a keyword, or a word of a sentence or a time, is no name, and nothing is done at half a sentence. */
export function behindNames({ tokens }: SaidCommand): number {
  const isKeyword = ({ text, isQuoted }: Token) => !isQuoted && /^(?:for|from|until|ports?)$/i.test(text);
  const at = tokens.findIndex((token, i) => isKeyword(token) || isSmall(token) || (i > 0 && isSentenceWord(token)));
  return at < 0 ? tokens.length : at;
}

/** `revoke web-1 api-1 [because …]`: each word is one, so that none stays open unseen. */
export const readRevoke: ReadCommand = (said) => {
  const [first] = said.tokens;
  if (first && isAll(first)) return readCloseAll(said);
  // `close web-1, I am done`: from there on, it is why.
  const speaks = said.tokens.findIndex((token, i) => i > 0 && isSpeaking(token));
  if (speaks > 0 && said.reason === undefined) {
    said.faults.push(unknownWord(said.tokens[speaks] ?? ''));
    return readRevoke({ ...said, tokens: said.tokens.slice(0, speaks), reason: wordsFrom(said, speaks) });
  }
  const small = said.tokens.findIndex((token, i) => i > 0 && isSmall(token));
  if (small > 0) {
    said.faults.push(unknownWord(said.tokens[small] ?? ''));
    return readRevoke({ ...said, tokens: said.tokens.slice(0, small) });
  }
  const all = said.tokens.find(isAll);
  const tokens = said.tokens.filter((token) => !isAll(token));
  const terms = new TermsReader({ ...said, tokens }, { machines: 100, isSpaced: true, noReason: true }).read();
  const [source] = terms.sources;
  noPorts(said, terms);
  if (source !== undefined || terms.isMe) said.faults.push(unknownWord('from'));
  if (terms.forMs !== undefined || terms.until) said.faults.push(unknownWord(terms.until ? 'until' : 'for'));
  if (all) said.faults.push(unknownWord(all));
  // `on friday` is no machine.
  const on = said.tokens.find(
    ({ text }, i) => /^(?:on|next|this)$/i.test(text) && isDay(said.tokens[i + 1]?.text.toLowerCase() ?? ''),
  );
  if (on) said.faults.push(unknownWord(on));
  const about = because(said.reason);
  const names = terms.targets.map(({ name }) => name);
  if (names.length === 0) return only({ verb: 'revoke', ...about });
  return each(said, names, (name) => ({ verb: 'revoke', which: name, ...about }));
};

/** Who speaks, or is spoken of: no name of a machine. */
function isSpeaking({ text, isQuoted }: Token): boolean {
  return !isQuoted && /^(?:i|i['’]?(?:m|ve|d|ll)|we|we['’]?(?:re|ve)|he|she|they|it['’]s|ich|wir|er)$/i.test(text);
}

function readCloseAll(said: SaidCommand): CommandReading {
  const [, word, code] = said.tokens;
  const about = because(said.reason);
  if (!word) return only({ verb: 'close all', ...about });
  const isConfirm = word.text.toLowerCase() === 'confirm';
  if (!isConfirm || !code) {
    said.faults.push(unknownWord(word));
    return isConfirm ? only({ verb: 'close all', ...about }) : someOfAll(said);
  }
  nothingMore(said, 3);
  return only({ verb: 'close all', confirm: code.text.toLowerCase(), ...about });
}

/** `close all on web-1`, `close all of mine`: what is narrower is never taken for all. */
function someOfAll({ tokens: [, ...words], reason }: SaidCommand): CommandReading {
  const are = (text: RegExp) => words.every((token) => !token.isQuoted && text.test(token.text));
  if (are(/^(?:now|please|pls|immediately|jetzt|sofort|bitte|at|once)$/i))
    return only({ verb: 'close all', ...because(reason) });
  if (words.some(({ text }) => /^(?:my|mine)$/i.test(text))) return only({ verb: 'list', whose: 'mine' });
  const named = words.filter(({ text }) => !/^(?:on|to|of|at|access|sessions?|requests?)$/i.test(text));
  const isMachine = (token: Token) => isNameLike(token.text) && /^\p{L}|\..*\./u.test(token.text);
  if (named.length === 0 || !named.every(isMachine)) return only({ verb: 'list' });
  return only(...named.map((token) => ({ verb: 'revoke' as const, ...which(whichOf(token)), ...because(reason) })));
}

/** `withdraw <id>, <id> [because …]`. */
export const readWithdraw: ReadCommand = (said) => {
  const { tokens } = said;
  // `withdraw not k7m3q9w`, `all but k7m3q9w`: the others are meant, or none.
  const turn = tokens.find((token, i) => turns(token) && (i === 0 || isNamed(tokens[i + 1])));
  if (turn) {
    said.faults.push(unknownWord(turn));
    return only({ verb: 'help', about: 'withdraw' });
  }
  const stray = tokens.findIndex(
    (token, i) => i > 0 && (isSpeaking(token) || (!token.isJoined && !isNameLike(token.text) && !isId(token))),
  );
  const names = unique(stray < 0 ? tokens : tokens.slice(0, stray));
  if (stray > 0) said.faults.push(unknownWord(tokens[stray] ?? ''));
  const about = because(said.reason ?? (stray < 0 ? undefined : wordsFrom(said, stray)));
  if (names.length === 0) return only({ verb: 'withdraw', ...about });
  return each(said, names, (name) => ({ verb: 'withdraw', which: name, ...about }));
};

/** The reason, with or without `because`. */
export function bareReason(said: SaidCommand, from: number): string | undefined {
  const words = said.tokens[from] ? wordsFrom(said, from) : '';
  const whole = [words, ...(said.reason ? [`because ${said.reason}`] : [])].filter((one) => one !== '').join(' ');
  return words === '' ? said.reason : reasonOf(whole);
}

function wordsFrom({ tokens, head }: SaidCommand, from: number): string {
  const token = tokens[from];
  return token ? reasonOf(head.slice(token.at)) : '';
}

/** `approve <id> [<id>]`, or with terms, for less. A word that is neither is refused: nothing is approved by a slip. */
export const readApprove: ReadCommand = (said) => {
  const { tokens } = said;
  const isName = (token: Token) =>
    isId(token) ||
    (token.isJoined && isNameLike(token.text) && !/^\d+$/.test(token.text) && readTime([token], 0) === undefined);
  const end = tokens.findIndex((token, i) => i > 0 && !isName(token));
  const named = tokens.slice(0, end < 0 ? tokens.length : end);
  const names = unique(named);
  const { less, reason } = lessOf({ ...said, tokens: tokens.slice(named.length) });
  const about = because(reason);
  if (isUnread(said)) return only({ verb: 'help', about: 'approve' });
  const command = (name: string | undefined): Command =>
    less ? { verb: 'less', ...which(name), ...about, less } : { verb: 'approve', ...which(name), ...about };
  const behind = tokens[named.length];
  // `approve k7m3q9w, p2x8v4t is wrong`: the second may be a part of the sentence.
  if (names.length > 1 && behind && !less && said.faults.length > 0 && !isPolite(behind.text))
    return only({ verb: 'approve', ...which(names[0]), ...because(bareReason(said, 1)) });
  if (names.length < 2) return only(command(names[0]));
  return less || !named.every(({ text }) => isId({ text, at: 0 }))
    ? oneByOne(said, names, command)
    : each(said, names, command);
};

/** What somebody would approve: ports, a time, a source; undefined where nothing of it is said. */
function lessOf(said: SaidCommand): { readonly less?: LessAsk; readonly reason?: string } {
  const terms = new TermsReader(said, { machines: 0 }).read();
  if (terms.isMe) said.faults.push(unknownWord('me'));
  if (terms.until) said.faults.push(unknownWord(`until ${terms.until.said}`));
  const forMs = terms.until && said.clock ? msUntil(terms.until, said.clock) : terms.forMs;
  const [source] = terms.sources;
  const less = {
    ports: terms.ports,
    ...(forMs === undefined ? {} : { forMs }),
    ...(source === undefined ? {} : { source: readAskedSource(source, said.names) }),
  };
  const isLess = less.ports.length > 0 || forMs !== undefined || source !== undefined;
  return { ...(isLess ? { less } : {}), ...because(terms.reason ?? said.reason) };
}

/** `for @sam`: no length, and none that could be offered for it. */
function isUnread(said: SaidCommand): boolean {
  const isFor = ({ text, isQuoted }: Token) => !isQuoted && /^for$/i.test(text);
  return said.tokens.some(
    (token, i) => isFor(token) && mustReadTime(said.tokens, i + 1).isGuess && !readPurpose(said, i + 1, false),
  );
}

/** The same with a reason behind `because`, as it is written on a card. A refusal says what to write in its place. */
export function readLess(text: string, names: SourceNames): { readonly less: LessAsk; readonly reason?: string } {
  const said: SaidCommand = { ...heard(text), names, clock: undefined, faults: [] };
  const { less, reason } = lessOf(said);
  const [fault, ...others] = said.faults;
  if (fault && less && !isUnread(said)) throw fault.with(others).instead(`\`${lessText(less, reason)}\``);
  if (fault) throw fault.with([...others, new JitError('missingOffer')]);
  if (!less) throw new JitError('missingOffer');
  return { less, ...because(reason) };
}
