import { JitError } from '../errors/errors.ts';
import { BASTION } from './asked-source.ts';
import { dayAt } from './day.ts';
import { readMoment } from './moment.ts';
import { figuresOf } from './number-words.ts';
import { withoutNumbers } from './numbered.ts';
import { readPorts } from './port-word.ts';
import type { SaidCommand } from './said.ts';
import { isSentenceWord } from './sentence-word.ts';
import { isBareSource } from './source-words.ts';
import { spokenPort } from './spoken-port.ts';
import { isNameLike } from './target.ts';
import { unknownWord } from './term-words.ts';
import { tidy } from './text.ts';
import { readTime } from './time-words.ts';
import { type Token, typedText } from './token.ts';
import { isClock, readDate } from './until-words.ts';
import { vagueStart } from './vague-start.ts';

/** What people write for `at`, before a start. */
const STARTING = /^(?:start|starts|starting|begin|beginning|after|@)$/i;

/** What people write for `until`. */
const ENDING = /^(?:by|before|ends?|ending|ende)$/i;

/** Before a length, words that say no more than `for`. */
const HEDGE =
  /^(?:max|maximum|maximal|about|around|within|roughly|approximately|approx|circa|ca|rund|etwa|ungefähr|ungefaehr|höchstens|hoechstens|mindestens|wenigstens|minimum|min|duration|dauer)$/i;

/** The same of two words. */
const HEDGES =
  /^(?:(?:up|bis) (?:to|zu)|at (?:least|most|max)|no (?:more|longer) than|nicht länger als|not more than)$/i;

/** Behind a length, the same. */
const TOPS = /^(?:max|maximum|maximal|tops|höchstens|hoechstens|min|minimum|roughly|approx|ungefähr|circa|only)$/i;

/** Without an end: no policy gives that. */
const FOREVER = /^(?:forever|always|permanently|permanent|unlimited|immer|dauerhaft|unbegrenzt|anytime|jederzeit)$/i;

/** So long that nobody can tell how long. */
const SOME = /^(?:few|several|some|couple|paar|einige|mehrere|wenige)$/i;
const UNITS = /^(?:hours?|minutes?|mins?|days?|weeks?|h|stunden|minuten|tage)$/i;

/** When it is opened anyway. */
const NOW = /^(?:now|immediately|jetzt|sofort)$/i;

/** What people write for `from`, before a source. */
const THROUGH = /^(?:via|over|through|thru|using|über|ueber|per)$/i;

/** All of today, of which nobody can tell when it ends. */
const WHOLE_DAY =
  /^(?:for )?(?:(?:the )?(?:whole|entire|ganzen) (?:day|tag)|all day(?: long)?|ganztägig|ganztaegig)(?= |$)/i;

/** `starting 16:00`, `after 18:00`, `by 18:00`, `in an hour`, `on behalf of @sam`: what is meant is plain, so it is refused and given back as it is typed. */
export function withMeantTerms(typed: SaidCommand): SaidCommand {
  // `a machine`; `a` alone may be the name of one.
  const isArticle = ({ text, isQuoted }: Token, i: number, all: readonly Token[]) =>
    !isQuoted &&
    /^an?$/i.test(text) &&
    !all[i + 1]?.isJoined &&
    /^(?:machine|server|host|vm|instance|tunnel|connection|session)$/i.test(all[i + 1]?.text ?? '');
  const said = withoutNumbers({ ...typed, tokens: portsFirst(typed.tokens.filter((...one) => !isArticle(...one))) });
  const tokens: Token[] = [];
  for (let i = 0; i < said.tokens.length; i += 1) {
    const token = said.tokens[i] as Token;
    const meant = token.isQuoted ? undefined : meantAt(said, i);
    if (meant) said.faults.push(meant.fault ?? unknownWord(token));
    for (const text of meant?.texts ?? [token.text]) tokens.push(meant ? { text, at: token.at } : token);
    i += (meant?.words ?? 1) - 1;
  }
  return { ...said, tokens };
}

interface Meant {
  readonly texts: readonly string[];
  readonly words: number;
  readonly fault?: JitError;
}

/** What stands in the place of the next so many words. */
function meantAt(said: SaidCommand, i: number): Meant | undefined {
  return spokenPort(said, i) ?? lengthAt(said, i) ?? throughAt(said, i) ?? whomAt(said, i) ?? momentAt(said, i);
}

/** `max 1h`; and `now`, with which nothing is said. */
function lengthAt({ tokens }: SaidCommand, i: number): Meant | undefined {
  const [before = '', word = '', link = ''] = [-1, 0, 1].map((at) => tokens[i + at]?.text);
  if (HEDGE.test(word) && !/^for$/i.test(before) && readTime(tokens, i + 1)) return { texts: ['for'], words: 1 };
  if (FOREVER.test(word) && i > 0 && !/^for$/i.test(before)) return { texts: [], words: 1 };
  if (/^for$/i.test(word) && /^(?:today|tonight)$/i.test(link))
    return {
      texts: ['until', /^today$/i.test(link) ? 'eod' : link],
      words: 2,
      fault: new JitError('malformedDuration', { word: link }),
    };
  const [, count] = /^(\d{1,2})\+$/.exec(word) ?? [];
  if (count !== undefined && UNITS.test(link))
    return {
      texts: ['for', count, link],
      words: 2,
      fault: new JitError('malformedDuration', { word: `${word} ${link}` }),
    };
  const [next, length = ''] = /^for the next (hour|day|week|month)\b/i.exec(typedText(tokens.slice(i, i + 4))) ?? [];
  if (next !== undefined)
    return {
      texts: ['for', { h: '1h', d: '1d', w: '7d', m: '30d' }[length.toLowerCase()[0] ?? ''] ?? '1h'],
      words: 4,
      fault: new JitError('malformedDuration', { word: next.slice(4) }),
    };
  // `4 2h`, `4 me`
  const isMe = /^(?:me|us)$/i.test(link);
  const isFour = word === '4' && i > 0 && !tokens[i + 1]?.isJoined && readTime(tokens, i) === undefined;
  if (isFour && !/^(?:ports?|at|on|from|until|till|bis|for|by)$/i.test(before) && (isMe || readTime(tokens, i + 1)))
    return { texts: isMe ? ['for', 'me'] : ['for'], words: isMe ? 2 : 1 };
  const long = longAt(tokens, i);
  if (long) return long;
  const isOne = /^(?:an?|ein|ne)$/i.test(word) && SOME.test(link) && !readTime(tokens, i);
  if (isOne && UNITS.test(tokens[i + 2]?.text ?? '')) return vagueLength(tokens, i, 2);
  const some =
    SOME.test(word) && !readTime(tokens, i - 1)
      ? [1, 2].find((more) => UNITS.test(tokens[i + more]?.text ?? ''))
      : undefined;
  if (some !== undefined) return vagueLength(tokens, i, some);
  if (HEDGES.test(`${word} ${link}`) && !/^for$/i.test(before) && readTime(tokens, i + 2))
    return { texts: ['for'], words: 2 };
  if (TOPS.test(word) && i > 0 && isBehindLength(tokens, i)) return { texts: [], words: 1 };
  const isSaid = /^(?:from|at|until|till|for)$/i.test(before);
  if (/^(?:from|at|von)$/i.test(word) && NOW.test(link) && i > 0) return { texts: [], words: 2 };
  if (NOW.test(word) && i > 0 && !isSaid) return { texts: [], words: 1 };
  if (/^right$/i.test(word) && NOW.test(link) && i > 0 && !isSaid) return { texts: [], words: 2 };
  return undefined;
}

/** `1 month`, `a year`: as days. */
function longAt(tokens: readonly Token[], i: number): Meant | undefined {
  const said = tokens.slice(i, i + 2).map(({ text, isQuoted }) => (isQuoted ? '' : text.toLowerCase()));
  const [, count = '', unit = ''] =
    /^(\d{1,2}) (months?|monate?n?|years?|yrs?|jahre?n?|quarters?|nights?)$/.exec(figuresOf(said.join(' '))) ??
    /^(\d{1,2})(mos?|months?|y|yrs?|years?)$/.exec(said[0] ?? '') ??
    [];
  // `a quarter to six`; of `22 months`, `53 years` and `80 quarter past 6`, the figure is a port.
  const isClockTime = /^q/.test(unit) && /^(?:to|past|after|before|nach|vor)$/i.test(tokens[i + 2]?.text ?? '');
  const isPort = (count === '22' || Number(count) > 36) && !/^for$/i.test(tokens[i - 1]?.text ?? '');
  const isOther = (/^[qn]/.test(unit) && !/^\d/.test(said[0] ?? '')) || isClockTime || isPort;
  if (unit === '' || isOther || readTime(tokens, i)) return undefined;
  const days = Number(count) * ({ m: 30, q: 90, n: 1 }[unit[0] ?? ''] ?? 365);
  const words = /^\d+[a-z]/.test(said[0] ?? '') ? 1 : 2;
  const fault = new JitError('malformedDuration', { word: tidy(typedText(tokens.slice(i, i + words)), 40) });
  const isFor = /^for$/i.test(tokens[i - 1]?.text ?? '');
  return { texts: [...(isFor ? [] : ['for']), `${days}d`], words, fault };
}

/** `a few hours`: an hour is offered. */
function vagueLength(tokens: readonly Token[], i: number, unit: number): Meant {
  const isFor =
    /^for$/i.test(tokens[i - 1]?.text ?? '') ||
    (/^(?:a|ein)$/i.test(tokens[i - 1]?.text ?? '') && /^for$/i.test(tokens[i - 2]?.text ?? ''));
  const word = tidy(typedText(tokens.slice(i, i + unit + 1)), 40);
  return { texts: isFor ? ['1h'] : ['for', '1h'], words: unit + 1, fault: new JitError('malformedDuration', { word }) };
}

/** Does a length end right before? */
function isBehindLength(tokens: readonly Token[], i: number): boolean {
  return [4, 3, 2, 1].some((words) => i >= words && readTime(tokens, i - words)?.words === words);
}

/** `via vpn`, `through the office`. */
function throughAt({ tokens, names }: SaidCommand, i: number): Meant | undefined {
  const word = tokens[i]?.text ?? '';
  // `over ssh`
  const isBehindPort = /^\d+$/.test(tokens[i - 1]?.text ?? '');
  if (
    (THROUGH.test(word) || /^(?:with|mit)$/i.test(word)) &&
    !isBehindPort &&
    tokens[i + 1] &&
    readPorts(tokens, i + 1)
  )
    return { texts: [], words: 1 };
  if (!THROUGH.test(word)) return undefined;
  const words = /^(?:the|our|das|den)$/i.test(tokens[i + 1]?.text ?? '') ? 2 : 1;
  const bastion = bastionAt(tokens, i + words);
  if (bastion > 0) return { texts: ['from', BASTION], words: words + bastion };
  return isBareSource(tokens[i + words]?.text ?? '', names) ? { texts: ['from'], words } : undefined;
}

/** `bastion`, `azure bastion host`: how many words. */
function bastionAt(tokens: readonly Token[], at: number): number {
  const text = tokens
    .slice(at, at + 3)
    .map((token) => (token.isQuoted ? '' : token.text.toLowerCase()))
    .join(' ');
  return /^(?:azure )?bastion(?: host)?(?= |$)/.exec(text)?.[0].split(' ').length ?? 0;
}

/** `<@U0SAM> web-1`, `@sam web-1`: beside a machine, whom it is for. */
function whomAt({ tokens }: SaidCommand, i: number): Meant | undefined {
  const { text = '' } = tokens[i] ?? {};
  const isMention = /^<@[^>]+>,?$/.test(text) || (/^@\p{L}/u.test(text) && !isNameLike(text.slice(1)));
  if (!isMention || /^(?:for|of|cc|with|mit|because)$/i.test(tokens[i - 1]?.text ?? '')) return undefined;
  // `approved by @sam`, `and notify @sam`: nothing is for them.
  const before = tokens[i - 1];
  const isOther =
    before !== undefined &&
    /^\p{L}+$/u.test(before.text) &&
    (!isSentenceWord(before) || /^(?:by|from)$/i.test(before.text)) &&
    !/^(?:access|machine|server|request|please|pls|user|colleague|kolleg(?:e|in)|person|to|an)$/i.test(before.text) &&
    !(/^by$/i.test(before.text) && /^(?:requested|needed|wanted|used)$/i.test(tokens[i - 2]?.text ?? '')) &&
    readPorts([before], 0) === undefined;
  if (isOther) return { texts: [], words: 1 };
  const isMachine = (token: Token, at: number) =>
    at !== i && isNameLike(token.text) && !/^[<@\d]/.test(token.text) && !readTime(tokens, at);
  return tokens.some(isMachine) ? { texts: ['for', text], words: 1 } : undefined;
}

function momentAt({ tokens, clock }: SaidCommand, i: number): Meant | undefined {
  const [word = '', ...behind] = tokens.slice(i, i + 5).map(({ text }) => text);
  if (/^on behalf of$/i.test([word, ...behind.slice(0, 2)].join(' '))) return { texts: ['for'], words: 3 };
  // `this afternoon` is that of today.
  if (/^this$/i.test(word) && /^(?:morning|afternoon|night)$/i.test(behind[0] ?? ''))
    return { texts: ['today', behind[0] ?? ''], words: 2 };
  const vague = vagueStart(tokens, i);
  if (vague > 0) {
    const typed = tidy(typedText(tokens.slice(i, i + vague)), 60);
    return { texts: ['at', '<time>'], words: vague, fault: new JitError('malformedStart', { word: typed }) };
  }
  const [day = ''] = WHOLE_DAY.exec([word, ...behind].join(' ')) ?? [];
  if (day !== '') return { texts: ['until', 'eod'], words: day.split(' ').length };
  const isLinked = /^(?:at|on)$/i.test(behind[0] ?? '');
  const isDay = /^day$/i.test(tokens[i - 1]?.text ?? '');
  if (STARTING.test(word) && !isDay && isMoment(tokens, i + (isLinked ? 2 : 1)))
    return { texts: isLinked ? [] : ['at'], words: 1 };
  const isEnd =
    /^(?:end|ende)$/i.test(behind[0] ?? '') || (/^the$/i.test(behind[0] ?? '') && /^end$/i.test(behind[1] ?? ''));
  if (ENDING.test(word) && (isEnd || isMoment(tokens, i + 1))) return { texts: ['until'], words: 1 };
  const time = /^in$/i.test(word) && clock ? readTime(tokens, i + 1) : undefined;
  if (!time || !clock) return undefined;
  const [now, then] = [clock.now, clock.now + time.ms].map((one) => dayAt(one, clock.zone));
  const minute = then?.minute ?? 0;
  const at = `${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, '0')}`;
  return { texts: ['at', ...(then && then.date !== now?.date ? [then.date] : []), at], words: 1 + time.words };
}

/** `on friday 22 at 9:00`: between a day and its time, a figure is no hour, but a port. */
function portsFirst(tokens: readonly Token[]): readonly Token[] {
  const at = tokens.findIndex((_, i) => isBetween(tokens, i));
  const from = at < 0 ? undefined : dayBefore(tokens, at);
  const port = tokens[at];
  if (from === undefined || !port) return tokens;
  return [...tokens.slice(0, from), port, ...tokens.slice(from, at), ...tokens.slice(at + 1)];
}

function isBetween(tokens: readonly Token[], i: number): boolean {
  const [port, link, clock] = [0, 1, 2].map((more) => tokens[i + more]?.text ?? '');
  return (
    /^\d{1,5}$/.test(port ?? '') &&
    /^at$/i.test(link ?? '') &&
    isClock(clock ?? '') &&
    dayBefore(tokens, i) !== undefined
  );
}

/** Where the day begins that ends right before, with its `on`; of an end, the figure may be its hour. */
function dayBefore(tokens: readonly Token[], at: number): number | undefined {
  const from = [3, 2, 1]
    .map((words) => at - words)
    .find((i) => i > 0 && readDate(tokens, i, '2026-01-01')?.words === at - i);
  if (from === undefined) return undefined;
  const before = tokens[from - 1]?.text ?? '';
  if (/^(?:until|till|til|bis|by|before)$/i.test(before)) return undefined;
  return /^on$/i.test(before) ? from - 1 : from;
}

function isMoment(tokens: readonly Token[], at: number): boolean {
  if (readTime(tokens, at)) return false;
  return readMoment(tokens, at, { now: 0, zone: 'UTC' }, 'start').fault?.code !== 'malformedTime';
}
