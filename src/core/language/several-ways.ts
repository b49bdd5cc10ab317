import { JitError } from '../errors/errors.ts';
import { isTimed } from './no-time.ts';
import { readPorts } from './port-word.ts';
import { mayBeSomebody } from './purpose.ts';
import type { SaidCommand } from './said.ts';
import { isSentenceWord, isVagueTime, saysNothing } from './sentence-word.ts';
import { isBareSource } from './source-words.ts';
import { isNameLike } from './target.ts';
import { unknownWord } from './term-words.ts';
import { readTime } from './time-words.ts';
import { type Token, typedText } from './token.ts';
import type { Topic } from './usage.ts';

/** What was said in one and is one command for each of several, or may be. */
export interface SeveralWays {
  readonly fault: JitError;
  /** The tokens of each. */
  readonly ways: readonly (readonly Token[])[];
  /** Absent where it is both, which no list of commands says. */
  readonly how?: 'or' | 'then';
}

const ASKS: readonly (Topic | undefined)[] = ['request', 'explain'];
const WITH_PEOPLE: readonly (Topic | undefined)[] = [...ASKS, 'break-glass'];
const WITH_PORTS: readonly (Topic | undefined)[] = [...WITH_PEOPLE, 'why', 'approve', 'protect'];

/** `22 or 443`, `for @ada and @sam`, `ssh 18-20`, and several of these. */
export function severalWays(said: SaidCommand, topic: Topic | undefined): SeveralWays | undefined {
  const { tokens, head } = said;
  const kinds = [
    (own: readonly Token[]) => (WITH_PORTS.includes(topic) ? eitherPort(own, head, topic) : undefined),
    (own: readonly Token[]) => (WITH_PEOPLE.includes(topic) ? eachPerson({ ...said, tokens: own }) : undefined),
    (own: readonly Token[]) => (ASKS.includes(topic) ? hoursOrPorts(own) : undefined),
  ];
  let all: SeveralWays | undefined;
  for (const kind of kinds) {
    const found = kind(tokens);
    if (!found) continue;
    const ways = (all?.ways ?? [tokens]).flatMap((own) => kind(own)?.ways ?? [own]);
    const isSame = found.how !== undefined && (!all || all.how === found.how);
    all = { fault: all?.fault ?? found.fault, ways, ...(isSame ? { how: found.how } : {}) };
  }
  return all;
}

/** Of these, nobody can tell which: each of them. A protection leaves open what is named, and a question is about all of it. */
function eitherPort(tokens: readonly Token[], head: string, topic: Topic | undefined): SeveralWays | undefined {
  // `ssh or rdp on web-1` begins with one.
  for (let from = topic === 'request' ? 0 : 1; from < tokens.length; from += 1) {
    const found = portsFrom(tokens, head, from);
    if (!found) continue;
    const { ports, end } = found;
    const start = isWord(tokens[from - 1], /^(?:either|entweder)$/i) ? from - 1 : from;
    const before = from === 0 ? [{ text: 'request', at: 0 }] : tokens.slice(0, start);
    const behind = tokens.slice(end);
    const fault = unknownWord(found.or);
    if (topic === 'protect' || topic === 'why')
      return { fault, ways: [[...before, ...ports.flat(), ...behind]], how: 'or' };
    return { fault, ways: ports.map((own) => [...before, ...own, ...behind]), how: 'or' };
  }
  return undefined;
}

/** `22 or 443`, `22, 443 or 8443`, `port 22 or port 443`. */
function portsFrom(tokens: readonly Token[], head: string, from: number) {
  // `at 22 or 23` are hours.
  if (isWord(tokens[from - 1], /^(?:at|on|until|till|til|bis|by|after|before|from|um|ab)$/i)) return undefined;
  const ports: (readonly Token[])[] = [];
  let [at, or]: [number, Token | undefined] = [from, undefined];
  for (;;) {
    const words = portWords(tokens, at);
    if (words === 0) return undefined;
    ports.push(tokens.slice(at, at + words));
    at += words;
    const next = tokens[at];
    const isOr = isWord(next, /^(?:or|oder)$/i) && portWords(tokens, at + 1) > 0;
    const isComma = next?.isJoined === true && portWords(tokens, at) > 0 && !isAnd(tokens, head, at);
    if (isOr) or = next;
    if (!isOr && (or || !isComma)) return or && { ports, end: at, or };
    at += isOr ? 1 : 0;
  }
}

/** How many words say a port; none where it may be an hour or a length. */
function portWords(tokens: readonly Token[], at: number): number {
  const lead = isWord(tokens[at], /^ports?$/i) ? 1 : 0;
  const [token, port] = [tokens[at + lead], readPorts(tokens, at + lead)];
  if (!token || token.isQuoted || !port || port.fault || readTime(tokens, at + lead)) return 0;
  const isHour = lead === 0 && /^(?:\d|1\d|2[0134])$/.test(token.text);
  const isTimed = isWord(tokens[at + lead + port.words], /^(?:uhr|[ap]\.?m\.?|o['’]?clock|times?|mal|x)$/i);
  return isHour || isTimed ? 0 : lead + port.words;
}

/** `ssh and 443 or 8443`: the first is wanted anyway. */
function isAnd(tokens: readonly Token[], head: string, at: number): boolean {
  return /\b(?:and|und|plus|sowie)\b|[&+]/i.test(head.slice(tokens[at - 1]?.at, tokens[at]?.at));
}

/** `for @ada and @sam`, `for me and @sam`, `for @ada and kim`: a request is for one person. */
function eachPerson(said: SaidCommand): SeveralWays | undefined {
  const { tokens } = said;
  const isFor = (token: Token | undefined) => isWord(token, /^(?:for|für)$/i);
  const at = tokens.findIndex((token, i) => isFor(token) && isPerson(tokens[i + 1]));
  const [lead, first] = [tokens[at], tokens[at + 1]];
  if (!lead || !first) return undefined;
  const people = [first];
  let [end, isOr] = [at + 2, false];
  for (let next = tokens[end]; next; next = tokens[end]) {
    const or = isWord(next, /^(?:or|oder)$/i) ? 1 : 0;
    const who = tokens[end + or + (isFor(tokens[end + or]) ? 1 : 0)];
    const isNext = who !== undefined && isPerson(who) && (or > 0 || next.isJoined || isMention(who));
    if (!who || !(isNext || isNamed(said, end))) break;
    people.push(isNext ? who : { ...who, text: `@${who.text}` });
    isOr ||= or > 0;
    end = tokens.indexOf(who) + 1;
  }
  const fault = new JitError('severalPeople');
  if (!people.some(isMention)) return undefined;
  // `for @ada and the team`
  if (isMore(said, end)) return { fault, ways: [tokens] };
  if (people.length < 2) return undefined;
  const ways = people.map(({ isJoined: _, ...who }) => [
    ...tokens.slice(0, at),
    ...(isMention(who) ? [lead, who] : []),
    ...tokens.slice(end),
  ]);
  return { fault, ways, how: isOr ? 'or' : 'then' };
}

/** Beside a reason, or behind `and`, what is joined to a person is no reason. */
function isMore({ tokens, head, reason, names }: SaidCommand, at: number): boolean {
  const token = tokens[at];
  if (!token?.isJoined || token.isQuoted || !/^\p{L}+$/u.test(token.text)) return false;
  if (isTerm(tokens, at) || isTimed(tokens, at) || saysNothing(token.text, true) || isVagueTime(token)) return false;
  if (isBareSource(token.text, names) || isWord(token, /^(?:via|over|through|über|ueber|with|mit)$/i)) return false;
  return reason !== undefined || (isAnd(tokens, head, at) && mayBeSomebody(token.text));
}

/** One word, and nothing that belongs to it: a name. */
function isNamed(said: SaidCommand, at: number): boolean {
  const [token, next] = [said.tokens[at], said.tokens[at + 1]];
  const isEnd = next === undefined || next.isJoined === true || isTerm(said.tokens, at + 1);
  return token !== undefined && isMore(said, at) && isEnd && !isSentenceWord(token) && token.text.length > 1;
}

function isMention({ text }: Token): boolean {
  return /^(?:<@[^>]+>|@\S.*|[^\s@]+@[^\s@]+\.[^\s@]+),?$/.test(text);
}

function isPerson(token: Token | undefined): boolean {
  return token !== undefined && (isMention(token) || isWord(token, /^(?:me|myself)$/i));
}

function isTerm(tokens: readonly Token[], at: number): boolean {
  const isKeyword = isWord(tokens[at], /^(?:for|from|until|till|til|bis|at|on|ports?)$/i);
  return isKeyword || readPorts(tokens, at) !== undefined || readTime(tokens, at) !== undefined;
}

/** `ssh 18-20`, `rdp 18 bis 20`: behind a port, hours of a day or further ports. */
function hoursOrPorts(tokens: readonly Token[]): SeveralWays | undefined {
  const isSaid = tokens.some(
    (token, i) => isWord(token, /^(?:at|until|till|til|um)$/i) || readTime(tokens, i) !== undefined,
  );
  for (let i = 1; i < tokens.length && !isSaid; i += 1) {
    const hours = hoursAt(tokens, i);
    const token = tokens[i];
    const isBehind = isPortAt(tokens, i - 1) || isNameLike(tokens[i - 1]?.text ?? '');
    if (!hours || !token || !isBehind || !tokens.slice(0, i).some((_, at) => isPortAt(tokens, at))) continue;
    const span = ['at', `${hours.from}:00`, 'until', `${hours.until}:00`].map((text) => ({ text, at: token.at }));
    const asHours = [...tokens.slice(0, i), ...span, ...tokens.slice(i + hours.words)];
    const word = typedText(tokens.slice(i, i + hours.words));
    return { fault: new JitError('ambiguousTime', { word }), ways: [asHours, tokens], how: 'or' };
  }
  return undefined;
}

/** Two hours of the working day or later, which may be ports: not behind a comma, nor before a unit. */
function hoursAt(tokens: readonly Token[], i: number) {
  const [before, token, link, last] = [-1, 0, 1, 2].map((more) => tokens[i + more]);
  if (!token || token.isQuoted || token.isJoined) return undefined;
  const isBefore = isWord(before, /^(?:ports?|for|für|from|von|between|zwischen|at|on|um|ab|by|until|till|til|bis)$/i);
  if (isBefore) return undefined;
  const isLinked = isWord(link, /^(?:to|bis)$/i) && !(isWord(link, /^bis$/i) && token.text === '22');
  const words = /^\d+$/.test(token.text) ? (isLinked ? 3 : 0) : 1;
  const text = words === 3 ? `${token.text}-${last?.text ?? ''}` : words === 1 ? token.text : '';
  const [, from, until] = /^(\d{1,2})-(\d{1,2})$/.exec(text) ?? [];
  const isUnit = isWord(
    tokens[i + words],
    /^(?:uhr|[ap]\.?m\.?|o['’]?clock|h|hours?|std|stunden?|m|min.*|days?|tage?)$/i,
  );
  const isSpan = Number(from) >= 7 && Number(from) < Number(until) && Number(until) <= 24;
  return from === undefined || until === undefined || isUnit || !isSpan ? undefined : { from, until, words };
}

function isPortAt(tokens: readonly Token[], i: number): boolean {
  const token = tokens[i];
  return token !== undefined && !token.isQuoted && readPorts([token], 0) !== undefined;
}

function isWord(token: Token | undefined, words: RegExp): boolean {
  return token !== undefined && !token.isQuoted && words.test(token.text);
}
