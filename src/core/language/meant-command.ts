import { behind } from './behind-verb.ts';
import { readExtend } from './extend-ask.ts';
import { isComplaint } from './failure.ts';
import { isAll, withoutLead } from './fillers.ts';
import { meantAlone } from './meant-alone.ts';
import { meantVerb, namedIn, nearVerb } from './meant-verbs.ts';
import { readMoment } from './moment.ts';
import { ofOtherTool } from './other-tools.ts';
import { perMachine } from './per-machine.ts';
import { readPorts } from './port-word.ts';
import { type CommandReading, only } from './reading.ts';
import { readRequest, readWhy } from './request-ask.ts';
import type { SaidCommand } from './said.ts';
import { isPolite } from './sentence-word.ts';
import { isNameLike } from './target.ts';
import { readTime } from './time-words.ts';
import { type Token, typedOf } from './token.ts';
import { turned } from './turned.ts';
import { vagueStart } from './vague-start.ts';
import { BY_WORD, type TypedVerb } from './verbs.ts';
import { isId } from './which-ask.ts';

/** Verbs of which only what is named is taken from a sentence. */
const OF_SENTENCES: readonly (string | undefined)[] = ['why', 'status', 'whoami', 'explain'];

const MAY_BE_ANYTHING = /^(?:du|uns|wir|muss|müssen|hätte|gerne?|mal|eben|kannst|könntest|lass)$/i;

/** What comes nearest to a command that there is not. */
export function meantCommand(typed: SaidCommand, word: string): CommandReading {
  const other = ofOtherTool(typed.whole);
  const tool = BY_WORD.get(other?.[0]?.text ?? '');
  const [, because] = /\s--reason[= ]["“']?([^"”']+)/i.exec(typed.whole) ?? [];
  if (other && tool)
    return behind({ ...typed, tokens: other, ...(because === undefined ? {} : { reason: because.trim() }) }, tool);
  const said = { ...typed, tokens: forWhom(withoutParticle(turned(withMomentBehind(typed)))) };
  const { tokens } = said;
  const told = onlyTold(said);
  if (told) return told;
  const alone = meantAlone(said);
  if (alone) return alone;
  const lead = withoutLead(tokens);
  // `I'm on vacation`
  const isAway = /^(?:on|in|im|am)$/i.test(lead[0]?.text ?? '') && meantVerb(lead.slice(1)) === 'delegate';
  const asked = isAway ? lead.slice(1) : lead;
  const isLed = asked.length < tokens.length;
  const own = meantVerb(tokens);
  const verb = own ?? (isLed ? (meantVerb(asked) ?? asked[0]?.text.toLowerCase()) : tokens[0]?.text.toLowerCase());
  const known = BY_WORD.get(verb ?? '');
  if (verb === 'help') return helpAbout(tokens);
  if (isComplaint(tokens)) return readWhy({ ...said, tokens: namedIn(tokens) });
  if (isMore(asked)) return readExtend({ ...said, tokens: withoutLonger(asked) });
  // `I want to check web-1 for 2h` is about access.
  const isVisit = isLed && !own && /^check$/i.test(asked[0]?.text ?? '') && asked.some((_, i) => readTime(asked, i));
  if (isVisit) return perMachine(readRequest([]))({ ...said, tokens: asked.slice(1) });
  if (known) return knownBy(said, own ? tokens : asked, known);
  if (isLed && asked.length > 0 && isAsk(tokens, asked)) return perMachine(readRequest([]))({ ...said, tokens: asked });
  // `machine web-1 port 22`
  const [noun, named] = tokens;
  const isOfMachine = noun && !noun.isQuoted && /^(?:machine|server|host|vm|rechner|maschine)$/i.test(noun.text);
  // `port twenty two on web-1`
  const isOfPort =
    noun &&
    !noun.isQuoted &&
    /^port$/i.test(noun.text) &&
    tokens.some(({ text }) => /^\p{L}/u.test(text) && isNameLike(text));
  if (isOfPort || (isOfMachine && named && isNameLike(named.text)))
    return perMachine(readRequest([]))({ ...said, tokens });
  const near = nearVerb(BY_WORD.keys(), word);
  const nearest = near === undefined ? undefined : BY_WORD.get(near);
  if (nearest) return behind(said, nearest);
  if (near === undefined && isNameLike(word)) return perMachine(readRequest([]))(said);
  return only({ verb: 'help' });
}

/** `in 10 minutes close web-1`, `tomorrow 9:00 request web-1`: the same with its verb in front. */
function withMomentBehind(said: SaidCommand): SaidCommand {
  const { tokens, clock = { now: 0, zone: 'UTC' } } = said;
  const [first] = tokens;
  if (!first || first.isQuoted || isNameLike(first.text) !== /^\d/.test(first.text)) return said;
  const lead = /^(?:in|at|on|for|from|after|until|till|bis)$/i.test(first.text) ? 1 : 0;
  const moment = readMoment(tokens, lead, clock, 'start');
  const own = readTime(tokens, lead)?.words ?? (moment.fault?.code === 'malformedTime' ? 0 : moment.words);
  const words = vagueStart(tokens, 0) || (own > 0 ? lead + own : 0);
  const rest = tokens.slice(words);
  const isVerb = rest.some(
    (token, i) =>
      !token.isQuoted &&
      (i === 0 || i + 1 === rest.length) &&
      (BY_WORD.has(token.text.toLowerCase()) || meantVerb([token]) !== undefined),
  );
  if (words === 0 || !isVerb) return said;
  return { ...said, tokens: [...turned({ ...said, tokens: rest }), ...tokens.slice(0, words)] };
}

const KEPT =
  /\b(?:offen|open) (?:lassen|halten|bleiben)\b|\bauflassen\b|^(?:(?:bitte|please|pls|plz) )?(?:lass|lasse|leave|keep|halte?)\b.*\b(?:offen|open|auf)[.!]*$/i;
const CLOSABLE =
  /\b(?:(?:can|may|could) (?:now )?be (?:closed|revoked)|(?:kann|darf) (?:jetzt )?(?:geschlossen|beendet) werden)[.!]*$/i;
const AWAY = /\bim urlaub\b/i;
const NEEDS = /\b(?:brauchen?|braucht|benötige?n?|zugriff|zugang)\b/i;

/** What asks for nothing to be done by a command of its own: `lass web-1 offen`, `bin bis Freitag im Urlaub`, two verdicts on two requests. */
function onlyTold({ tokens, whole }: SaidCommand): CommandReading | undefined {
  const named = namedIn(tokens).filter(({ text }) => /^\p{L}/u.test(text));
  if (named.length > 0 && KEPT.test(whole))
    return only(...named.map(({ text }) => ({ verb: 'show' as const, which: text })));
  // `keep web-1, web-2 can be closed` spares one of them.
  const can = tokens.findIndex(({ text }) => /^(?:can|may|could|kann|darf)$/i.test(text));
  if (can > 0 && can === named.length && CLOSABLE.test(whole))
    return only(...named.map(({ text }) => ({ verb: 'revoke' as const, which: text })));
  if (named.length === 0 && tokens.length > 2 && AWAY.test(whole) && !NEEDS.test(whole))
    return only({ verb: 'help', about: 'delegate' });
  const verdicts = tokens.filter((token) => /^(?:approve|deny)$/.test(meantVerb([token]) ?? ''));
  const isOfTwo = tokens[0] !== undefined && isId(tokens[0]) && verdicts.length > 1;
  return isOfTwo ? only({ verb: 'list', whose: 'pending' }) : undefined;
}

/** `lehne k7m3q9w ab`, `ziehe k7m3q9w zurück`, `schutz aufheben web-1`: the other half of the verb. */
function withoutParticle(tokens: readonly Token[]): readonly Token[] {
  const [first, ...rest] = tokens;
  const word = first?.isQuoted ? '' : (first?.text.toLowerCase() ?? '');
  const half = /^lehne?$/.test(word) ? /^ab$/i : /^ziehe?$/.test(word) ? /^(?:zurück|zurueck)$/i : undefined;
  if (first && word === 'schutz') {
    const isEnded = rest.some((token) => /^(?:aufheben|beenden|entfernen|weg)$/i.test(typedOf(token)));
    const left = rest.filter((token) => !/^(?:aufheben|beenden|entfernen|weg|für|fuer|von|for)$/i.test(typedOf(token)));
    return [{ ...first, text: isEnded ? 'unprotect' : 'protect' }, ...left];
  }
  if (first && word === 'undo' && rest.some(({ text }) => /^lockdowns?$/i.test(text)) && namedIn(rest).length > 0)
    return [{ ...first, text: 'restore' }, ...namedIn(rest)];
  // `lockdown web-1` closes what stands open, and keeps it so.
  if (first && word === 'lockdown' && namedIn(rest).length > 0)
    return [{ ...first, text: 'protect' }, ...namedIn(rest), { ...first, text: 'lockdown' }];
  const at = half ? rest.findIndex((token) => !token.isQuoted && half.test(typedOf(token))) : -1;
  return first && at >= 0 ? [first, ...rest.toSpliced(at, 1)] : tokens;
}

/** `give sam access to web-1`, `let sam into web-1`, `sam needs web-1`: whom it is for. */
function forWhom(tokens: readonly Token[]): readonly Token[] {
  const [first] = tokens;
  const isGiven =
    first !== undefined && !first.isQuoted && /^(?:give|let|grant|allow|add|gib|lass|darf)$/i.test(first.text);
  const from = isGiven ? 1 : 0;
  const machine = tokens.findIndex(
    (token, i) => i > from && isNameLike(token.text) && readTime(tokens, i) === undefined,
  );
  const between = tokens.slice(from, machine < 0 ? from : machine);
  const isLink = ({ text }: Token) =>
    /^(?:access|to|into|in|on|onto|auf|needs|braucht|wants|the|machine|server)$/i.test(text);
  const people = between.filter((token) => !isLink(token));
  const isNeeded = between.some(({ text }) => /^(?:needs|braucht|wants)$/i.test(text));
  const isSomebody = ({ text, isQuoted }: Token) =>
    isQuoted ||
    /^(?:<@|@\p{L})/u.test(text) ||
    (/^\p{L}+$/u.test(text) &&
      !/^(?:ports?|time|jemand|somebody|someone|anybody|anyone|me|us|him|her|them|it|mir|uns|ich|wir|i|you|we|all|everybody|back)$/i.test(
        text,
      ));
  // Whom they let in, and where, stands in what waits.
  if (
    /^(?:let|lass)$/i.test(first?.text ?? '') &&
    machine < 0 &&
    /^(?:in|rein)$/i.test(tokens.at(-1)?.text ?? '') &&
    !tokens.some(({ text }) => /^(?:me|us|mir|uns)$/i.test(text))
  )
    return [{ text: 'pending', at: 0 }];
  // `add one hour to web-1`, `add port 443 to web-1`
  const isTerm = between.some((token, i) => readPorts([token], 0) !== undefined || readTime(between, i) !== undefined);
  const isWhom = !isTerm && people.length > 0 && people.length < 3 && people.every(isSomebody) && (isGiven || isNeeded);
  if (!isWhom || people.some(({ text }) => BY_WORD.has(text.toLowerCase()))) return tokens;
  // `give ada and sam access to web-1`
  if (people.some(({ isJoined }, i) => i > 0 && isJoined)) return ['help', 'request'].map((text) => ({ text, at: 0 }));
  const at = people[0]?.at ?? 0;
  const name = people.map(({ text }) => text).join(' ');
  const whom = /^[<@]/.test(name) ? name : `@${name}`;
  return [{ text: 'request', at }, { text: 'for', at }, { text: whom, at, isQuoted: true }, ...tokens.slice(machine)];
}

/** `how to request`, `what does extend do`. */
function helpAbout(tokens: readonly Token[]): CommandReading {
  const [, ...rest] = tokens.map(({ text }) => BY_WORD.get(text.toLowerCase())?.[1]);
  const about = rest.find((topic) => topic !== undefined && topic !== 'home');
  return only({ verb: 'help', ...(about === undefined ? {} : { about }) });
}

/** Behind `kannst du`, `ich muss`, anything may stand; it is about access where it names something. */
function isAsk(tokens: readonly Token[], asked: readonly Token[]): boolean {
  const isVague = tokens.slice(0, tokens.length - asked.length).some(({ text }) => MAY_BE_ANYTHING.test(text));
  return !isVague || namedIn(asked).length > 0;
}

/** `scp file ada@web-1:/tmp`: what stands before the colon. */
const REMOTE = /(?:^|\s)(?:[^\s@]+@)?([\w.-]+):(?!\d)/;

/** Beside `yes` and `no`, words that name nothing; `sam` in `block sam` does. */
const ANSWERING =
  /^(?:please|pls|plz|bitte|danke|thanks?|thx|you|merci|way|go|ahead|for|it|that|this|sure|fine|good|ok|okay|do|problem|now|then|from|me|man|mate|sir|of|course|to|both|not|at|doch|klar|gern|gerne|passt|so|mal|cool|great|perfect|perfekt|absolutely|definitely|totally|certainly|exactly|genau|super|nice|awesome|prima|thing|idea|ticket|need|worries|chance|clue|reason|\W+)$/i;

function knownBy(said: SaidCommand, [first, ...rest]: readonly Token[], verb: TypedVerb): CommandReading {
  const [[word], topic] = verb;
  // `create request web-1`
  const again = rest[0] && !rest[0].isQuoted ? BY_WORD.get(rest[0].text.toLowerCase()) : undefined;
  if (again && again[1] === topic && first && rest.length > 1) return knownBy(said, [first, ...rest.slice(1)], verb);
  const named = namedIn(rest);
  // `yes please`, `no way`: nothing of it is about one request.
  const isAnswer =
    (topic === 'approve' || topic === 'deny') && named.length === 0 && rest.every(({ text }) => ANSWERING.test(text));
  const isTime = ({ text, isQuoted }: Token) => !isQuoted && /^(?:time|zeit)$/i.test(text);
  // `log in to web-1`, `more time for web-1`.
  const isIn = topic === 'request' && first?.text.toLowerCase() === 'log';
  const isNeed = ({ text, isQuoted }: Token) => !isQuoted && /^(?:need|want|have|got|be|on|am)$/i.test(text);
  const isMore =
    topic === 'extend'
      ? rest.filter((token) => !isTime(token) && !(first?.text.toLowerCase() === 'still' && isNeed(token)))
      : rest;
  const isDown = ({ text, isQuoted }: Token) => !isQuoted && /^(?:down|off|out|up|it)$/i.test(text);
  const isMine = ({ text, isQuoted }: Token) => !isQuoted && /^(?:an|mich|me|mir)$/i.test(text);
  const own = isIn
    ? rest.slice(1)
    : topic === 'delegate'
      ? rest.filter((token) => !isMine(token))
      : topic === 'revoke'
        ? rest.filter((token) => !isDown(token))
        : isMore;
  const host = /^(?:scp|rsync)$/i.test(first?.text ?? '') ? REMOTE.exec(said.whole)?.[1] : undefined;
  if (first && host !== undefined) return behind({ ...said, tokens: [first, { text: host, at: 0 }] }, verb);
  // `remove sam from web-1`: nobody can close it for one of several.
  const off =
    topic === 'revoke' ? rest.findIndex(({ text, isQuoted }) => !isQuoted && /^(?:from|off)$/i.test(text)) : -1;
  const left = off > 0 ? namedIn(rest.slice(off)) : [];
  if (left.length > 0) return only(...left.map((one) => ({ verb: 'show' as const, which: one.text })));
  // To close all is for few; what somebody may close stands in their list.
  if (topic === 'revoke' && rest[0] && isAll(rest[0])) return only({ verb: 'list' });
  // `is port 22 open on web-1`
  const ports = named.filter((token) => readPorts([token], 0) !== undefined);
  if (word === 'status' && ports.length > 0 && ports.length < named.length) return readWhy({ ...said, tokens: named });
  const desktop = /^remote$/i.test(first?.text ?? '') ? rest.filter(({ text }) => !/^desktop$/i.test(text)) : undefined;
  if (first && desktop)
    return behind(
      { ...said, tokens: [first, ...desktop] },
      desktop.length < rest.length ? verb : (BY_WORD.get('request') ?? verb),
    );
  const all = isAnswer || OF_SENTENCES.includes(word) ? named : own;
  return behind({ ...said, tokens: first ? [first, ...all] : [] }, verb);
}

const MORE = /^(?:more|longer|extra|länger|laenger)$/i;

/** `30 more minutes on web-1`, `another hour`, `web-1 länger`. */
function isMore(tokens: readonly Token[]): boolean {
  const isWord = (token: Token | undefined, words: RegExp) =>
    token !== undefined && !token.isQuoted && words.test(token.text);
  const [first, second, third] = tokens;
  const isTime = (at: number) => readTime(tokens, at) !== undefined;
  const isOfName =
    first !== undefined &&
    isNameLike(first.text) &&
    (isTime(1) || (isWord(second, MORE) && (third === undefined || isWord(third, /^haben$/i) || isTime(2))));
  // `+1h web-1`
  if ((isTime(0) && isWord(first, /^\+\d/)) || (isOfName && isWord(second, /^\+\d/))) return true;
  return (isTime(0) || isOfName) && (isWord(first, /^another$/i) || tokens.some((token) => isWord(token, MORE)));
}

/** Behind a length, they say nothing of their own. */
function withoutLonger(tokens: readonly Token[]): readonly Token[] {
  return tokens.filter(
    ({ text, isQuoted }) => isQuoted || !(/^(?:länger|laenger|haben|on|auf)$/i.test(text) || isPolite(text)),
  );
}
