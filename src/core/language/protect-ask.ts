import { JitError } from '../errors/errors.ts';
import type { LockdownWay } from '../machine/lockdown.ts';
import { uniquePorts } from '../rule/port.ts';
import type { PortLimits, ProtectAsk } from './command.ts';
import { nearWord } from './near-word.ts';
import { readPorts } from './port-word.ts';
import { type CommandReading, noReason, nothingMore, only, PLACEHOLDER } from './reading.ts';
import type { SaidCommand } from './said.ts';
import { isNameLike, readTarget, type SaidTarget } from './target.ts';
import { unknownWord } from './term-words.ts';
import { limitsIn } from './terms.ts';
import { readTime } from './time-words.ts';

/** `protect web-1 usual closing`; the first word of a meaning is the one that is shown. */
const STANDING: ReadonlyMap<string, LockdownWay | 'leave'> = new Map([
  ['closing', 'close'],
  ['lockdown', 'close'],
  ['copying', 'copy'],
  ['leaving', 'leave'],
]);
const WORDS = [...STANDING.keys(), 'usual', 'anyway', 'confirm'];

/** The word for it, as it is typed. */
export function standingWord(standing: LockdownWay | 'leave'): string {
  return [...STANDING].find(([, meaning]) => meaning === standing)?.[0] ?? '';
}

interface Ways {
  isUsual?: true;
  standing?: LockdownWay | 'leave';
  anyway?: true;
  confirm?: string;
}

/** `protect <machine>[, <machine>] [usual | ports …] [closing] [anyway] [confirm <code>]`. */
export function readProtect(typed: SaidCommand): CommandReading {
  const said = { ...typed, tokens: machinesFirst(typed.tokens) };
  noReason(said);
  const { targets: first, behind } = targetsOf(said);
  // `22, web-2`: of both, or of the first alone?
  const late = lateTargets(said.tokens.slice(behind));
  if (late[0]) said.faults.push(unknownWord(late[0]));
  const targets = [...first, ...late.map(readTarget)];
  if (targets.length === 0) {
    said.faults.push(new JitError('missingMachine'));
    return only({ verb: 'protect', which: [PLACEHOLDER.machine] });
  }
  const ways: Ways = {};
  const rest = said.tokens
    .slice(behind)
    .filter((token) => !late.includes(token))
    .filter((_, i, all) => !take(said, ways, { all, i }));
  const span = rest.find((token, i) => isSpan(rest, i) || (ways.isUsual && isLengthAt(rest, i) && !token.isQuoted));
  if (span) {
    said.faults.push(unknownWord(span));
    return only({ verb: 'help', about: 'protect' });
  }
  const own = uniquePorts(targets.flatMap(({ ports }) => ports));
  const ports = limitsOf({ ...said, tokens: rest }, ways, own);
  const { isUsual: _, ...more } = ways;
  return only({
    verb: 'protect',
    which: targets.map(({ name }) => name),
    ...(ports === undefined ? {} : { ports }),
    ...more,
  });
}

/** Machines that are named behind the ports. */
function lateTargets(tokens: SaidCommand['tokens']): SaidCommand['tokens'] {
  if (tokens.some(({ text, isQuoted }) => !isQuoted && /^(?:from|von|confirm)$/i.test(text))) return [];
  return tokens.filter(
    (token, i) =>
      token.isJoined &&
      !token.isQuoted &&
      /^\p{L}/u.test(token.text) &&
      isNameLike(token.text) &&
      !(readPorts(tokens, i) ?? readTime(tokens, i)),
  );
}

/** `until friday`, `over the weekend`: a protection stays until it is taken back, and none is offered for good that was to end. */
function isSpan(tokens: SaidCommand['tokens'], i: number): boolean {
  const { text = '', isQuoted } = tokens[i] ?? {};
  const isWord = /^(?:until|till|til|bis|over|during|while|temporarily|weekend|weekends|week|month|night|nights)$/i;
  return !isQuoted && isWord.test(text);
}

function isLengthAt(tokens: SaidCommand['tokens'], i: number): boolean {
  return /^for$/i.test(tokens[i]?.text ?? '') || readTime(tokens, i) !== undefined;
}

function limitsOf(said: SaidCommand, { isUsual }: Ways, own: PortLimits['ports']): ProtectAsk['ports'] {
  if (isUsual) {
    nothingMore(said, 0);
    return 'usual';
  }
  if (said.tokens.length === 0) return own.length > 0 ? { ports: own, sources: [] } : undefined;
  const [fault] = said.faults;
  const faults: JitError[] = [];
  const limits = limitsIn({ ...said, faults });
  said.faults.push(...faults.filter(({ code }) => code !== 'missingPorts' || (own.length === 0 && !fault)));
  const ports = uniquePorts([...limits.ports, ...own]);
  return { ...limits, ports: ports.length > 0 ? ports : [{ number: 22, protocol: 'tcp' }] };
}

/** `protect ssh on web-1`, `protect the machine web-1`: ports that stand in front are moved behind, and what says nothing is left out. */
function machinesFirst(tokens: SaidCommand['tokens']): SaidCommand['tokens'] {
  const isFiller = ({ text, isQuoted }: SaidCommand['tokens'][number]) =>
    !isQuoted && /^(?:the|my|our|on|of|machines?|servers?|hosts?|vm|ports?)$/i.test(text);
  const isPort = (token: SaidCommand['tokens'][number]) => !token.isQuoted && readPorts([token], 0) !== undefined;
  // Of `server, web-1`, each is a name.
  const at = tokens.findIndex((token, i) => !(isFiller(token) && !tokens[i + 1]?.isJoined) && !isPort(token));
  const [first] = tokens;
  if (!first || at <= 0) return at < 0 && first && isFiller(first) ? [] : tokens;
  return [...tokens.slice(at), ...tokens.slice(0, at).filter(isPort)];
}

/** The machines stand first, joined by commas or `and`. */
function targetsOf({ tokens, faults }: SaidCommand): {
  readonly targets: readonly SaidTarget[];
  readonly behind: number;
} {
  const targets: SaidTarget[] = [];
  let behind = 0;
  for (const token of tokens) {
    if (behind > 0 && (!token.isJoined || (!token.isQuoted && readPorts([token], 0)))) break;
    if (behind === 0 && !token.isQuoted && /^(?:for|from|ports?|usual)$/i.test(token.text)) break;
    const target = readTarget(token);
    if (target.fault) faults.push(target.fault);
    targets.push(target);
    behind += 1;
  }
  return { targets, behind };
}

/** Is this one of the words of protecting, or what stands behind one? */
function take(
  said: SaidCommand,
  ways: Ways,
  { all, i }: { readonly all: SaidCommand['tokens']; readonly i: number },
): boolean {
  const word = all[i]?.text.toLowerCase() ?? '';
  if (i > 0 && all[i - 1]?.text.toLowerCase() === 'confirm') return true;
  const isOther = readPorts(all, i) !== undefined || readTime(all, i) !== undefined;
  const meant = WORDS.includes(word) || isOther ? word : (nearWord(WORDS, word) ?? word);
  if (!WORDS.includes(meant)) return false;
  if (meant !== word) said.faults.push(unknownWord(word));
  const standing = STANDING.get(meant);
  if (standing && ways.standing !== undefined && ways.standing !== standing) said.faults.push(unknownWord(word));
  else if (standing) ways.standing = standing;
  if (meant === 'usual') ways.isUsual = true;
  if (meant === 'anyway') ways.anyway = true;
  const code = all[i + 1]?.text;
  if (meant === 'confirm' && code === undefined) said.faults.push(unknownWord(word));
  else if (meant === 'confirm') ways.confirm = code;
  return true;
}
