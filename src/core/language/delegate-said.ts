import { JitError } from '../errors/errors.ts';
import { type DelegateAsk, endOf } from './delegate-ask.ts';
import { type CommandReading, noReason, nothingMore, only, type ReadCommand } from './reading.ts';
import type { SaidCommand } from './said.ts';
import { isSentenceWord } from './sentence-word.ts';
import { isNameLike } from './target.ts';
import { unknownWord } from './term-words.ts';
import type { Token } from './token.ts';
import { vagueStart } from './vague-start.ts';
import { isId } from './which-ask.ts';

/** `delegate <person> until <day>`, `delegate list`, `delegate stop`. */
export const readDelegate: ReadCommand = (said) => {
  noReason(said);
  const at = said.tokens.findIndex(isEnd);
  const more = said.tokens.findIndex((token, i) => at > 0 && i > at + 1 && token.isJoined && isMention(token));
  if (more < 0) return readOne(said);
  // `@sam until friday and @kim until monday`: each of them; without an end of its own, the second has the same.
  const [before, behind] = [said.tokens.slice(0, more), said.tokens.slice(more)];
  const ways = [before, behind.some(isEnd) ? behind : [...behind, ...before.slice(at)]];
  said.faults.push(new JitError('malformedDelegate'));
  const groups = ways.flatMap((tokens) => readOne({ ...said, tokens, faults: [] }).groups);
  const isHelp = groups.flat().some(({ verb }) => verb === 'help');
  return isHelp ? only({ verb: 'help', about: 'delegate' }) : { groups, how: 'or' };
};

function isEnd({ text, isQuoted }: Token): boolean {
  return !isQuoted && /^(?:until|till|til|for)$/i.test(text);
}

function readOne(said: SaidCommand): CommandReading {
  const { tokens } = said;
  const first = tokens[0]?.text.toLowerCase();
  if (first === undefined || first === 'list' || first === 'stop') {
    nothingMore(said, 1);
    return only({ verb: 'delegate', ask: { what: first === 'stop' ? 'stop' : 'list' } });
  }
  if (/^(?:off|none|nobody|end|cancel)$/.test(first) && !tokens[1]) {
    said.faults.push(unknownWord(first));
    return only({ verb: 'delegate', ask: { what: 'stop' } });
  }
  const at = tokens.findIndex(isEnd);
  const [how = '', ...end] = at < 0 ? [] : wordsOf(tokens.slice(at));
  const typed = end.length > 0 ? [how.toLowerCase() === 'for' ? 'for' : 'until', ...end] : [];
  const before = tokens.slice(0, at < 0 ? undefined : at);
  const { to, given, rest } = whomOf(before);
  // Without what narrows it, more would be handed over than was said.
  const isOfSome = /^for$/i.test(how) && end.some((text) => /^(?:until|till|til|bis)$/i.test(text));
  const isLater = !/^(?:until|till|til)$/i.test(how) && tokens.some((_, i) => i > 0 && vagueStart(tokens, i) > 0);
  const isLimited =
    isLater ||
    given.length > 0 ||
    isOfSome ||
    before.some(isScope) ||
    end.some((text, i) => isScope({ text, at: 0 }, i + 1));
  if (isLimited || /^(?:from|starting|beginning|at|on|after|\d{1,5})$/i.test(rest[0] ?? '')) {
    said.faults.push(new JitError('malformedDelegate'));
    return only({ verb: 'help', about: 'delegate' });
  }
  // `until tomorrow or friday`: the first of them.
  const parts = end.map((_, i) => [typed[0] ?? '', ...end.slice(0, end.length - i)]);
  const until =
    parts.map((part) => endSaid(said, part)).find((one) => one !== undefined) ??
    endSaid(said, ['for', ...rest]) ??
    endSaid(said, ['until', ...rest]);
  const isWhole =
    to.length === 1 && given.length + rest.length === 0 && until?.length === typed.length && typed.length > 0;
  if (!isWhole) said.faults.push(new JitError('malformedDelegate'));
  const people = to.length > 0 ? to : ['<person>'];
  const asks = people.map((one): DelegateAsk => ({ what: 'begin', to: one, until: until ?? ['until', 'friday'] }));
  return { groups: asks.map((ask) => [{ verb: 'delegate', ask }]), how: 'or' };
}

/** An end that can be read; without a clock nobody can tell. */
function endSaid({ clock }: SaidCommand, until: readonly string[]): readonly string[] | undefined {
  if (until.length < 2) return undefined;
  return !clock || endOf(until, clock.now, clock.zone) !== undefined ? until : undefined;
}

/** One machine, one port, one request, some days, or `for prod`: less than all that one decides. */
function isScope({ text, isQuoted }: Token, i: number): boolean {
  if (isQuoted || i === 0) return false;
  return (
    (isId({ text, at: 0 }) && /\d/.test(text)) ||
    (/^\p{L}[\w.]*-[\w.-]*\d/u.test(text) && isNameLike(text)) ||
    /^(?:ssh|rdp|winrm|prod|production|staging|read-?only|test|dev|only|just|nur|weekends|weekdays|nights|every|each)$/i.test(
      text,
    )
  );
}

/** All that one decides, as it is handed over: `my approvals`. Less than that cannot be. */
const WHOLE = /^(?:all|everything|my|of|the|approvals?|decisions?|requests?)$/i;

/** `to @sam`, `Sam Haddad`: each person that stands there, and what stands behind them that is no part of a name. */
function whomOf(tokens: readonly Token[]): Readonly<Record<'to' | 'given' | 'rest', readonly string[]>> {
  const from = tokens.findLastIndex(({ text, isQuoted }) => !isQuoted && /^to$/i.test(text)) + 1;
  const given = tokens.slice(0, Math.max(0, from - 1)).filter(({ text }) => !WHOLE.test(text));
  const named = tokens.slice(from);
  const { people, words } = peopleIn(named);
  return {
    to: people.map((one) => wordsOf(one).join(' ')).filter((one) => one !== ''),
    given: wordsOf(given),
    rest: wordsOf(named.slice(words)),
  };
}

/** `@sam and @kim`, `Sam Haddad, Ada`: one after another, and how many words they are. */
function peopleIn(tokens: readonly Token[]) {
  const people: Token[][] = [];
  const isPerson = (token: Token | undefined) =>
    token !== undefined &&
    !isSentenceWord(token) &&
    (token.isQuoted || !/^(?:list|stop|off)$/i.test(token.text)) &&
    (token.isQuoted || isMention(token) || /^\p{L}[\p{L}.'’-]*$/u.test(token.text));
  for (let at = 0; at < tokens.length; at += 1) {
    const [token, next] = [tokens[at], tokens[at + 1]];
    if (!token) break;
    const last = people.at(-1);
    const isOr = last !== undefined && !token.isQuoted && /^(?:or|oder)$/i.test(token.text) && isPerson(next);
    const one = isOr && next ? next : token;
    // `@sam, back on monday`
    const isLoose = last !== undefined && isMention(last[0] ?? one) && !isMention(one) && !isOr;
    const isAlone = next === undefined || isEnd(next) || next.isJoined === true;
    if (last && (!isPerson(one) || (isLoose && !(one.isJoined && isAlone)))) return { people, words: at };
    if (!last || isOr || one.isJoined || isMention(one)) people.push([one]);
    else last.push(one);
    at += isOr ? 1 : 0;
  }
  return { people, words: tokens.length };
}

function isMention({ text }: Token): boolean {
  return /^[@<]/.test(text);
}

function wordsOf(tokens: readonly Token[]): readonly string[] {
  return tokens.map(({ text }) => text);
}
