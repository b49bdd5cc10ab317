import { JitError } from '../errors/errors.ts';
import type { Command } from './command.ts';
import { type DelegateAsk, endOf } from './delegate-ask.ts';
import { isBlank, reasonOf } from './heard.ts';
import { bare } from './marks.ts';
import { nearWord } from './near-word.ts';
import { figuresOf } from './number-words.ts';
import { noReason, nothingMore, oneByOne, only, PLACEHOLDER, type ReadCommand } from './reading.ts';
import { readRequest } from './request-ask.ts';
import type { SaidCommand } from './said.ts';
import { isSentenceWord } from './sentence-word.ts';
import { textOf } from './start-ask.ts';
import { isNameLike } from './target.ts';
import { unknownWord } from './term-words.ts';
import type { Token } from './token.ts';
import { vagueStart } from './vague-start.ts';
import { bareReason, because, isId, unique, which, whichOf } from './which-ask.ts';

const WHOSE: ReadonlyMap<string, 'all' | 'mine' | 'pending'> = new Map([
  ['all', 'all'],
  ['mine', 'mine'],
  ['my', 'mine'],
  ['pending', 'pending'],
]);

/** What has a list of its own. */
const OTHERS = new Map(
  (['machines', 'lockdowns', 'reviews', 'rules', 'links'] as const).map((verb) => [verb as string, verb] as const),
);

/** Has it a list of its own? */
export function isListed(word: string): boolean {
  return WHOSE.has(word.toLowerCase()) || OTHERS.has(word.toLowerCase());
}

/** `list [all | mine | pending]`. */
export function readList(whose?: 'mine' | 'pending'): ReadCommand {
  return (said) => {
    noReason(said);
    const [first] = said.tokens;
    const names = said.tokens.filter(({ text, isQuoted }) => !isQuoted && isNameLike(text));
    if (names.length > 0 && names.length === said.tokens.length) {
      nothingMore(said, 0);
      return only(...names.map((name) => ({ verb: 'show' as const, ...which(whichOf(name)) })));
    }
    if (whose || !first) {
      nothingMore(said, 0);
      return only({ verb: 'list', ...(whose ? { whose } : {}) });
    }
    const word = first.text.toLowerCase();
    const near = WHOSE.has(word) ? word : nearWord(WHOSE.keys(), word === 'me' ? 'my' : word);
    if (near !== word) said.faults.push(unknownWord(first));
    else nothingMore(said, 1);
    const meant = WHOSE.get(near ?? '');
    const [other] = said.tokens.flatMap(({ text }) => OTHERS.get(text.toLowerCase()) ?? []);
    if (/^delegations?$/i.test(first.text)) return only({ verb: 'delegate', ask: { what: 'list' } });
    if (other !== undefined) return only({ verb: other });
    if (meant === undefined && isNameLike(first.text)) return only({ verb: 'show', ...which(whichOf(first)) });
    return only({ verb: 'list', ...(meant === 'all' ? { all: true } : meant ? { whose: meant } : {}) });
  };
}

/** `ask <id> <words>` and `answer <id> <words>`: all that stands behind the ID, whatever it holds. */
export function readWords(verb: 'ask' | 'answer'): ReadCommand {
  return (said) => {
    const { whole, tokens } = said;
    // `ask for web-1` asks nobody anything.
    const [first, ...more] = tokens;
    if (verb === 'ask' && first && /^for$/i.test(first.text) && more.some(({ text }) => isNameLike(text))) {
      said.faults.push(unknownWord(first));
      return readRequest([])({ ...said, faults: [], tokens: more });
    }
    const [, id = '', words = ''] = /^\S+\s+(\S+)(?:\s+(.+))?$/.exec(whole) ?? [];
    const name = bare(id).replace(/,$/, '');
    return only({
      verb,
      ...which(name === '' || isBlank(id) ? undefined : whichOf({ text: name, at: 0 })),
      ...(words === '' || isBlank(words) ? {} : { words: reasonOf(words) }),
    });
  };
}

/** `match <id> <number>`. */
export const readMatch: ReadCommand = (said) => {
  noReason(said);
  const tokens = said.tokens.filter(({ text, isQuoted }) => isQuoted || !/^(?:number|no|with|is)$/i.test(text));
  const [first, second] = tokens;
  // `4 2`, `forty two`
  const spoken = figuresOf(textOf(tokens.slice(1)).toLowerCase()).replaceAll(' ', '');
  if (first && isId(first) && tokens.length > 1 && spoken !== second?.text && /^\d{2}$/.test(spoken)) {
    said.faults.push(unknownWord(second ?? ''));
    return only({ verb: 'match', which: whichOf(first) ?? PLACEHOLDER.id, number: spoken });
  }
  const isNumber = second === undefined && /^\d+$/.test(first?.text ?? '');
  nothingMore({ ...said, tokens }, 2);
  const isTurned = /^\d{1,2}$/.test(first?.text ?? '') && second !== undefined && isId(second);
  if (isTurned) said.faults.push(unknownWord(second));
  const [id, number] = isNumber
    ? [undefined, first?.text]
    : isTurned
      ? [whichOf(second), first?.text]
      : [whichOf(first), second?.text];
  if (id === undefined || number === undefined) missing(said, 'match');
  return only({ verb: 'match', which: id ?? PLACEHOLDER.id, number: number ?? '<number>' });
};

/** `delegate <person> until <day>`, `delegate list`, `delegate stop`. */
export const readDelegate: ReadCommand = (said) => {
  noReason(said);
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
  const at = tokens.findIndex(({ text, isQuoted }) => !isQuoted && /^(?:until|till|til|for)$/i.test(text));
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
};

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
  const end = named.findIndex(({ text, isQuoted }, i) => i > 0 && !isQuoted && !/^\p{L}[\p{L}.'’-]*$/u.test(text));
  const behind = named.findIndex((token, i) => i > 0 && isSentenceWord(token));
  const until = Math.min(end < 0 ? named.length : end, behind < 0 ? named.length : behind);
  const name = named.slice(0, until);
  const second = name.findIndex(({ isJoined }, i) => i > 0 && isJoined);
  const to = second < 0 ? [name] : [name.slice(0, second), name.slice(second)];
  const mention = name.length > 1 && /^[@<]/.test(name[0]?.text ?? '') ? 1 : 0;
  const first = mention > 0 ? [name.slice(0, 1)] : to;
  return {
    to: first.map((one) => wordsOf(one).join(' ')).filter((one) => one !== ''),
    given: wordsOf(given),
    rest: [...(mention > 0 ? wordsOf(name.slice(1)) : []), ...wordsOf(named.slice(until))],
  };
}

function wordsOf(tokens: readonly Token[]): readonly string[] {
  return tokens.map(({ text }) => text);
}

/** `link`, `link <code>` in one piece or several, `link list`. */
export const readLink: ReadCommand = (said) => {
  noReason(said);
  const [first] = said.tokens;
  if (first?.text.toLowerCase() === 'list') {
    nothingMore(said, 1);
    return only({ verb: 'links' });
  }
  return only({ verb: 'link', ...(first ? { code: said.tokens.map(({ text }) => text).join('') } : {}) });
};

/** `review <id> right because <words>`. */
export const readReview: ReadCommand = (said) => {
  const [id, verdict] = said.tokens;
  const word = verdict?.text.toLowerCase();
  if (!id || (word !== 'right' && word !== 'wrong')) {
    said.faults.push(new JitError('malformedReview'));
    const isWrong = said.tokens
      .slice(1)
      .some(({ text }) => /^(?:wrong|bad|incorrect|unjustified|falsch|no|not|nicht)$/i.test(text));
    const ids = unique(said.tokens.filter((token, i) => i === 0 || (token.isJoined && isId(token))));
    const verb = isWrong ? 'wrong' : 'right';
    const all = ids.length === 0 ? [PLACEHOLDER.id] : ids;
    return { groups: all.map((one) => [{ verb, which: one, reason: said.reason ?? '<words>' }]), how: 'then' };
  }
  // `right or wrong`
  if (/^(?:or|oder)$/i.test(said.tokens[2]?.text ?? '')) {
    said.faults.push(new JitError('malformedReview'));
    const reason = said.reason ?? '<words>';
    const either = (['right', 'wrong'] as const).map((one) => [{ verb: one, which: whichOf(id) ?? '', reason }]);
    return { groups: either, how: 'or' };
  }
  return only({ verb: word, which: whichOf(id) ?? '', ...because(bareReason(said, 2)) });
};

/** `restore <machine or record> [everything] [accepting <hash>] [confirm <code>]`. */
export const readRestore: ReadCommand = (said) => {
  noReason(said);
  const [first, ...rest] = said.tokens;
  if (!first) said.faults.push(new JitError('missingMachine'));
  const others = said.tokens.filter(({ text, isQuoted }) => isQuoted || isNameLike(text));
  const isPlain =
    others.length > 1 && said.tokens.every((token) => others.includes(token) || /^(?:everything)$/i.test(token.text));
  if (isPlain) {
    const whole = others.length < said.tokens.length ? { whole: true as const } : {};
    return oneByOne(said, unique(others), (name) => ({ verb: 'restore', which: name, accepting: [], ...whole }));
  }
  const accepting: string[] = [];
  let more: { whole?: true; confirm?: string } = {};
  for (let i = 0; i < rest.length; i += 1) {
    const typed = rest[i]?.text.toLowerCase() ?? '';
    const words = ['everything', 'accepting', 'confirm'];
    const word = words.includes(typed) ? typed : nearWord(words, typed);
    const next = rest[i + 1]?.text.toLowerCase();
    if (word !== typed) said.faults.push(unknownWord(typed));
    if (word === 'everything') more = { ...more, whole: true };
    if (word !== 'accepting' && word !== 'confirm') continue;
    i += 1;
    if (next === undefined) missing(said, word);
    else if (word === 'accepting') accepting.push(next);
    else more = { ...more, confirm: next };
  }
  return only({ verb: 'restore', which: whichOf(first) ?? PLACEHOLDER.machine, accepting, ...more });
};

/** `consent`, `consent <code>`, `consent confirm <code>`. */
export const readConsent: ReadCommand = (said) => {
  noReason(said);
  const isConfirm = ({ text }: Token) => text.toLowerCase() === 'confirm';
  const isConfirmed = said.tokens.some(isConfirm);
  const codes = said.tokens.filter((token) => !isConfirm(token));
  nothingMore({ ...said, tokens: codes }, 1);
  const code = codes[0]?.text ?? (isConfirmed ? '<code>' : undefined);
  if (isConfirmed && codes.length === 0) missing(said, 'confirm');
  if (code === undefined) return only({ verb: 'consent' });
  return only({ verb: 'consent', code, ...(isConfirmed ? { confirm: true } : {}) });
};

/** `rules`, `rules approve <code>`, `rules reject <code>`. */
export const readRules: ReadCommand = (said) => {
  noReason(said);
  const [first, code] = said.tokens;
  if (!first) return only({ verb: 'rules' });
  const typed = first.text.toLowerCase();
  const verdict = typed === 'approve' || typed === 'reject' ? typed : nearVerdict(typed);
  if (verdict !== typed) said.faults.push(unknownWord(first));
  if (verdict === undefined) return only({ verb: 'rules' });
  if (!code) missing(said, `rules ${verdict}`);
  nothingMore(said, 2);
  return only({ verb: 'rules', verdict, code: code?.text ?? '<code>' } satisfies Command);
};

function nearVerdict(word: string): 'approve' | 'reject' | undefined {
  const near = nearWord(['approve', 'reject'], word);
  return near === 'approve' || near === 'reject' ? near : undefined;
}

function missing(said: SaidCommand, verb: string): void {
  said.faults.push(new JitError('missingWords', { verb }));
}
