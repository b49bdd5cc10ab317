import { JitError } from '../errors/errors.ts';
import { portText } from '../rule/port.ts';
import { targetsOf } from './command-text.ts';
import { isForPort, withoutForPorts } from './for-port.ts';
import { readPorts } from './port-word.ts';
import { type CommandReading, only, type ReadCommand } from './reading.ts';
import type { SaidCommand } from './said.ts';
import { isNameLike } from './target.ts';
import { isTicket } from './term-words.ts';
import { readTime } from './time-words.ts';
import type { Token } from './token.ts';
import { isTopic } from './usage.ts';

/**
 * `web-1 ssh 1h, api-1 rdp 2h`: what is said of one machine is not said of the other, so that each is a command. Where the verb is a port, `ssh web-1 and rdp
 * win-1`, it is none of the further ones, which `readOther` reads.
 */
export function perMachine(readAll: ReadCommand, readMore = readAll): ReadCommand {
  const plain = (one: ReadCommand): ReadCommand => {
    return (said) => one(withoutForPorts(said));
  };
  const [read, readOther] = [plain(readAll), plain(readMore)];
  return (said) => {
    const inFront = portsInFront(said.tokens, readAll !== readMore);
    const parts = inFront.length > 1 ? inFront : sharing(partsOf(said.tokens, readAll !== readMore));
    if (parts.length < 2) return eitherMachine(said, read);
    const each = parts.map((tokens, i) =>
      (i > 0 && (inFront.length > 1 || tokens.some(isPortName)) ? readOther : read)({
        ...said,
        tokens: tokens.map(alone),
        faults: [],
      }),
    );
    if (each.some(({ groups }) => groups.length > 1))
      return oneOrHelp(said, read, { parts, isInFront: inFront.length > 1 });
    said.faults.push(new JitError('severalCommands', { count: parts.length }));
    return { groups: each.flatMap(({ groups }) => groups), how: 'then' };
  };
}

/** Where each can be read in several ways: all in one, unless one would have the ports of another. */
function oneOrHelp(
  said: SaidCommand,
  read: ReadCommand,
  { parts, isInFront }: { readonly parts: readonly (readonly Token[])[]; readonly isInFront: boolean },
): CommandReading {
  const faults: JitError[] = [];
  const joint = read({ ...said, faults });
  const isHour = ({ text }: Token) => /^(?:\d|1\d|2[0134])$/.test(text);
  const portsOf = (part: readonly Token[]) =>
    part.flatMap((token, i) =>
      isPortAt(part, i) && !isHour(token) ? (readPorts([token], 0)?.ports.map(portText) ?? []) : [],
    );
  const own = new Set(parts.map((part) => portsOf(part).sort().join()).filter((ports) => ports !== ''));
  const [{ verb = 'request' } = {}] = joint.groups.flat();
  const about = verb === 'less' ? 'approve' : verb;
  const isOne = own.size < (isInFront ? 1 : 2) || !isTopic(about);
  said.faults.push(...(isOne ? faults : [new JitError('severalCommands', { count: parts.length })]));
  return isOne ? joint : only({ verb: 'help', about });
}

/** `web-1 ssh 1h, api-1`: the same of both, or something of its own of each? */
function eitherMachine(said: SaidCommand, read: ReadCommand): CommandReading {
  const { tokens } = said;
  const at = tokens.findIndex(
    (token, i) => token.isJoined === true && isMachine(token, tokens) && hasTerms(tokens.slice(0, i)),
  );
  const joint = read(said);
  const isLast = at > 0 && tokens.slice(at).every((token) => token.isJoined === true && isMachine(token, tokens));
  if (!isLast || !tokens.slice(0, at).some(isName) || joint.groups.length > 1 || said.faults.length === 0) return joint;
  const each = [tokens.slice(0, at), tokens.slice(at)].map((own) =>
    read({ ...said, tokens: own.map(alone), faults: [] }),
  );
  if (each.some(({ groups }) => groups.length > 1)) return joint;
  const named = joint.groups.flat().flatMap(targetsOf);
  // `approve k7m3q9w 22, p2x8v4t`: the same of both cannot be said.
  if (!tokens.slice(at).every(({ text }) => named.some((name) => text.includes(name))))
    return { groups: each.flatMap(({ groups }) => groups), how: 'then' };
  return { groups: [joint, ...each].flatMap(({ groups }) => groups), how: 'orThen' };
}

function alone({ isJoined, ...token }: Token, i: number): Token {
  return isJoined && i > 0 ? { ...token, isJoined } : token;
}

/** Between a port and its machine. */
const LINK = /^(?:on|to|into|for|at|of|the|machine|server|host|vm|access)$/i;

/** `ssh on web-1 and rdp on win-1 for 2h`: each port belongs to the machine behind it, and what stands behind the last one to all. None where it is not said so. */
function portsInFront(all: readonly Token[], isVerbPort: boolean): readonly (readonly Token[])[] {
  const machines = all.flatMap((token, i) => (isMachine(token, all) && !isSourced(all, i) ? [i] : []));
  const [first = -1, ...more] = machines;
  const start = frontOf(all, first);
  const isLate = start === undefined;
  const cuts = more.flatMap((machine) => {
    const at = frontOf(all, machine, isLate);
    const isLinked = isVerbPort || LINK.test(all[machine - 1]?.text ?? '');
    return at !== undefined &&
      (!isLate || (isLinked && (all[at]?.isJoined || /^(?:ssh|rdp|winrm)$/i.test(all[at]?.text ?? ''))))
      ? [{ at, machine }]
      : [];
  });
  // `ssh on web-1, api-1 and rdp on win-1`
  const isMore = (machine: number) => all[machine]?.isJoined === true && machines.includes(machine - 1);
  if (cuts.length === 0 || !more.every((at) => isMore(at) || cuts.some(({ machine }) => machine === at))) return [];
  const last = machines.at(-1) ?? 0;
  const before = all.slice(0, start ?? first).filter((token) => !LINK.test(token.text));
  const tail = all.slice(last + 1);
  // `ssh on web-1 for 1h and rdp on win-1 for 2h`: each has its own.
  const isShared = cuts.every(({ at }) => machines.includes(at - 1)) && !tail.some((_, i) => isPortAt(tail, i));
  return [0, ...cuts.map(({ at }) => at)].map((from, i) => {
    const own = all.slice(from, cuts[i]?.at);
    return [...(i > 0 ? before : []), ...own, ...(isShared && i < cuts.length ? tail : [])];
  });
}

/** Where the ports begin that stand right before a machine; of `web-1 22, 443 on api-1`, those behind the last comma. */
function frontOf(tokens: readonly Token[], machine: number, isLate = false): number | undefined {
  let at = machine;
  while (at > 0 && !tokens[at - 1]?.isQuoted && LINK.test(tokens[at - 1]?.text ?? '')) at -= 1;
  const end = at;
  while (at > 0 && isPortAt(tokens, at - 1) && !(isLate && at < end && tokens[at]?.isJoined)) at -= 1;
  if (at === end) return undefined;
  const start = /^ports?$/i.test(tokens[at - 1]?.text ?? '') ? at - 1 : at;
  // `web-1 for ssh, win-1 for rdp`
  return /^(?:for|für|with|mit|via)$/i.test(tokens[start - 1]?.text ?? '') ? undefined : start;
}

function isPortAt(tokens: readonly Token[], i: number): boolean {
  const token = tokens[i];
  return token !== undefined && !token.isQuoted && readPorts([token], 0) !== undefined && !readTime(tokens, i);
}

/** `from vpn-1`, `confirm ab12` */
function isSourced(tokens: readonly Token[], i: number): boolean {
  return /^(?:from|von|confirm)$/i.test(tokens[i - 1]?.text ?? '');
}

/** Where the verb is a port, `ssh web-1 and win-1 rdp`, the first has it. */
function partsOf(tokens: readonly Token[], isVerbPort = false): readonly (readonly Token[])[] {
  const at = tokens.findIndex((token, i) => {
    if (!isMachine(token, tokens) || isSourced(tokens, i) || !tokens.slice(0, i).some(isName)) return false;
    const next = tokens[i + 1];
    const own = next && (isForPort(tokens, i + 1) || /^(?:with|mit|via)$/i.test(next.text)) ? tokens[i + 2] : next;
    const isOther = isVerbPort && own !== undefined && isPortName(own);
    return (isOther || hasTerms(tokens.slice(0, i))) && hasTerms(tokens.slice(i + 1));
  });
  return at <= 0 ? [tokens] : [tokens.slice(0, at), ...partsOf(tokens.slice(at))];
}

function isPortName({ text, isQuoted }: Token): boolean {
  return !isQuoted && /^(?:ssh|rdp|winrm)$/i.test(text);
}

/** Between a machine and its ports, and words that say nothing more. */
const SMALL = /^(?:with|mit|via|ports?|to|into|of|the|machine|server|host|vm|access|please|pls|bitte)$/i;
/** What is done to what stands open, and a code, are of the one that they stand with. */
const OWN = /^(?:usual|closing|lockdown|copying|leaving|anyway|confirm)$/i;
/** Behind these, a figure is an hour. */
const TIMED = /^(?:at|until|till|til|bis|by|from|before|after)$/i;

/** `web-1 22, web-2 443 for 2h`, `2h web-1 22, web-2 443`: where the others have ports alone, what else stands first or last is said of all. */
function sharing(parts: readonly (readonly Token[])[]): readonly (readonly Token[])[] {
  const [first = [], last = []] = [parts[0], parts.at(-1)];
  if (parts.length < 2) return parts;
  const name = first.findIndex((token) => isName(token));
  const lead = first.slice(0, name).filter((_, i) => !isPlainAt(first, i));
  const tail = last.slice(termsAt(last));
  const isPlain = (part: readonly Token[], from = 0) => part.every((_, i) => i < from || isPlainAt(part, i));
  if (lead.length > 0)
    return isPlain(first, name) && parts.slice(1).every((part) => isPlain(part))
      ? parts.map((part, i) => (i === 0 ? part : [...lead, ...part]))
      : parts;
  const isOwn = tail.some(
    (token, i) =>
      (!token.isQuoted && OWN.test(token.text)) || (isPortAt(tail, i) && !TIMED.test(tail[i - 1]?.text ?? '')),
  );
  if (isOwn || !parts.slice(0, -1).every((part) => isPlain(part))) return parts;
  return parts.map((part, i) => (i + 1 < parts.length ? [...part, ...tail] : part));
}

/** Where something else begins than the machine and its ports. */
function termsAt(part: readonly Token[]): number {
  const at = part.findIndex((_, i) => !isPlainAt(part, i));
  return at < 0 ? part.length : at;
}

/** The machine, its ports, and what stands between. */
function isPlainAt(part: readonly Token[], i: number): boolean {
  const [token, next] = [part[i], part[i + 1]];
  if (!token || token.isQuoted) return false;
  // `for 2h`, `for @sam`
  if (/^(?:for|für)$/i.test(token.text)) return isForPort(part, i);
  // `on friday`
  if (/^on$/i.test(token.text))
    return next !== undefined && (isName(next) || isPortAt(part, i + 1) || /^(?:ports?|the)$/i.test(next.text));
  return isName(token) || isPortAt(part, i) || (!TIMED.test(token.text) && SMALL.test(token.text));
}

/** A further one, with terms of its own. */
function isMachine(token: Token, [first]: readonly Token[]): boolean {
  return isName(token) && !isTicket(token, first?.text);
}

function isName(token: Token): boolean {
  const { text, isQuoted } = token;
  // `tcp/22` is a port, `PT2H` a time.
  return (
    !isQuoted &&
    /^\p{L}/u.test(text) &&
    isNameLike(text) &&
    readPorts([token], 0) === undefined &&
    !readTime([token], 0)
  );
}

/** Do ports, a time or an end stand there? */
function hasTerms(tokens: readonly Token[]): boolean {
  return tokens.some(
    ({ text, isQuoted }, i) =>
      !isQuoted &&
      (/^(?:until|till|bis|usual)$/i.test(text) ||
        readTime(tokens, i) !== undefined ||
        readPorts(tokens, i) !== undefined),
  );
}
