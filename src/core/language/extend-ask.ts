import { JitError } from '../errors/errors.ts';
import { portText } from '../rule/port.ts';
import { readMoment } from './moment.ts';
import { isOften, isTimed } from './no-time.ts';
import { readPorts } from './port-word.ts';
import { readPurpose } from './purpose.ts';
import { each, MOST_AT_ONCE, noPorts, noReason, only, type ReadCommand } from './reading.ts';
import type { SaidCommand } from './said.ts';
import type { SaidTerms } from './said-terms.ts';
import { isVagueTime } from './sentence-word.ts';
import { isNameLike } from './target.ts';
import { isTicket, unknownWord } from './term-words.ts';
import { TermsReader } from './terms-reader.ts';
import { mustReadTime, nearTime, readTime } from './time-words.ts';
import type { Token } from './token.ts';
import { isClock } from './until-words.ts';
import { vagueStart } from './vague-start.ts';
import { isId, whichOf } from './which-ask.ts';

/** `extend [web-1 …] [30m | until 18:00]`. */
export const readExtend: ReadCommand = (typed) => {
  noReason(typed);
  const said = withoutPurpose(typed);
  const before = said.faults.length;
  const other = said.tokens.findIndex((token, i) => isOtherLength(token, said.tokens, i) || isLater(said.tokens, i));
  if (other >= 0) {
    said.faults.push(unknownWord(said.tokens[other] ?? ''));
    return only({ verb: 'help', about: 'extend' });
  }
  const take = (all: readonly Token[], at: number) =>
    /^(?:by|more|longer|extra|additional|plus|up|to)$/i.test(all[at]?.text ?? '') && (at + 1 < all.length || at > 1)
      ? 1
      : 0;
  const tokens = withEnds(said);
  const terms = new TermsReader(
    { ...said, tokens },
    { machines: 100, isSpaced: true, noReason: true, others: { take } },
  ).read();
  const { until } = terms;
  // `extend web-1 443`: one port alone cannot be extended.
  const isOfPort = terms.forMs === undefined && !until && terms.ports.some((port) => isPort(tokens, port.number));
  if (isOfPort) {
    noPorts(said, terms);
    return only({ verb: 'help', about: 'extend' });
  }
  const forMs = terms.forMs ?? bareTime(said, terms, before);
  if (terms.forMs !== undefined) noPorts(said, terms);
  const [source] = terms.sources;
  if (source !== undefined || terms.isMe) said.faults.push(unknownWord('from'));
  const more = until ? { until } : forMs === undefined ? {} : { forMs };
  const names = namesOf(said, terms);
  if (names.length === 0) return only({ verb: 'extend', ...more });
  const { either = [] } = terms;
  const ends = either.some(({ ports }) => !ports) ? either.filter(({ ports }) => !ports) : either;
  if (ends.length > 1 && names.length <= MOST_AT_ONCE)
    return {
      groups: ends.map((end) => names.map((name) => ({ verb: 'extend', which: name, until: end }))),
      how: 'or',
    };
  return each(said, names, (name) => ({ verb: 'extend', which: name, ...more }));
};

/** What it lasts in all, which no extension is told; and lengths that none has. */
const ALTOGETHER =
  /^(?:total|overall|altogether|insgesamt|gesamt|zusammen|double|triple|doppelt|less|shorter|(?:month|year|quarter)s?|monate?n?|jahre?n?)$/i;

/** `30 for deploy`: what it is for is no length beside one. */
function withoutPurpose(said: SaidCommand): SaidCommand {
  const { tokens } = said;
  const at = tokens.findIndex(
    (token, i) => /^for$/i.test(token.text) && !token.isQuoted && mustReadTime(tokens, i + 1).isGuess,
  );
  const isLength = (token: Token, i: number) =>
    readTime(tokens, i) !== undefined || (i > 0 && /^\+?\d{1,3}$/.test(token.text));
  // `1h for web-1`: what is longer open.
  const isMachine = (i: number) => isNamed(tokens[i]) && readTime(tokens, i) === undefined;
  if (at > 0 && isMachine(at + 1) && tokens.some(isLength) && !tokens.slice(0, at).some((_, i) => isMachine(i)))
    return { ...said, tokens: tokens.toSpliced(at, 1) };
  const purpose = at > 0 && tokens.some(isLength) ? readPurpose(said, at + 1, true) : undefined;
  const word = tokens[at + 1];
  if (!purpose || !word) return said;
  said.faults.push(unknownWord(word));
  return { ...said, tokens: tokens.toSpliced(at, 1 + purpose.words) };
}

function isNamed(token: Token | undefined): boolean {
  return token !== undefined && !/^\+?\d+$/.test(token.text) && (isId(token) || isNameLike(token.text));
}

/** `to 3h` in all, or `by -30m`: it would be longer than that. */
function isOtherLength({ text, isQuoted }: Token, tokens: readonly Token[], i: number): boolean {
  if (isQuoted) return false;
  return (
    /^-\d/.test(text) ||
    ALTOGETHER.test(text) ||
    (/^all$/i.test(text) && /^in$/i.test(tokens[i - 1]?.text ?? '')) ||
    (/^to$/i.test(text) && !/^up$/i.test(tokens[i - 1]?.text ?? '') && readTime(tokens, i + 1) !== undefined)
  );
}

/** `in 1h`: it would begin then, and is longer at once. */
function isLater(tokens: readonly Token[], i: number): boolean {
  const token = tokens[i];
  if (token === undefined || token.isQuoted) return false;
  // `1h at 18:00`, `1h tomorrow`
  const isLength = tokens.some((_, at) => readTime(tokens, at) !== undefined && !isClock(tokens[at]?.text ?? ''));
  const isApart = isLength && /^(?:at|on|from|after)$/i.test(token.text) && isTimed(tokens, i + 1) && !isEnded(tokens);
  const isBare = isLength && i > 0 && isTimed(tokens, i) && readTime(tokens, i) === undefined && !isEnded(tokens);
  return (
    isApart ||
    isBare ||
    (/^in$/i.test(token.text) && readTime(tokens, i + 1) !== undefined) ||
    (i > 0 && (isVagueTime(token) || isOften(tokens, i) || vagueStart(tokens, i) > 0 || isDayOfLength(tokens, i)))
  );
}

function isEnded(tokens: readonly Token[]): boolean {
  return tokens.some(
    ({ text, isQuoted }, i) =>
      !isQuoted &&
      (/^(?:until|till|til|bis)$/i.test(text) || (/^(?:by|to)$/i.test(text) && readTime(tokens, i + 1) === undefined)),
  );
}

/** `tomorrow 2h`: no end at two o’clock. */
function isDayOfLength(tokens: readonly Token[], i: number): boolean {
  if (/^(?:until|till|til|bis|by|at|on)$/i.test(tokens[i - 1]?.text ?? '') || !isTimed(tokens, i)) return false;
  return readMoment(tokens, i, { now: 0, zone: 'UTC' }, 'end').asLength !== undefined;
}

/** `extend web-1 tomorrow 18:00`, `at 18:00`, `to 18:00`: what is meant is the end, which is refused and given back as it is typed. */
function withEnds(said: SaidCommand): readonly Token[] {
  const { clock = { now: 0, zone: 'UTC' } } = said;
  const all = withoutStart(
    said,
    said.tokens.map((token, i) => asTime(bounded(said, token), i)),
  );
  const tokens: Token[] = [];
  for (let i = 0; i < all.length; i += 1) {
    const token = all[i] as Token;
    const word = token.isQuoted ? '' : token.text.toLowerCase();
    const isOn =
      (/^(?:at|on)$/.test(word) || (word === 'for' && isTimed(all, i + 1) && !readTime(all, i + 1))) &&
      readMoment(all, i + 1, clock, 'end').fault?.code !== 'malformedTime';
    const isBare = word !== '' && !readTime(all, i) && isTimed(all, i);
    const isTo =
      (word === 'to' && isClock(all[i + 1]?.text ?? '')) ||
      (word === 'by' && !readTime(all, i + 1) && isTimed(all, i + 1));
    const from = isOn || isTo ? i + 1 : i;
    const words =
      /^(?:until|till|til|bis|by)$/.test(word) || isOn || isTo || isBare
        ? readMoment(all, from + (/^(?:until|till|til|bis|by)$/.test(word) && !isTo ? 1 : 0), clock, 'end').words
        : 0;
    if (isOn || isBare || (isTo && word === 'by')) said.faults.push(unknownWord(token));
    if (isOn || isTo || isBare) tokens.push({ ...token, text: 'until' });
    else tokens.push(token);
    const first = isBare ? i : i + 1;
    tokens.push(...all.slice(first, first + words));
    i = first + words - 1;
  }
  return tokens;
}

/** `<2h`, `>2h`: the length, which is refused and given back. */
function bounded(said: SaidCommand, token: Token): Token {
  const [, length] = /^[<>≤≥](\d.*)$/.exec(token.isQuoted ? '' : token.text) ?? [];
  if (length === undefined) return token;
  said.faults.push(new JitError('malformedDuration', { word: token.text }));
  return { ...token, text: length };
}

/** `from 18:00 until 20:00`: what is open already has no start. */
function withoutStart(said: SaidCommand, tokens: readonly Token[]): readonly Token[] {
  const { clock = { now: 0, zone: 'UTC' } } = said;
  const at = tokens.findIndex(({ text, isQuoted }) => !isQuoted && /^from$/i.test(text));
  const { words, fault } = readMoment(tokens, at + 1, clock, 'end');
  const isSpan =
    at >= 0 && fault?.code !== 'malformedTime' && /^(?:until|till|to)$/i.test(tokens[at + 1 + words]?.text ?? '');
  if (!isSpan) return tokens;
  said.faults.push(unknownWord(tokens[at] ?? 'from'));
  return [
    ...tokens.slice(0, at),
    { ...(tokens[at + 1 + words] as Token), text: 'until' },
    ...tokens.slice(at + 2 + words),
  ];
}

/** `+30`, `“30m”`: behind what is meant, a time and no name. */
function asTime({ isQuoted, ...token }: Token, i: number): Token {
  const isTime = isQuoted && i > 0 && readTime([token], 0) !== undefined;
  if (isTime) return token;
  return { ...token, text: token.text.replace(/^\+(?=\d+$)/, ''), ...(isQuoted ? { isQuoted } : {}) };
}

/** What is longer open than it was: further words are names where they look so, or stand behind a comma. */
function namesOf(said: SaidCommand, { targets }: SaidTerms): readonly string[] {
  return targets.flatMap(({ name }, i) => {
    const token = said.tokens.find((one) => whichOf(one) === name);
    const isName =
      i === 0 ||
      !token ||
      token.isQuoted ||
      token.isJoined ||
      (isNameLike(name) && !/%$/.test(name) && !isTicket(token, targets[0]?.name));
    if (!isName) said.faults.push(unknownWord(token));
    return isName ? [name] : [];
  });
}

/** `443`: neither minutes nor hours, as people say them. */
function isPort(tokens: readonly Token[], figure: number): boolean {
  const mayBeTime = figure <= 12 || (figure % 5 === 0 && figure <= 480);
  return tokens.some((token, i) => {
    const ports = token.isQuoted || i === 0 ? undefined : readPorts([token], 0);
    const isFigure = /^\+?\d+$/.test(token.text);
    return (
      ports?.fault === undefined && ports?.ports.some(({ number }) => number === figure) && !(isFigure && mayBeTime)
    );
  });
}

/** `extend web-1 30`: a figure is no port here, and no time without its unit; the time that comes nearest. */
function bareTime(said: SaidCommand, terms: SaidTerms, before: number): number | undefined {
  const [port, ...more] = terms.ports.map(portText);
  const isRead = said.faults.length === before;
  const isTyped = said.tokens.some(({ text }) => text.replace(/^\+/, '') === port);
  const near = more.length > 0 || terms.until || !isRead || !isTyped ? undefined : nearTime(port ?? '');
  if (near === undefined) noPorts(said, terms);
  else said.faults.push(new JitError('malformedDuration', { word: port ?? '' }));
  return near;
}
