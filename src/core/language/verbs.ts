import { readApprove } from './approve-ask.ts';
import { readDelegate } from './delegate-said.ts';
import { readDeny } from './deny-ask.ts';
import { readExtend } from './extend-ask.ts';
import { readMove } from './move-ask.ts';
import {
  isListed,
  readConsent,
  readLink,
  readList,
  readMatch,
  readRestore,
  readReview,
  readRules,
  readWords,
} from './other-asks.ts';
import { perMachine } from './per-machine.ts';
import { readPorts } from './port-word.ts';
import { readProtect } from './protect-ask.ts';
import { noReason, nothingMore, oneByOne, only, type ReadCommand } from './reading.ts';
import { readExplain, readGlass, readRequest, readUnprotect, readWhy } from './request-ask.ts';
import type { SaidCommand } from './said.ts';
import { isNameLike } from './target.ts';
import { unknownWord } from './term-words.ts';
import type { Topic } from './usage.ts';
import { isId, readRevoke, readWithdraw, several, unique, which, whichOf } from './which-ask.ts';

const alone =
  (
    verb: 'home' | 'recommend' | 'lockdowns' | 'machines' | 'doctor' | 'whoami' | 'reviews' | 'links' | 'board',
  ): ReadCommand =>
  (said) => {
    noReason(said);
    nothingMore(said, 0);
    return only({ verb });
  };

const one =
  (verb: 'accept' | 'decline' | 'unlink' | 'address'): ReadCommand =>
  (said) => {
    noReason(said);
    const names = targetsOf(said);
    if (names.length > 1) return oneByOne(said, names, (name) => ({ verb, which: name }));
    nothingMore(said, 1);
    return only({ verb, ...which(whichOf(said.tokens[0])) });
  };

/** Where several are named, each of them. */
function targetsOf({ tokens }: SaidCommand): readonly string[] {
  const areAll = tokens.length > 1 && tokens.every((token) => token.isQuoted || isNameLike(token.text) || isId(token));
  return areAll ? unique(tokens) : [];
}

const whoami: ReadCommand = (said) => {
  const isWho = said.tokens.length > 0 && /^(?:who|wer)\b/i.test(said.whole);
  const isAsked = /^(?:am i|bin ich)$/i.test(said.tokens.map(({ text }) => text).join(' '));
  if (isAsked) return only({ verb: 'whoami' });
  if (!isWho) return alone('whoami')(said);
  // `who has access to web-1`: what is there says who asked, and who decides.
  noReason(said);
  nothingMore(said, 0);
  const about = said.tokens.find(({ text, isQuoted }) => isQuoted || isNameLike(text));
  return only(about ? { verb: 'show', ...which(whichOf(about)) } : { verb: 'list' });
};

const readDrill: ReadCommand = (said) => {
  noReason(said);
  const names = targetsOf(said).filter((name) => readPorts([{ text: name, at: 0 }], 0) === undefined);
  if (names.length > 1 && names.length === said.tokens.length)
    return oneByOne(said, names, (name) => ({ verb: 'drill', machine: name }));
  nothingMore(said, 1);
  const machine = whichOf(said.tokens[0]);
  return only({ verb: 'drill', ...(machine === undefined ? {} : { machine }) });
};

const status: ReadCommand = (said) => (said.tokens.length > 0 ? several('show')(said) : readList()(said));

/** `show pending` is a list, `show k7m3q9w` one request. */
const readShow: ReadCommand = (said) => {
  const [first, ...more] = said.tokens;
  const isAsked =
    first &&
    !first.isQuoted &&
    /^(?:what|what['’]?s|was|who|who['’]?s|wer|which|welche|everything|open|pending|requests?)$/i.test(first.text);
  const isWhole = first && /^(?:all|mine|my|pending)$/i.test(first.text) && more.length === 0;
  if (isAsked && !isWhole) {
    said.faults.push(unknownWord(first));
    const named = said.tokens.filter(({ text, isQuoted }) => isQuoted || isNameLike(text));
    if (named.length > 0) return only(...named.map((name) => ({ verb: 'show' as const, ...which(whichOf(name)) })));
    const isPending = said.tokens.some(({ text }) => /^pending$/i.test(text));
    return only({ verb: 'list', ...(isPending ? { whose: 'pending' } : {}) });
  }
  const isList = first && !first.isQuoted && more.length === 0 && isListed(first.text);
  return isList ? readList()(said) : several('show')(said);
};

/** Every verb that can be typed, with what its help is called, and how what stands behind it is read. The first word is the one that is shown. */
const VERBS: readonly (readonly [words: readonly string[], topic: Topic, read: ReadCommand])[] = [
  [['request', 'open', 'access', 'req'], 'request', perMachine(readRequest([]))],
  [['ssh'], 'request', perMachine(readRequest(['ssh']), readRequest([]))],
  [['rdp'], 'request', perMachine(readRequest(['rdp']), readRequest([]))],
  [['break-glass', 'breakglass', 'break'], 'break-glass', perMachine(readGlass)],
  [['list', 'ls'], 'list', readList()],
  [['home', 'hi', 'hello', 'hey'], 'home', alone('home')],
  [['mine'], 'list', readList('mine')],
  [['pending'], 'list', readList('pending')],
  [['status'], 'show', status],
  [['show', 'info'], 'show', readShow],
  [['approve', 'allow', 'permit'], 'approve', perMachine(readApprove)],
  [['deny', 'reject', 'refuse'], 'deny', readDeny],
  [['revoke', 'close', 'end', 'stop', 'terminate'], 'revoke', readRevoke],
  [['withdraw', 'cancel', 'abort'], 'withdraw', readWithdraw],
  [['extend', 'renew', 'prolong'], 'extend', perMachine(readExtend)],
  [['move', 'moved'], 'move', readMove],
  [['again', 'repeat'], 'again', several('again')],
  [['nudge', 'remind'], 'nudge', several('nudge')],
  [['ask'], 'ask', readWords('ask')],
  [['answer'], 'answer', readWords('answer')],
  [['accept'], 'accept', one('accept')],
  [['decline'], 'decline', one('decline')],
  [['match'], 'match', readMatch],
  [['delegate'], 'delegate', readDelegate],
  [['reviews'], 'reviews', alone('reviews')],
  [['review'], 'review', readReview],
  [['why'], 'why', perMachine(readWhy)],
  [['explain'], 'explain', perMachine(readExplain)],
  [['whoami', 'who'], 'whoami', whoami],
  [['link'], 'link', readLink],
  [['links'], 'link', alone('links')],
  [['unlink'], 'unlink', one('unlink')],
  [['address'], 'address', one('address')],
  [['protect'], 'protect', perMachine(readProtect)],
  [['unprotect'], 'unprotect', readUnprotect],
  [['machines'], 'machines', alone('machines')],
  [['lockdowns'], 'lockdowns', alone('lockdowns')],
  [['restore'], 'restore', readRestore],
  [['consent'], 'consent', readConsent],
  [['rules'], 'rules', readRules],
  [['recommend'], 'recommend', alone('recommend')],
  [['doctor'], 'doctor', alone('doctor')],
  [['drill'], 'drill', readDrill],
  [['board', 'dashboard'], 'board', alone('board')],
];

export type TypedVerb = (typeof VERBS)[number];

/** By each word that can be typed first. */
export const BY_WORD: ReadonlyMap<string, TypedVerb> = new Map(
  VERBS.flatMap((verb) => verb[0].map((word) => [word, verb] as const)),
);

/** The topics whose verbs are about requests and machines that are named right behind. */
export const ABOUT_SOME: readonly Topic[] = [
  'approve',
  'deny',
  'revoke',
  'withdraw',
  'extend',
  'show',
  'again',
  'nudge',
  'unprotect',
  'accept',
  'decline',
];

/** Those behind which anything may be said. */
export const IN_WORDS: readonly Topic[] = ['deny', 'ask', 'answer', 'review'];

/** Those behind which it is said how long. */
export const WITH_LENGTHS: readonly Topic[] = [
  'request',
  'break-glass',
  'explain',
  'approve',
  'extend',
  'protect',
  'delegate',
];
