import { behind } from './behind-verb.ts';
import { isComplaint } from './failure.ts';
import { isAll, withoutLead } from './fillers.ts';
import { meantAlone } from './meant-alone.ts';
import { meantVerb, namedIn, nearVerb } from './meant-verbs.ts';
import { type CommandReading, only } from './reading.ts';
import { readRequest, readWhy } from './request-ask.ts';
import type { SaidCommand } from './said.ts';
import { isNameLike } from './target.ts';
import { readTime } from './time-words.ts';
import type { Token } from './token.ts';
import { BY_WORD, type TypedVerb } from './verbs.ts';
import { readExtend } from './which-ask.ts';

/** Verbs of which only what is named is taken from a sentence. */
const OF_SENTENCES: readonly (string | undefined)[] = ['why', 'status', 'whoami'];

/** What comes nearest to a command that there is not. */
export function meantCommand(typed: SaidCommand, word: string): CommandReading {
  const said = { ...typed, tokens: turned(typed) };
  const { tokens } = said;
  const alone = meantAlone(said);
  if (alone) return alone;
  const asked = withoutLead(tokens);
  const isLed = asked.length < tokens.length;
  const own = meantVerb(tokens);
  const verb = own ?? (isLed ? (meantVerb(asked) ?? asked[0]?.text.toLowerCase()) : tokens[0]?.text.toLowerCase());
  const known = BY_WORD.get(verb ?? '');
  if (verb === 'help') return only({ verb: 'help' });
  if (isComplaint(tokens)) return readWhy({ ...said, tokens: namedIn(tokens) });
  if (isMore(asked)) return readExtend({ ...said, tokens: asked });
  if (known) return knownBy(said, own ? tokens : asked, known);
  if (isLed && asked.length > 0) return readRequest([])({ ...said, tokens: asked });
  const near = nearVerb(BY_WORD.keys(), word);
  const nearest = near === undefined ? undefined : BY_WORD.get(near);
  if (nearest) return behind(said, nearest);
  if (near === undefined && isNameLike(word)) return readRequest([])(said);
  return only({ verb: 'help' });
}

/** `scp file ada@web-1:/tmp`: what stands before the colon. */
const REMOTE = /(?:^|\s)(?:[^\s@]+@)?([\w.-]+):(?!\d)/;

function knownBy(said: SaidCommand, [first, ...rest]: readonly Token[], verb: TypedVerb): CommandReading {
  const [[word], topic] = verb;
  const named = namedIn(rest);
  // `yes please`, `no way`: nothing of it is about one request.
  const isAnswer = (topic === 'approve' || topic === 'deny') && named.length === 0 && rest.length < 3;
  const isTime = ({ text, isQuoted }: Token) => !isQuoted && /^(?:time|zeit)$/i.test(text);
  // `log in to web-1`, `more time for web-1`.
  const isIn = topic === 'request' && first?.text.toLowerCase() === 'log';
  const own = isIn ? rest.slice(1) : topic === 'extend' ? rest.filter((token) => !isTime(token)) : rest;
  const host = /^(?:scp|rsync)$/i.test(first?.text ?? '') ? REMOTE.exec(said.whole)?.[1] : undefined;
  if (first && host !== undefined) return behind({ ...said, tokens: [first, { text: host, at: 0 }] }, verb);
  // To close all is for few; what somebody may close stands in their list.
  if (topic === 'revoke' && rest[0] && isAll(rest[0])) return only({ verb: 'list' });
  const all = isAnswer || OF_SENTENCES.includes(word) ? named : own;
  return behind({ ...said, tokens: first ? [first, ...all] : [] }, verb);
}

/** What may stand behind the name of what it is about. */
const BEHIND = new Set(
  'request approve deny reject revoke close withdraw cancel extend show why protect unprotect nudge stop'.split(' '),
);

/** `web-1 5m extend`, `k7m3q9w approve`, `mach web-1 zu`: the same with its verb in front. */
function turned({ tokens, whole }: SaidCommand): readonly Token[] {
  const asked = withoutLead(tokens);
  const [first, ...rest] = asked;
  const last = asked.at(-1);
  // Between the terms, the two words are one.
  const [german = ''] = /\b(?:zu|auf)$/i.exec(whole.replace(/[\s.!?]+$/, '')) ?? [];
  if (last && german !== '' && /^to$/i.test(last.text))
    return [{ ...last, text: german.toLowerCase() === 'zu' ? 'revoke' : 'request' }, ...asked.slice(0, -1)];
  if (!first || !(isNameLike(first.text) || isAll(first))) return tokens;
  const verbs = rest.filter(({ text, isQuoted }) => !isQuoted && BEHIND.has(verbIn(text)));
  const [verb] = verbs;
  if (!verb || verbs.length > 1 || (verb !== rest[0] && verb !== rest.at(-1))) return tokens;
  return [{ ...verb, text: verbIn(verb.text) }, ...asked.filter((token) => token !== verb)];
}

function verbIn(text: string): string {
  return meantVerb([{ text, at: 0 }]) ?? text.toLowerCase();
}

/** `30 more minutes on web-1`, `another hour`. */
function isMore(tokens: readonly Token[]): boolean {
  const isWord = ({ text, isQuoted }: Token, words: RegExp) => !isQuoted && words.test(text);
  const [first] = tokens;
  return (
    readTime(tokens, 0) !== undefined &&
    ((first !== undefined && isWord(first, /^another$/i)) ||
      tokens.some((token) => isWord(token, /^(?:more|longer|extra|länger|laenger)$/i)))
  );
}
