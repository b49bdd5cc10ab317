import { isAll, withoutFillers } from './fillers.ts';
import { withoutTime } from './no-time.ts';
import { readPorts } from './port-word.ts';
import { type CommandReading, only, type ReadCommand } from './reading.ts';
import type { SaidCommand } from './said.ts';
import { isPolite, spares, turns } from './sentence-word.ts';
import { isSource } from './source-words.ts';
import { stoppedVerb } from './stopped-verb.ts';
import { isNameLike } from './target.ts';
import { isBecause, isTicket, unknownWord } from './term-words.ts';
import { readTime } from './time-words.ts';
import { type Token, typedOf } from './token.ts';
import { trialRun } from './trial-run.ts';
import type { Topic } from './usage.ts';
import { ABOUT_SOME, BY_WORD, IN_WORDS, type TypedVerb } from './verbs.ts';
import { isId, unique } from './which-ask.ts';
import { isOwner, programOf, whoseAccess } from './whose-access.ts';

/** What each takes one by one, of which `all` says nothing: where they are listed. */
const LISTS: Readonly<Partial<Record<Topic, CommandReading>>> = {
  approve: only({ verb: 'list', whose: 'pending' }),
  deny: only({ verb: 'list', whose: 'pending' }),
  withdraw: only({ verb: 'list', whose: 'mine' }),
  extend: only({ verb: 'list', whose: 'mine' }),
  unprotect: only({ verb: 'machines' }),
  protect: only({ verb: 'recommend' }),
};

/** What is done to all that is named behind these. */
const ON_NAMES: readonly Topic[] = [
  ...(['revoke', 'withdraw', 'extend', 'nudge', 'again', 'unprotect', 'protect', 'accept', 'decline'] as const),
  ...(['restore', 'drill', 'move'] as const),
];

/** `and keep web-2`, `web-1 to web-3`: not all of it is meant, or more. In front, it may be a name. */
function sparingIn({ tokens, names }: SaidCommand): Token | undefined {
  const isMachine = (token: Token | undefined) =>
    token !== undefined &&
    !token.isQuoted &&
    /^\p{L}/u.test(token.text) &&
    isNameLike(token.text) &&
    !isSource(token.text, names) &&
    readTime([token], 0) === undefined;
  const [first, link] = tokens;
  if (first && isAll(first)) return undefined;
  // `one of web-1, web-2`
  if (first && !first.isQuoted && /^(?:any|one|some|none)$/i.test(first.text) && /^of$/i.test(link?.text ?? ''))
    return first;
  return tokens.find(
    (token, i) =>
      i > 0 &&
      ((spares(token) && !isCalledSo(tokens, i)) ||
        (/^(?:to|through|thru|bis)$/i.test(token.text) && isMachine(tokens[i - 1]) && isMachine(tokens[i + 1]))),
  );
}

const PLURAL = /^(?:servers|machines|hosts|vms|instances|boxes)$/i;

/** `api, rest`: behind a comma and before no further name, a word for the others may be one. */
function isCalledSo(tokens: readonly Token[], i: number): boolean {
  const [{ text = '', isJoined } = {}, next] = [tokens[i], tokens[i + 1]];
  const isEnd = next === undefined || next.isJoined || readTime(tokens, i + 1) !== undefined;
  return isJoined === true && isEnd && (PLURAL.test(text) || /^rest$/i.test(text));
}

/** `the servers web-1, web-2`, `web-1 and web-2 servers`: where all are named, it says nothing more. */
function withoutPlural(tokens: readonly Token[]): readonly Token[] {
  const isPlural = (token: Token) => !token.isQuoted && !token.isJoined && PLURAL.test(token.text);
  const left = tokens.filter((token) => !isPlural(token) && !/^(?:the|my|our|both|on)$/i.test(typedOf(token)));
  const isName = (token: Token) => token.isQuoted || isNameLike(token.text) || isId(token);
  const areNamed =
    left.some((token) => isName(token) && !/^\d+\p{L}*$/u.test(token.text)) &&
    left.every((token) => isName(token) || /^(?:for|by|until)$/i.test(token.text));
  return tokens.some(isPlural) && areNamed ? left : tokens;
}

/** What closes what is named, and nothing more: `web-1 and the rest`, `web-1 before data is lost`. */
function namedBefore(tokens: readonly Token[], sparing: Token): readonly Token[] {
  const at = tokens.indexOf(sparing);
  const isName = (token: Token) => token.isQuoted || isId(token) || isNameLike(token.text);
  const isMore = /^(?:before|rest|others?|remaining|else|etc)$/i.test(sparing.text);
  const areNoneBehind = !tokens.slice(at + 1).some((token) => isName(token) || turns(token) || spares(token));
  const small = /^(?:the|my|our|and|all|everything|alles|alle)$/i;
  const before = tokens.slice(0, at).filter(({ text, isQuoted }) => isQuoted || !small.test(text));
  return isMore &&
    areNoneBehind &&
    before.every((token, i) => isName(token) || (i === 0 && !isAll(token)) || token.isJoined)
    ? before
    : [];
}

/** Reads what stands behind a verb. */
export function behind(typed: SaidCommand, verb: TypedVerb): CommandReading {
  const [words, topic, read] = verb;
  const [first, ...rest] = typed.tokens;
  const isGlass = words[0] === 'break-glass' && first?.text.toLowerCase() === 'break';
  if (isGlass && /^the$/i.test(rest[0]?.text ?? '') && /^glass$/i.test(rest[1]?.text ?? ''))
    return behind({ ...typed, tokens: [first, ...rest.slice(1)] }, verb);
  if (isGlass && rest[0]?.text.toLowerCase() === 'glass') return read({ ...typed, tokens: rest.slice(1) });
  const trial = trialRun(typed, topic);
  const explain = BY_WORD.get('explain');
  if (trial && explain && first) {
    const [, ...terms] = trial.said.tokens;
    // `ssh web-1` is a port as well.
    const ports = /^(?:ssh|rdp)$/i.test(first.text) ? [first] : [];
    return trial.instead ?? behind({ ...trial.said, tokens: [first, ...ports, ...terms] }, explain);
  }
  const other = otherThan({ ...typed, tokens: rest }, verb, first);
  if (other) return other;
  const marked = IN_WORDS.includes(topic) ? withoutMarks(rest) : withoutOptions(typed, withoutMarks(rest));
  const { said, instead } = withoutTime(
    { ...typed, tokens: ABOUT_SOME.includes(topic) ? withoutFillers(marked) : marked },
    words.find((word) => word === first?.text.toLowerCase()) ?? words[0] ?? topic,
    topic,
  );
  if (instead) return instead;
  const polite = said.tokens[0];
  const isFirst = polite !== undefined && !polite.isQuoted && isPolite(polite.text) && !IN_WORDS.includes(topic);
  if (isFirst) said.faults.push(unknownWord(polite));
  const polished = isFirst ? said.tokens.slice(1) : said.tokens;
  const tokens = ON_NAMES.includes(topic) ? withoutPlural(polished) : polished;
  const held = heldBack({ ...said, tokens }, topic, read);
  if (held) return held;
  const [object, ...others] = tokens;
  // `close now` is what it does anyway.
  if (topic === 'revoke' && object && others.length === 0 && isNow(object)) return read({ ...said, tokens: [] });
  const areMachines = others.every(({ text }) =>
    /^(?:machines?|servers?|vms?|hosts?|requests?|of|the|them)$/i.test(text),
  );
  const either = ABOUT_SOME.includes(topic) && topic !== 'deny' ? eitherOf({ ...said, tokens }, read) : undefined;
  if (either) return either;
  // `approve the last one`: nobody can tell which.
  const isOrdinal =
    ['approve', 'deny', 'extend', 'withdraw'].includes(topic) &&
    /^(?:last|latest|newest|first|next|oldest|both|these|those|one|mine|own)$/i.test(
      object?.isQuoted ? '' : (object?.text ?? ''),
    );
  const isOfMany = object !== undefined && isAll(object) && ['extend', 'approve', 'deny'].includes(topic);
  const list = object && (isOfMany || (isAll(object) && areMachines) || isOrdinal) ? LISTS[topic] : undefined;
  if (object && list) {
    said.faults.push(unknownWord(object));
    return list;
  }
  return read({ ...said, tokens });
}

/** `cancel revoke web-1`, `stop extend web-1`. */
const ACTS =
  /^(?:approve|allow|deny|reject|revoke|close|end|withdraw|cancel|extend|renew|protect|unprotect|restore|move|delegate|nudge|break-glass)$/i;

/** What spares something behind the names, and a ticket there, which is why: `revoke web-1 INC-4711`. */
function heldBack(said: SaidCommand, topic: Topic, read: ReadCommand): CommandReading | undefined {
  const { tokens, faults } = said;
  if (!ON_NAMES.includes(topic)) return undefined;
  const sparing = sparingIn(said);
  if (sparing) {
    faults.push(unknownWord(sparing));
    // A word that names nothing holds up no closing.
    const named = topic === 'revoke' || topic === 'withdraw' ? namedBefore(tokens, sparing) : [];
    if (named.length > 0) return read({ ...said, tokens: named });
    return only({ verb: 'help', about: topic });
  }
  const ticket = tokens.find((token, i) => i > 0 && !token.isJoined && isTicket(token, tokens[0]?.text));
  if (!ticket) return undefined;
  faults.push(unknownWord(ticket));
  const why = [ticket.text, ...(said.reason ? [said.reason] : [])].join(' ');
  const reason = topic === 'revoke' || topic === 'withdraw' ? { reason: why } : {};
  const alone = read({ ...said, tokens: tokens.filter((token) => token !== ticket), ...reason });
  // `DC-01` may be a machine as well.
  const isSaid = /^(?:tickets?|incident|change|case|issue|jira)$/i.test(tokens[tokens.indexOf(ticket) - 1]?.text ?? '');
  const isNumbered = !/-(?:0\d*|\d{1,2})$/.test(ticket.text);
  if (isSaid || isNumbered || /^(?:INC|CHG|REQ|RITM|TASK|JIRA|BUG)-/.test(ticket.text)) return alone;
  const named = tokens.map((token) => (token === ticket ? { ...token, isJoined: true as const } : token));
  return { groups: [...read({ ...said, tokens: named }).groups, ...alone.groups], how: 'or' };
}

/** What would be done to somebody else, or to nothing of that name: `stop protecting web-1`, `revoke sam’s access to web-1`, `stop it`. */
function otherThan(said: SaidCommand, [, topic]: TypedVerb, typed: Token | undefined): CommandReading | undefined {
  // Of what one decides, `sam’s` is the request of somebody; behind its ID, a part of the reason.
  const isDecided =
    ['approve', 'deny', 'show', 'nudge', 'again'].includes(topic) &&
    (/['’]s$/i.test(said.tokens[0]?.text ?? '') || isOwner(said.tokens, 0));
  if (!isDecided && !['revoke', 'withdraw', 'extend'].includes(topic)) return undefined;
  const stopped = topic === 'revoke' || topic === 'withdraw' ? stoppedVerb(said.tokens) : undefined;
  if (stopped) {
    said.faults.push(unknownWord(stopped.word));
    const { unprotect, instead } = stopped;
    const lifting = unprotect && BY_WORD.get('unprotect');
    if (lifting) return behind({ ...said, tokens: [stopped.word, ...unprotect], faults: [] }, lifting);
    return instead ?? usedNoMore(stopped.word, said.tokens) ?? only({ verb: 'help', about: topic });
  }
  const [act, named] = said.tokens;
  const isStoppedAct =
    act !== undefined &&
    named !== undefined &&
    !act.isQuoted &&
    !named.isJoined &&
    ACTS.test(act.text) &&
    isNameLike(named.text);
  if (isStoppedAct && (topic === 'revoke' || topic === 'withdraw')) {
    said.faults.push(unknownWord(act));
    return only({ verb: 'help', about: topic });
  }
  const program = ['revoke', 'withdraw', 'extend'].includes(topic) ? programOf(said.tokens) : undefined;
  const own = program && BY_WORD.get(topic);
  if (own) {
    said.faults.push(unknownWord(program.word));
    return behind({ ...said, tokens: [program.word, ...program.rest], faults: [] }, own);
  }
  const whose = whoseAccess(said, topic);
  if (whose) {
    said.faults.push(unknownWord(whose.whose));
    const verb = topic === 'nudge' ? 'nudge' : 'show';
    return only(...unique(whose.of).map((one) => ({ verb, which: one }) as const));
  }
  // `my access to everything` is not all there is.
  const all = said.tokens.find(isAll);
  if (
    topic === 'revoke' &&
    all &&
    said.tokens.some(({ text, isQuoted }) => !isQuoted && /^(?:my|meine?n?|them|these|those)$/i.test(text))
  ) {
    said.faults.push(unknownWord(all));
    return only({ verb: 'list', whose: 'mine' });
  }
  // `stop it`, `stop now`: what?
  const [object, ...more] = said.tokens;
  const isIt =
    object !== undefined &&
    more.length === 0 &&
    !object.isQuoted &&
    /^(?:it|this|that|now|jetzt|sofort|das)$/i.test(object.text);
  if (!isIt || typed?.text.toLowerCase() !== 'stop') return undefined;
  said.faults.push(unknownWord(object));
  return only({ verb: 'help', about: topic });
}

/** `stop using web-1`, `end working session on web-1`: what nobody uses is closed. */
function usedNoMore(word: Token, tokens: readonly Token[]): CommandReading | undefined {
  const rest = tokens.filter((token) => token !== word && !/^(?:on|in|with|the|my|our|auf)$/i.test(typedOf(token)));
  const names = rest.filter(({ text, isQuoted }) => isQuoted || !/^(?:sessions?|access)$/i.test(text));
  const areNames = names.length > 0 && names.every((token) => token.isQuoted || isId(token) || isNameLike(token.text));
  const isPort = names.some((token) => readPorts([token], 0) !== undefined);
  if (!/^(?:using|working|connecting)$/i.test(word.text) || !areNames || isPort) return undefined;
  return only(...unique(names).map((which) => ({ verb: 'revoke', which }) as const));
}

/** `revoke web-1 or api-1`: each of them, as nobody can tell which. */
function eitherOf(said: SaidCommand, read: ReadCommand): CommandReading | undefined {
  const isOr = ({ text, isQuoted }: Token) => !isQuoted && /^(?:or|oder)$/i.test(text);
  const isEither = ({ text, isQuoted }: Token) => !isQuoted && /^(?:either|entweder)$/i.test(text);
  const names = said.tokens.filter((token) => !isOr(token) && !isEither(token));
  const or = said.tokens.find(isOr);
  const areNames =
    names.length > 1 &&
    names.every((token) => token.isQuoted || isId(token) || (isNameLike(token.text) && /^\p{L}/u.test(token.text)));
  if (!or || !areNames) return undefined;
  said.faults.push(unknownWord(or));
  const groups = names.flatMap((token) => read({ ...said, tokens: [token], faults: [] }).groups);
  return { groups, how: 'or' };
}

/** A question mark alone says nothing. */
function withoutMarks(tokens: readonly Token[]): readonly Token[] {
  return tokens.filter(({ text, isQuoted }) => isQuoted || text !== '?');
}

/** Options of other tools that have a value. */
const WITH_VALUE =
  /^-{1,2}(?:region|zone|location|account|subscription|resource-group|project|profile|cluster|user|approver|reviewers?|roles?|team|g|l|u)$/i;

/** `--force`, `-y`: no name, and no reason. Those of `ssh` have values of their own. */
function withoutOptions(said: SaidCommand, tokens: readonly Token[]): readonly Token[] {
  if (/^ssh$/i.test(said.tokens[0]?.text ?? '')) return tokens;
  const isOption = (token: Token) => !token.isQuoted && /^-{1,2}[a-z][a-z-]*$/i.test(token.text) && !isBecause(token);
  const option = tokens.find(isOption);
  if (option) said.faults.push(unknownWord(option));
  const isValue = (i: number) => WITH_VALUE.test(tokens[i - 1]?.text ?? '') && !tokens[i]?.isJoined;
  return option ? tokens.filter((token, i) => !isOption(token) && !isValue(i)) : tokens;
}

function isNow({ text, isQuoted }: Token): boolean {
  return !isQuoted && /^(?:now|jetzt|sofort)$/i.test(text);
}
