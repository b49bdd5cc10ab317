import { JitError } from '../errors/errors.ts';
import type { Command } from './command.ts';
import { isBlank, reasonOf } from './heard.ts';
import { bare, firstLink, unlinked } from './marks.ts';
import { nearWord } from './near-word.ts';
import { figuresOf } from './number-words.ts';
import { noReason, nothingMore, oneByOne, only, PLACEHOLDER, type ReadCommand } from './reading.ts';
import { readRequest } from './request-ask.ts';
import type { SaidCommand } from './said.ts';
import { textOf } from './start-ask.ts';
import { isNameLike } from './target.ts';
import { unknownWord } from './term-words.ts';
import type { Token } from './token.ts';
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
    const { tokens } = said;
    // `ask for web-1` asks nobody anything.
    const [first, ...more] = tokens;
    if (verb === 'ask' && first && /^for$/i.test(first.text) && more.some(({ text }) => isNameLike(text))) {
      said.faults.push(unknownWord(first));
      return readRequest([])({ ...said, faults: [], tokens: more });
    }
    const { ids, words } = idAndWords(said.whole);
    const all = ids.map((id): readonly Command[] => {
      const name = bare(id).replace(/,$/, '');
      const of = which(name === '' || isBlank(id) ? undefined : whichOf({ text: name, at: 0 }));
      return [{ verb, ...of, ...(words === '' || isBlank(words) ? {} : { words: reasonOf(words) }) }];
    });
    if (all.length > 1) said.faults.push(unknownWord(ids[0] ?? ''));
    return { groups: all, how: 'or' };
  };
}

/** A link is what its label says, or its page; where the two are of different requests, it is both. */
function idAndWords(whole: string): { readonly ids: readonly string[]; readonly words: string } {
  const [, typed = ''] = /^\S+\s+(.+)$/.exec(whole) ?? [];
  const link = firstLink(typed);
  if (link === undefined) {
    const [, id = '', words = ''] = /^(\S+)(?:\s+(.+))?$/.exec(typed) ?? [];
    return { ids: [id], words };
  }
  const label = unlinked(link).trim();
  const ids = label.split(/\s+/).filter((word) => isId({ text: bare(word), at: 0 }) && /\d/.test(word));
  const either = / or https:/.test(label) ? label.split(' or ') : ids.length > 0 ? ids : [label];
  return { ids: either, words: typed.slice(link.length).replace(/^[,:;.]?\s*/, '') };
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
