import { JitError } from '../errors/errors.ts';
import type { SourceNames } from '../rule/source.ts';
import { apart } from './apart.ts';
import { behind } from './behind-verb.ts';
import { isBlank, withBlanks, withoutBlanks } from './blanks.ts';
import type { Command } from './command.ts';
import { commandText } from './command-text.ts';
import { failedConnection } from './failure.ts';
import { type Heard, heard, LONGEST_COMMAND } from './heard.ts';
import { dropsLimit } from './held-limits.ts';
import { dropsMoment, gathersTerms } from './held-terms.ts';
import { meantCommand } from './meant-command.ts';
import { isVerbTurned, nearVerb } from './meant-verbs.ts';
import { withoutMessageLinks } from './message-link.ts';
import { isOfMoment } from './moment.ts';
import { SHOWS } from './no-time.ts';
import { withWholeNames } from './parted-name.ts';
import { plainOf, replyIn } from './preamble.ts';
import { readWays } from './read-ways.ts';
import { type CommandReading, MOST_AT_ONCE, noReason, only } from './reading.ts';
import { readWhy } from './request-ask.ts';
import type { SaidCommand } from './said.ts';
import { isElsewhere, isVagueTime, turns } from './sentence-word.ts';
import { unknownWord } from './term-words.ts';
import { tidy } from './text.ts';
import { type Token, typedOf } from './token.ts';
import type { WallClock } from './until.ts';
import { isTopic } from './usage.ts';
import { partedAtVerb } from './verb-within.ts';
import { BY_WORD, IN_WORDS } from './verbs.ts';

/** All that can be typed first. */
export const TYPED_VERBS: readonly string[] = [...BY_WORD.keys()];

/** The verb that is typed, in its one form, and the word behind it; empty where there is none. */
export function wordsOf(text: string): { readonly verb: string; readonly first: string } {
  const [verb = '', first = ''] = heard(text).tokens.map((token) => token.text.toLowerCase());
  return { verb: BY_WORD.get(verb)?.[0][0] ?? verb, first };
}

const HELP = /^(?:\/?\?|-+h(?:elp)?|help|usage)$/i;

const YES = /^\W*(?:yes|yep|yeah|sure|ok|okay|ja|jo)\W*$/i;

/**
 * Reads what stands behind `/jit`: all that it asks for, in the order in which it is done. Everything that is typed is used, or all of
 * it is refused: throws a JitError with the whole corrected command. Without a clock nobody can say `until 18:00`.
 */
export function parseCommands(text: string, names: SourceNames, clock?: WallClock): readonly Command[] {
  const reply = replyIn(text);
  if (reply !== undefined) {
    const [, first = ''] = /^\W*(?:jit\s+|please\s+|pl[sz]\s+|bitte\s+|kindly\s+)*([\w-]+)/i.exec(reply) ?? [];
    const isCommand = BY_WORD.has(first.toLowerCase());
    const error = new JitError('unknownCommand', { word: '>' });
    // `yes` to who asks for it.
    const asked = YES.test(reply)
      ? correctedOf(text.slice(0, text.lastIndexOf(reply)).replace(/^(?:\s|>|&gt;)+/, ''), names, clock)
      : '';
    if (/^`\/jit approve [\w-]+`$/.test(asked)) throw error.instead(asked);
    throw error.instead(isCommand ? correctedOf(reply, names, clock) : insteadOf(only({ verb: 'help' })));
  }
  const parts = apart(text.slice(0, LONGEST_COMMAND), (word) => BY_WORD.has(word));
  if (parts.length > 1) throw oneEach(parts, names, clock);
  const all = heard(text);
  const plain = plainOf(all);
  if (plain) throw plain.fault.instead(correctedOf(plain.text, names, clock));
  const within = partedAtVerb(all);
  if (within.length > 1) throw oneEach(within, names, clock);
  if (within.length === 1) throw unknownWord(all.tokens[0] ?? '').instead(correctedOf(within[0] ?? '', names, clock));
  if (all.tokens.some(isBlank) && !mayBeBlank(all)) throw toFillIn(all);
  const said: SaidCommand = { ...withoutBlanks(all), names, clock, faults: [] };
  const reading = readWays(withoutMessageLinks(said), readVerb, helpOf);
  const turn = said.faults.length === 0 && !isAnyWords(reading) ? said.tokens.slice(1).find(turns) : undefined;
  if (turn) said.faults.push(unknownWord(turn));
  const [fault, ...others] = said.faults;
  if (!fault) {
    const commands = reading.groups.flat();
    const isPortOpen = commands.some((one) => lacksPort(all, one));
    if (isPortOpen && commands.some(({ verb }) => ASKS_PORT.includes(verb))) throw toFillIn(all);
    if (isPortOpen && !commands.every(({ verb }) => FORMS.includes(verb)))
      throw unknownWord('port').instead(insteadOf(helpOf(said, reading)));
    if (!isPortOpen && !all.tokens.some(isBlank)) return commands;
    // A form is for one machine.
    if (commands.some(isOfSeveral)) throw toFillIn(all);
    return commands.map(asForm);
  }
  const isLost = reading.groups
    .flat()
    .some((one) => [dropsMoment, gathersTerms, dropsLimit].some((is) => is(reading.said ?? said, one)));
  const isHelp = reading.groups.flat()[0]?.verb === 'help';
  const meant = isTurned(said, reading) && !isHelp ? helpOf(said) : isLost ? helpOf(said, reading) : reading;
  const correction = insteadOf(meant);
  throw fault.with(others).instead(correction);
}

/** A form asks for what was left open, a list shows what may be meant, and a reason may be missing: all others have to be filled in first. */
function mayBeBlank({ tokens: [first, ...rest] }: Heard): boolean {
  const topic = BY_WORD.get(first?.text.toLowerCase() ?? '')?.[1];
  if (topic === 'review' && isBlank(rest[0])) return false;
  // `deny <id> too wide`: of which, nobody can tell.
  if (topic !== undefined && IN_WORDS.includes(topic) && isBlank(rest[0]) && !rest.every(isBlank)) return false;
  if (
    topic === undefined ||
    topic === 'request' ||
    topic === 'break-glass' ||
    topic === 'help' ||
    IN_WORDS.includes(topic)
  )
    return true;
  return (topic === 'show' || topic === 'approve') && rest.every(isBlank);
}

/** Where something was left open, nothing is requested yet. */
function asForm(command: Command): Command {
  if (command.verb === 'request' && command.ask) return { verb: 'request', typed: command.ask };
  return command.verb === 'break-glass' && command.ask ? { verb: 'break-glass', typed: command.ask } : command;
}

/** Those that have a form. */
const FORMS: readonly string[] = ['request', 'break-glass'];
/** Those that ask about a port. */
const ASKS_PORT: readonly string[] = ['why', 'explain'];

/** `request web-1 port for 2h because deploy`, `why web-1 port`: which port? */
function lacksPort({ tokens }: Heard, command: Command): boolean {
  if (!tokens.slice(2).some(isPortWord)) return false;
  switch (command.verb) {
    case 'request':
    case 'break-glass':
      return command.ask?.ports.length === 0;
    case 'explain':
      return command.ports.length === 0;
    case 'why':
      return command.port === undefined;
    default:
      return ['extend', 'move', 'approve'].includes(command.verb);
  }
}

/** As it was typed, with what has to be filled in. */
function toFillIn(all: Heard): JitError {
  const port = { text: '<port>', at: 0, isQuoted: true, isBlank: true } as const;
  const tokens = all.tokens.some(isBlank)
    ? all.tokens
    : all.tokens.flatMap((token, i) => (i > 1 && isPortWord(token) ? [token, port] : [token]));
  const verb = tidy(all.tokens[0]?.text ?? '', 40);
  return new JitError('missingWords', { verb }).instead(`\`/jit ${withBlanks({ ...all, tokens })}\``);
}

function isPortWord({ text, isQuoted }: Token): boolean {
  return !isQuoted && /^ports?$/i.test(text);
}

function isOfSeveral(command: Command): boolean {
  return command.verb === 'request' && (command.ask?.others ?? []).length > 0;
}

/** Several commands that were sent as one: each of them, as it is or corrected. */
function oneEach(parts: readonly string[], names: SourceNames, clock: WallClock | undefined): JitError {
  const corrected = parts.slice(0, MOST_AT_ONCE).map((part) => correctedOf(part, names, clock));
  return new JitError('severalCommands', { count: parts.length }).instead(corrected.join(', then '));
}

/** A command that was sent with others, as it is or corrected. */
function correctedOf(part: string, names: SourceNames, clock: WallClock | undefined): string {
  try {
    return insteadOf(only(...parseCommands(part, names, clock)));
  } catch (error) {
    if (!(error instanceof JitError)) throw error;
    return error.correction;
  }
}

/** Behind these, people say what they like. */
function isAnyWords({ groups }: CommandReading): boolean {
  const free = ['deny', 'withdraw', 'ask', 'answer', 'right', 'wrong', 'why', 'help', 'list', 'show'];
  return groups.flat().every(({ verb }) => free.includes(verb));
}

/** What `not` or `only` stands before would be corrected into its opposite; unless it can only be a reason. */
function isTurned({ tokens, clock, head }: SaidCommand, { groups }: CommandReading): boolean {
  const topic = BY_WORD.get(tokens[0]?.text.toLowerCase() ?? '')?.[1];
  // `lehne k7m3q9w nicht ab`
  if (topic === undefined && /\b(?:nicht|niemals|keinesfalls|nie) (?:ab|zurück|zurueck)\b/i.test(head)) return true;
  if (topic !== undefined && SHOWS.includes(topic)) return false;
  const isShown = groups.flat().every(({ verb }) => verb === 'show' || verb === 'why' || verb === 'list');
  if (topic === undefined && !isShown && isVerbTurned(tokens, (word) => BY_WORD.get(word)?.[1])) return true;
  const isNo = groups.flat().every(({ verb }) => ['deny', 'withdraw', 'why', 'show'].includes(verb));
  // Behind `at`, what is no time has its place in what comes back.
  const isUnread = (token: Token, i: number) =>
    isVagueTime(token) && !/^(?:at|until|till|til|bis)$/i.test(tokens[i - 1]?.text ?? '');
  // What was read as the zone of a moment is a part of what comes back.
  const isLeft = (token: Token, i: number) =>
    i > 0 && (isUnread(token, i) || isElsewhere(token, tokens[i - 1])) && !isOfMoment(tokens, i, clock);
  // `when does it end` asks.
  const isAsked = (token: Token, i: number) => i === 0 && /^when$/i.test(token.text);
  return !isNo && tokens.some((token, i) => (turns(token) && !isAsked(token, i)) || isLeft(token, i));
}

function helpOf({ tokens }: SaidCommand, reading?: CommandReading): CommandReading {
  const meant = reading?.groups.flat()[0];
  const verb = BY_WORD.get(tokens[0]?.text.toLowerCase() ?? '') ?? BY_WORD.get(meant?.verb ?? '');
  const topic = verb?.[1];
  return only({ verb: 'help', ...(topic ? { about: topic } : {}) });
}

/** The same where one thing alone may be asked for. `oneAtATime`. */
export function parseCommand(text: string, names: SourceNames, clock?: WallClock): Command {
  const commands = parseCommands(text, names, clock);
  const [command, ...more] = commands;
  if (!command || more.length === 0) return command ?? { verb: 'help' };
  const groups = commands.map((one) => [one]);
  const error = new JitError('oneAtATime', { which: groups.map((one) => commandText(one)).join(' and ') });
  throw error.instead(insteadOf({ groups, how: 'then' }));
}

/** The corrected command, as it can be copied. */
function insteadOf({ groups, how = 'or' }: CommandReading): string {
  const texts = groups.map((commands) => `\`/jit ${commandText(commands)}\``);
  const [first = '', ...more] = new Set(texts);
  if (how === 'orThen') return [first, more.join(', then ')].filter((one) => one !== '').join(' or ');
  return [first, ...more].join(how === 'or' ? ' or ' : ', then ');
}

function readVerb(said: SaidCommand): CommandReading {
  const [first, ...rest] = said.tokens;
  if (!first && said.reason === undefined) return only({ verb: 'help' });
  const word = first?.isQuoted ? '' : (first?.text ?? '');
  if (HELP.test(word)) return readHelp(said, rest);
  const verb = BY_WORD.get(word.toLowerCase());
  const failed =
    !verb || /^(?:(?:ssh|rdp): |access denied\b)/i.test(said.whole) ? failedConnection(said.whole) : undefined;
  if (failed && said.reason === undefined) {
    said.faults.push(new JitError('unknownCommand', { word: tidy(word, 40) }));
    return readWhy({ ...said, faults: [], tokens: failed });
  }
  const [, topic] = verb ?? [];
  const [second, third] = rest;
  if (topic && second && !third && HELP.test(second.text) && !second.isQuoted)
    return only({ verb: 'help', about: topic });
  if (verb) return behind(IN_WORDS.includes(verb[1]) ? said : withWholeNames(said, 1), verb);
  const whole = withWholeNames(said, 0);
  if (whole !== said) return readVerb(whole);
  const shown = first ? typedOf(first) : 'because';
  said.faults.push(new JitError('unknownCommand', { word: tidy(shown, 40) }));
  return meantCommand({ ...said, faults: [] }, word);
}

function readHelp(said: SaidCommand, [about, ...more]: readonly Token[]): CommandReading {
  noReason(said);
  if (!about) return only({ verb: 'help' });
  const word = [about, ...more].map(({ text }) => text.toLowerCase()).join(' ');
  const topic = isTopic(word) ? word : BY_WORD.get(word)?.[1];
  if (topic) return only({ verb: 'help', about: topic });
  said.faults.push(new JitError('unknownCommand', { word: tidy(word, 40) }));
  const named = [about, ...more].flatMap(({ text }) => BY_WORD.get(text.toLowerCase())?.[1] ?? []);
  const near = named.length > 0 ? undefined : nearVerb(BY_WORD.keys(), word);
  const meantTopic = near === undefined ? named[0] : BY_WORD.get(near)?.[1];
  return only({ verb: 'help', ...(meantTopic ? { about: meantTopic } : {}) });
}
