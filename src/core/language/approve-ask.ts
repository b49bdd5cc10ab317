import { JitError } from '../errors/errors.ts';
import type { SourceNames } from '../rule/source.ts';
import { readAskedSource } from './asked-source.ts';
import type { Command, LessAsk } from './command.ts';
import { lessText } from './command-text.ts';
import { isAll } from './fillers.ts';
import { heard } from './heard.ts';
import { withMeantTerms } from './meant-terms.ts';
import { meantVerb } from './meant-verbs.ts';
import { numberOrPort } from './numbered.ts';
import { readPorts } from './port-word.ts';
import { readPurpose } from './purpose.ts';
import { type CommandReading, each, oneByOne, only, type ReadCommand } from './reading.ts';
import type { SaidCommand } from './said.ts';
import { isPolite, isSentenceWord, spares } from './sentence-word.ts';
import { isSource } from './source-words.ts';
import { isNameLike } from './target.ts';
import { unknownWord } from './term-words.ts';
import { TermsReader } from './terms-reader.ts';
import { mustReadTime, readTime } from './time-words.ts';
import type { Token } from './token.ts';
import { msUntil } from './until.ts';
import { bareReason, because, isId, unique, which } from './which-ask.ts';

/** A part of what was asked for, of which nobody can tell how much: `half`, `less`. */
const PART =
  /^(?:half|halb|halbe|hälfte|haelfte|less|weniger|shorter|kürzere[rnms]?|kürzer|kuerzer|reduced|partial|partially|partly|teilweise)$/i;

/** `approve <id> [<id>]`, or with terms, for less. A word that is neither is refused: nothing is approved by a slip. */
export const readApprove: ReadCommand = (typed) => {
  const said = withIdFirst(withMeantTerms(typed));
  const { tokens } = said;
  const isName = (token: Token) =>
    isId(token) ||
    (token.isJoined && isNameLike(token.text) && !/^\d+$/.test(token.text) && readTime([token], 0) === undefined);
  // `approve 30m`
  const isTimed = tokens[0] !== undefined && !isId(tokens[0]) && readTime(tokens, 0) !== undefined;
  const end = tokens.findIndex((token, i) => (i > 0 || isTimed) && !isName(token));
  const named = tokens.slice(0, end < 0 ? tokens.length : end);
  const names = unique(named);
  // `approve the request from sam`
  const [by, whose = typed.tokens[1]] = tokens;
  if (by && whose && !by.isQuoted && /^(?:from|by|von)$/i.test(by.text) && !isSource(whose.text, said.names)) {
    said.faults.push(unknownWord(by));
    if (/^(?:me|us|mir|uns)$/i.test(whose.text)) return only({ verb: 'list', whose: 'pending' });
    return readApprove({ ...said, tokens: tokens.length > 1 ? tokens.slice(1) : [whose] });
  }
  const numbered = numberOrPort(tokens, Math.max(1, named.length));
  if (numbered !== undefined) return eitherNumber(said, numbered);
  const part = tokens.find((_, i) => (i === 0 || i >= named.length) && isPart(tokens, i, named.length));
  if (part) {
    said.faults.push(unknownWord(part));
    return only({ verb: 'help', about: 'approve' });
  }
  const { less, reason } = lessOf({ ...said, tokens: tokens.slice(named.length) });
  const about = because(reason);
  // `until I say stop` is no time.
  const isEndless = said.faults.some(({ code }) => code === 'malformedTime');
  // `from sam`: without it, more would be approved.
  const isNowhere =
    less?.source === undefined && said.faults.some(({ code }) => /^(?:unknown|malformed)Source$/.test(code));
  if (isEndless || isNowhere || isUnread(said)) return only({ verb: 'help', about: 'approve' });
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

/** `run 22`: that port alone, or all of it because of that run. */
function eitherNumber(said: SaidCommand, at: number): CommandReading {
  const { tokens, reason, faults } = said;
  const [noun, number] = tokens.slice(at, at + 2);
  faults.push(unknownWord(noun ?? ''));
  const asPort = readApprove({ ...said, tokens: tokens.toSpliced(at, 1), faults: [] });
  const isSaid = /^ports?$/i.test(tokens[at - 1]?.text ?? '');
  const why = `${noun?.text} ${number?.text}${reason ? `, ${reason}` : ''}`;
  const asNumber = readApprove({ ...said, tokens: tokens.toSpliced(at, 2), reason: why, faults: [] });
  if (isSaid || asPort.groups.length > 1 || asNumber.groups.length > 1) return asPort;
  return { groups: [...asPort.groups, ...asNumber.groups], how: 'or' };
}

/** `approve 30m k7m3q9w`, `approve ssh k7m3q9w p2x8v4t`: what is approved of them stands behind. */
function withIdFirst(said: SaidCommand): SaidCommand {
  const { tokens } = said;
  const [first] = tokens;
  if (!first || first.isQuoted || isId(first)) return said;
  const isTerm = (i: number) => readTime(tokens, i) !== undefined || readPorts(tokens, i) !== undefined;
  const isOne = (token: Token, i: number) => isId(token) && /\d/.test(token.text) && !isTerm(i);
  const isMachine = ({ text, isQuoted }: Token, i: number) =>
    !isQuoted && isNameLike(text) && /^\p{L}/u.test(text) && !isSource(text, said.names) && !isTerm(i);
  const at = readTime(tokens, 0)?.words;
  const ids = tokens.filter(isOne);
  const named = ids.length > 0 ? ids : tokens.filter((token, i) => i === at && isMachine(token, i));
  // `ssh, k7m3q9w` may be two of them.
  const isApart = named[0]?.isJoined && readTime(tokens, 0) === undefined;
  if (!isTerm(0) || named.length === 0 || isApart) return said;
  return { ...said, tokens: [...named, ...tokens.filter((token) => !named.includes(token))] };
}

/** `half`, `, B 443`: without it, more would be approved, or something else. */
function isPart(tokens: readonly Token[], i: number, behind: number): boolean {
  const token = tokens[i];
  if (!token || token.isQuoted) return false;
  // `👎`
  if (i >= behind && meantVerb([token]) === 'deny') return true;
  if (!/^\p{L}/u.test(token.text)) return false;
  const isTerm = (at: number) => readTime(tokens, at) !== undefined || readPorts(tokens, at) !== undefined;
  if (isTerm(i)) return false;
  const isSmall = ({ text }: Token) =>
    /^(?:with|for|an?|the|but|just|only|please|of|mit|die|der|das|nur|bitte)$/i.test(text);
  const [before, next] = [tokens[i - 1], tokens[i + 1]];
  // `alles gut`, `like discussed`, `ok this once`
  if (i >= behind && isPraise(token, before, next)) return false;
  if (/^(?:once|minus|provided|assuming)$/i.test(token.text)) return true;
  // `and keep p2x8v4t`, `never mind`
  if (isAll(token)) return true;
  if (spares(token) && (tokens.slice(behind, i).every(isSmall) || isNameLike(tokens[i + 1]?.text ?? ''))) return true;
  if (PART.test(token.text)) return i <= behind || tokens.slice(behind, i).every(isSmall);
  const isLink =
    isSmall(token) || isSentenceWord(token) || /^(?:and|und|also|ports?|via|through|over)$/i.test(token.text);
  return i >= behind && !isLink && isTerm(i + 1);
}

/** `all fine`, `like discussed`, `this once`: why, and no part of it. */
function isPraise(token: Token, before: Token | undefined, next: Token | undefined): boolean {
  const behind = next?.isJoined ? '' : (next?.text ?? '');
  if (isAll(token)) return /^(?:gut|klar|okay|ok|fine|good|clear|well|bestens|passt|looks?|seems?)$/i.test(behind);
  if (/^like$/i.test(token.text)) return /^(?:discussed|agreed|said|planned|promised|always|usual)$/i.test(behind);
  return /^once$/i.test(token.text) && next === undefined && /^this$/i.test(before?.text ?? '');
}

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
