import { JitError } from '../errors/errors.ts';
import type { Command } from './command.ts';
import type { DelegateAsk } from './delegate-ask.ts';
import { reasonOf, type Token } from './heard.ts';
import { bare } from './marks.ts';
import { nearWord } from './near-word.ts';
import { noReason, nothingMore, only, PLACEHOLDER, type ReadCommand } from './reading.ts';
import type { SaidCommand } from './said.ts';
import { isNameLike } from './target.ts';
import { unknownWord } from './term-words.ts';
import { bareReason, because, which, whichOf } from './which-ask.ts';

const WHOSE: ReadonlyMap<string, 'all' | 'mine' | 'pending'> = new Map([
  ['all', 'all'],
  ['mine', 'mine'],
  ['my', 'mine'],
  ['pending', 'pending'],
]);

/** `list [all | mine | pending]`. */
export function readList(whose?: 'mine' | 'pending'): ReadCommand {
  return (said) => {
    noReason(said);
    const [first] = said.tokens;
    if (whose || !first) {
      nothingMore(said, 0);
      return only({ verb: 'list', ...(whose ? { whose } : {}) });
    }
    const word = first.text.toLowerCase();
    const near = WHOSE.has(word) ? word : nearWord(WHOSE.keys(), word === 'me' ? 'my' : word);
    if (near !== word) said.faults.push(unknownWord(first.text));
    else nothingMore(said, 1);
    const meant = WHOSE.get(near ?? '');
    if (meant === undefined && isNameLike(first.text)) return only({ verb: 'show', ...which(whichOf(first)) });
    return only({ verb: 'list', ...(meant === 'all' ? { all: true } : meant ? { whose: meant } : {}) });
  };
}

/** `ask <id> <words>` and `answer <id> <words>`: all that stands behind the ID, whatever it holds. */
export function readWords(verb: 'ask' | 'answer'): ReadCommand {
  return ({ whole }) => {
    const [, id, words] = /^\S+\s+(\S+)(?:\s+(.+))?$/.exec(whole) ?? [];
    return only({
      verb,
      ...which(id === undefined ? undefined : whichOf({ text: bare(id), at: 0 })),
      ...(words === undefined ? {} : { words: reasonOf(words) }),
    });
  };
}

/** `match <id> <number>`. */
export const readMatch: ReadCommand = (said) => {
  noReason(said);
  nothingMore(said, 2);
  const [id, number] = [whichOf(said.tokens[0]), said.tokens[1]?.text];
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
  const at = tokens.findIndex(({ text, isQuoted }) => !isQuoted && /^(?:until|till|til|for)$/i.test(text));
  const words = (some: readonly Token[]) => some.map(({ text }) => text);
  const [how = 'until', ...end] = at < 0 ? [] : words(tokens.slice(at));
  const isWhole = at > 0 && end.length > 0;
  if (!isWhole) said.faults.push(new JitError('malformedDelegate'));
  const until = isWhole ? [how.toLowerCase() === 'for' ? 'for' : 'until', ...end] : ['until', 'friday'];
  const to = words(tokens.slice(0, at < 0 ? undefined : at)).join(' ');
  const ask: DelegateAsk = { what: 'begin', to: to || '<person>', until };
  return only({ verb: 'delegate', ask });
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
    return only({ verb: 'right', which: whichOf(id) ?? PLACEHOLDER.id, reason: '<words>' });
  }
  return only({ verb: word, which: whichOf(id) ?? '', ...because(bareReason(said, 2)) });
};

/** `restore <machine or record> [everything] [accepting <hash>] [confirm <code>]`. */
export const readRestore: ReadCommand = (said) => {
  noReason(said);
  const [first, ...rest] = said.tokens;
  if (!first) said.faults.push(new JitError('missingMachine'));
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
  if (verdict !== typed) said.faults.push(unknownWord(first.text));
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
