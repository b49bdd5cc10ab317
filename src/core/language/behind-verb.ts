import { isAll, withoutFillers } from './fillers.ts';
import { withoutTime } from './no-time.ts';
import { type CommandReading, only, type ReadCommand } from './reading.ts';
import type { SaidCommand } from './said.ts';
import { isPolite } from './sentence-word.ts';
import { stoppedVerb } from './stopped-verb.ts';
import { isNameLike } from './target.ts';
import { isBecause, unknownWord } from './term-words.ts';
import type { Token } from './token.ts';
import type { Topic } from './usage.ts';
import { ABOUT_SOME, BY_WORD, IN_WORDS, type TypedVerb } from './verbs.ts';
import { isId, unique } from './which-ask.ts';
import { whoseAccess } from './whose-access.ts';

/** What each takes one by one, of which `all` says nothing: where they are listed. */
const LISTS: Readonly<Partial<Record<Topic, CommandReading>>> = {
  approve: only({ verb: 'list', whose: 'pending' }),
  deny: only({ verb: 'list', whose: 'pending' }),
  withdraw: only({ verb: 'list', whose: 'mine' }),
  extend: only({ verb: 'list', whose: 'mine' }),
  unprotect: only({ verb: 'machines' }),
  protect: only({ verb: 'recommend' }),
};

/** Reads what stands behind a verb. */
export function behind(typed: SaidCommand, verb: TypedVerb): CommandReading {
  const [words, topic, read] = verb;
  const [first, ...rest] = typed.tokens;
  const isGlass = words[0] === 'break-glass' && first?.text.toLowerCase() === 'break';
  if (isGlass && rest[0]?.text.toLowerCase() === 'glass') return read({ ...typed, tokens: rest.slice(1) });
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
  const tokens = isFirst ? said.tokens.slice(1) : said.tokens;
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
    /^(?:last|latest|newest|first|next|oldest|both|these|those|one|mine)$/i.test(
      object?.isQuoted ? '' : (object?.text ?? ''),
    );
  const isOfMany = object !== undefined && isAll(object) && topic === 'extend';
  const list = object && (isOfMany || (isAll(object) && areMachines) || isOrdinal) ? LISTS[topic] : undefined;
  if (object && list) {
    said.faults.push(unknownWord(object));
    return list;
  }
  return read({ ...said, tokens });
}

/** What would be done to somebody else, or to nothing of that name: `stop protecting web-1`, `revoke sam’s access to web-1`, `stop it`. */
function otherThan(said: SaidCommand, [, topic]: TypedVerb, typed: Token | undefined): CommandReading | undefined {
  if (!['revoke', 'withdraw', 'extend'].includes(topic)) return undefined;
  const stopped = topic === 'extend' ? undefined : stoppedVerb(said.tokens);
  if (stopped) {
    said.faults.push(unknownWord(stopped.word));
    const { unprotect, instead } = stopped;
    const own = unprotect && BY_WORD.get('unprotect');
    if (own) return behind({ ...said, tokens: [stopped.word, ...unprotect], faults: [] }, own);
    return instead ?? only({ verb: 'help', about: topic });
  }
  const whose = whoseAccess(said, topic);
  if (whose) {
    said.faults.push(unknownWord(whose.whose));
    return only(...unique(whose.of).map((one) => ({ verb: 'show' as const, which: one })));
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

/** `revoke web-1 or api-1`: each of them, as nobody can tell which. */
function eitherOf(said: SaidCommand, read: ReadCommand): CommandReading | undefined {
  const isOr = ({ text, isQuoted }: Token) => !isQuoted && /^(?:or|oder)$/i.test(text);
  const names = said.tokens.filter((token) => !isOr(token));
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

/** `--force`, `-y`: no name, and no reason. Those of `ssh` have values of their own. */
function withoutOptions(said: SaidCommand, tokens: readonly Token[]): readonly Token[] {
  if (/^ssh$/i.test(said.tokens[0]?.text ?? '')) return tokens;
  const isOption = (token: Token) => !token.isQuoted && /^-{1,2}[a-z][a-z-]*$/i.test(token.text) && !isBecause(token);
  const option = tokens.find(isOption);
  if (option) said.faults.push(unknownWord(option));
  return option ? tokens.filter((token) => !isOption(token)) : tokens;
}

function isNow({ text, isQuoted }: Token): boolean {
  return !isQuoted && /^(?:now|jetzt|sofort)$/i.test(text);
}
