import { isAll } from './fillers.ts';
import { isPlaceholder, reasonOf } from './heard.ts';
import { type CommandReading, each, noPorts, noReason, nothingMore, only, type ReadCommand } from './reading.ts';
import type { SaidCommand } from './said.ts';
import { isSentenceWord, saysNothing, turns } from './sentence-word.ts';
import { isNameLike, readTarget } from './target.ts';
import { unknownWord } from './term-words.ts';
import { TermsReader } from './terms-reader.ts';
import type { Token } from './token.ts';
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
  return (typed) => {
    noReason(typed);
    // `nudge k7m3q9w @sam`: of one request, nobody else is reminded.
    const isPerson = ({ text }: Token) => /^(?:<@|@\p{L})/u.test(text);
    const person = typed.tokens.some((token) => isNamed(token) && !isPerson(token))
      ? typed.tokens.find(isPerson)
      : undefined;
    if (person) typed.faults.push(unknownWord(person));
    const said = person ? { ...typed, tokens: typed.tokens.filter((token) => !isPerson(token)) } : typed;
    const end = behindNames(said);
    const [before, behind] = [said.tokens.slice(0, end), said.tokens.slice(end)];
    // `again k7m3q9w with rdp` is another request.
    const isOther =
      verb === 'again' &&
      (straysIn(before, unique(before)).length > 0 || behind.some(({ text }) => !saysNothing(text, true)));
    if (isOther) {
      said.faults.push(unknownWord(behind[0] ?? before.at(-1) ?? ''));
      return only({ verb: 'help', about: 'again' });
    }
    // `nudge @sam about k7m3q9w`: it is about that.
    const isAbout = behind[0] !== undefined && ABOUT.test(behind[0].text) && !before.some(isNamed);
    const about = isAbout ? behind.filter(isNamed) : [];
    const names = unique(about.length > 0 ? about : before);
    nothingMore(said, end);
    return names.length === 0 ? only({ verb }) : each(said, names, (name) => ({ verb, which: name }));
  };
}

const ABOUT = /^(?:about|regarding|concerning|re|of|wegen|an)$/i;

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
  const every = said.tokens.find(isAll);
  const tokens = said.tokens.filter((token) => !isAll(token));
  const terms = new TermsReader({ ...said, tokens }, { machines: 100, isSpaced: true, noReason: true }).read();
  const [source] = terms.sources;
  noPorts(said, terms);
  if (source !== undefined || terms.isMe) said.faults.push(unknownWord('from'));
  if (terms.forMs !== undefined || terms.until) said.faults.push(unknownWord(terms.until ? 'until' : 'for'));
  if (every) said.faults.push(unknownWord(every));
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

/** `web-1 oops web-2`, `web-1 gateway`: a word that is no name by its looks, beside another without a comma. */
export function straysIn(tokens: readonly Token[], names: readonly string[]): readonly Token[] {
  const named = names.flatMap((name) => tokens.find((token) => whichOf(token) === name) ?? []);
  return named.filter((token, i) => {
    const before = named[i - 1];
    return before !== undefined && !token.isJoined && !(isNamed(token) && isNamed(before));
  });
}

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
  const corrects = ({ text, isQuoted }: Token) => !isQuoted && /^(?:sorry|oops|ups|correction|korrektur)$/i.test(text);
  const turn = tokens.find((token, i) => corrects(token) || (turns(token) && (i === 0 || isNamed(tokens[i + 1]))));
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
