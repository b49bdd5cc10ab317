import { type Port, portText, uniquePorts } from '../rule/port.ts';
import { isAny, isGroup, sourceText } from '../rule/source.ts';
import type { Command, LessAsk, ProtectAsk, Typed } from './command.ts';
import { durationText } from './duration.ts';
import { standingWord } from './protect-ask.ts';
import { isDay } from './until-words.ts';

/** Commands as they are typed, without `/jit`. Those that differ in what they are about alone are one. */
export function commandText(commands: readonly Command[]): string {
  const [first] = commands;
  if (!first) return 'help';
  const targets = [...new Set(commands.flatMap((command) => targetsOf(command)))].map(quoted).join(', ');
  // Several ports are several questions.
  const asked = uniquePorts(
    commands.flatMap((command) => (command.verb === 'why' && command.port ? [command.port] : [])),
  );
  return textOf(first, targets, asked)
    .filter((part) => part !== '')
    .join(' ');
}

/** The machines and requests that it names. */
export function targetsOf(command: Command): readonly string[] {
  switch (command.verb) {
    case 'request':
    case 'break-glass':
      return [...some(command.ask?.machine ?? command.typed?.machine), ...(command.ask?.others ?? [])];
    case 'explain':
    case 'why':
    case 'unprotect':
    case 'drill':
      return some(command.machine);
    case 'protect':
      return command.which;
    default:
      return 'which' in command ? some(command.which as string | undefined) : [];
  }
}

function some(word: string | undefined): readonly string[] {
  return word === undefined ? [] : [word];
}

function textOf(command: Command, targets: string, asked: readonly Port[]): readonly string[] {
  switch (command.verb) {
    case 'request':
      return ['request', targets, ...askText(command.ask ?? command.typed ?? {})];
    case 'break-glass':
      return ['break-glass', targets, ...askText(command.ask ?? command.typed ?? {}, command.ask?.confirm)];
    case 'explain':
      return ['explain', targets, ...askText(command)];
    case 'why':
      return ['why', targets, ports(asked), from(command.source)];
    case 'protect':
      return ['protect', targets, ...protectText(command)];
    case 'less':
      return ['approve', targets, lessText(command.less, command.reason)];
    case 'right':
    case 'wrong':
      return ['review', targets, command.verb, because(command.reason)];
    case 'extend':
      return ['extend', targets, time(command.forMs, command.until?.said)];
    case 'move':
      return ['move', targets, command.isMe ? 'from me' : from(command.source)];
    case 'list':
      return ['list', command.all ? 'all' : (command.whose ?? '')];
    case 'help':
      return ['help', command.about ?? ''];
    default:
      return [command.verb === 'links' ? 'link list' : command.verb, targets, ...restOf(command)];
  }
}

/** What stands behind the verbs that take a word or two. */
function restOf(command: Command): readonly string[] {
  switch (command.verb) {
    case 'match':
      return [command.number];
    case 'link':
      return some(command.code);
    case 'ask':
    case 'answer':
      return some(command.words);
    case 'delegate':
      return command.ask.what === 'begin' ? [person(command.ask.to), ...command.ask.until] : [command.ask.what];
    case 'consent':
      return [...(command.confirm ? ['confirm'] : []), ...some(command.code)];
    case 'rules':
      return [...some(command.verdict), ...some(command.code)];
    case 'restore':
      return [
        ...(command.whole ? ['everything'] : []),
        ...command.accepting.map((hash) => `accepting ${hash}`),
        confirm(command.confirm),
      ];
    case 'close all':
      return [confirm(command.confirm), because(command.reason)];
    default:
      return 'reason' in command ? [because(command.reason)] : [];
  }
}

/** Of a mention in several words, the whole is the name. */
function person(word: string): string {
  return /^@.*\s/.test(word) ? `"${word}"` : word;
}

function askText({ ports: all = [], forMs, until, source, ...ask }: Typed, code?: string): readonly string[] {
  const { start = '', whom, justification } = ask;
  const forWhom = whom === undefined ? '' : `for ${/^[^"<].*\s/.test(whom) ? `"${whom}"` : whom}`;
  return [ports(all), start, forWhom, time(forMs, until?.said), from(source), confirm(code), because(justification)];
}

/** What somebody would approve of a request, as it is typed behind its ID or written on its card. */
export function lessText({ ports: all, forMs, source }: LessAsk, reason?: string): string {
  return [ports(all), time(forMs), from(source), because(reason)].filter((part) => part !== '').join(' ');
}

function protectText({ ports: limits, standing, anyway, confirm: code }: ProtectAsk): readonly string[] {
  const terms =
    limits === undefined
      ? []
      : limits === 'usual'
        ? ['usual']
        : [
            ports(limits.ports),
            limits.sources.map((one, i) => (i === 0 ? from(one) : `or ${word(one)}`)).join(' '),
            time(limits.forMs),
          ];
  return [...terms, standing === undefined ? '' : standingWord(standing), anyway ? 'anyway' : '', confirm(code)];
}

function ports(all: Typed['ports'] = []): string {
  return all.map(portText).join(', ');
}

function time(forMs: number | undefined, until?: string): string {
  if (until !== undefined) return `until ${until}`;
  return forMs === undefined ? '' : `for ${durationText(forMs).replaceAll(' ', '')}`;
}

function from(source: string | undefined): string {
  return source === undefined ? '' : `from ${word(source)}`;
}

function word(source: string): string {
  if (isAny(source)) return 'any';
  return isGroup(source) || !/[.:]/.test(source) ? source : sourceText(source);
}

function confirm(code: string | undefined): string {
  return code === undefined ? '' : `confirm ${code}`;
}

function because(reason: string | undefined): string {
  return reason ? `because ${reason}` : '';
}

/** Names that would be read as something else stand in quotes. */
function quoted(name: string): string {
  if (/^<[a-z ]+>$/.test(name)) return name;
  const isPlain =
    /^[\p{L}\p{N}/][^\s,;"]*$/u.test(name) && !/^(?:\d{1,5}|ssh|rdp|winrm|for|from|until|ports?|all|any)$/i.test(name);
  return isPlain && !isDay(name.toLowerCase()) && !/^(?:noon|midnight|evening|eod|cob)$/i.test(name)
    ? name
    : `"${name}"`;
}
