import { JitError } from '../errors/errors.ts';
import { MANAGEMENT_PORTS, type Port, parsePort, uniquePorts } from '../rule/port.ts';
import { nearWord } from './near-word.ts';
import { tidy } from './text.ts';
import type { Token } from './token.ts';
import { isClock } from './until-words.ts';

/** Ports out of the next words: how many words they take, and what is wrong with them. */
export interface PortsSaid {
  readonly ports: readonly Port[];
  readonly words: number;
  readonly fault?: JitError;
}

export const PORT_NAMES: readonly string[] = ['ssh', 'rdp', 'winrm', 'winrm-http', 'winrm-https'];

/** A range of so many ports is named port by port in the corrected command. */
const MOST_OF_RANGE = 10;

const RANGE = /^(?:(tcp|udp)\/)?(\d{1,5})(?:-|\.{2,3})(\d{1,5})(?:\/(tcp|udp))?$/;

/** Reads `22`, `ssh`, `tcp/22`, `22/tcp`, `tcp 22`, `22 tcp`; `22-25` and `22 to 25` are refused. Undefined where the words begin with no port. */
export function readPorts(tokens: readonly Token[], at: number): PortsSaid | undefined {
  const [word = '', next = '', last = ''] = [0, 1, 2].map((more) => tokens[at + more]?.text.toLowerCase());
  const isRange =
    /^(?:to|through|thru)$/.test(next) || (next === 'bis' && /^ports?$/i.test(tokens[at - 1]?.text ?? ''));
  if (/^\d+$/.test(word) && isRange && /^\d+$/.test(last)) return range(`${word}-${last}`, 3);
  if (/^(?:tcp|udp)$/.test(word) && /^\d+$/.test(next)) return one(`${next}/${word}`, 2);
  if (/^\d+$/.test(word) && /^(?:tcp|udp)$/.test(next)) return one(`${word}/${next}`, 2);
  // `ssh port 2222`: by that name, at that port.
  const isThere = PORT_NAMES.includes(word) && next === 'port' && tokens[at + 1]?.isJoined !== true;
  if (isThere && /^\d+$/.test(last)) return one(last, 3);
  return range(word, 1) ?? one(word, 1) ?? several(word);
}

/** `22/ssh` says one port twice; `ssh+rdp` and `22|3389` are refused, with each of them. */
function several(word: string): PortsSaid | undefined {
  const [first, ...more] = word.split(/[+&|/:]/).map((part) => parsePort(part));
  if (!first || more.length === 0) return undefined;
  const all = more.flatMap((ports) => ports ?? []);
  if (more.some((ports) => ports === undefined)) return undefined;
  const ports = uniquePorts([...first, ...all]);
  // `22:22` is the time of a clock.
  if (ports.length === 1 && isClock(word)) return undefined;
  return { ports, words: 1, ...(ports.length > 1 ? { fault: malformed(word) } : {}) };
}

/** One word alone. `malformedPort`, `portRange`. */
export function readPort(word: string): readonly Port[] {
  const said = readPorts([{ text: word.trim(), at: 0 }], 0);
  if (!said) throw malformed(word);
  if (said.fault) throw said.fault;
  return said.ports;
}

/** What stands where a port was meant, and the port that comes nearest to it. */
export function portInstead(word: string): PortsSaid {
  const [number] = /^\d{1,5}(?=\/)/.exec(word) ?? [];
  const ports = parsePort(number ?? nearWord(PORT_NAMES, word) ?? 'ssh') ?? parsePort('ssh') ?? [];
  return { ports, words: 1, fault: malformed(word) };
}

/** Does the word look as if it were to be a port? */
export function isPortLike(word: string): boolean {
  return (
    /^(?:all|any|tcp|udp|icmp)$/i.test(word) ||
    /^[^\p{L}#]*\d[^\p{L}]*$/u.test(word) ||
    /^\p{L}+\/\p{L}+$/u.test(word) ||
    /^\d{1,5}\/[\p{L}+]+$/u.test(word) ||
    nearWord(PORT_NAMES, word) !== undefined
  );
}

function one(word: string, words: number): PortsSaid | undefined {
  const [, before, behind] = /^(tcp|udp)[/:-](\d{1,5})$/.exec(word) ?? [];
  const [, first, last] = /^(\d{1,5})[/:-]?(tcp|udp)$/.exec(word) ?? [];
  const ports = parsePort(before ? `${behind}/${before}` : first ? `${first}/${last}` : plainPort(word));
  return ports && { ports, words };
}

/** `:22`, `port22`, `ssh(22)`, where both are the same. */
function plainPort(word: string): string {
  const [, name = '', number = ''] = /^([a-z]+)\((\d{1,5})$/.exec(word) ?? [];
  if (number !== '' && parsePort(name)?.[0]?.number === Number(number)) return number;
  return word.replace(/^(?::|ports?-?)(?=\d+$)/, '');
}

/** What people name instead of a port, with the port that its programs use (IANA's registry of services). */
const SERVICES: ReadonlyMap<string, number> = new Map([
  ...['sftp', 'scp', 'rsync', 'shell', 'putty'].map((name) => [name, 22] as const),
  ...['mstsc', 'desktop', 'remote-desktop'].map((name) => [name, 3389] as const),
  ...['powershell', 'psremoting', 'ps-remoting'].map((name) => [name, 5986] as const),
  ['ftp', 21],
  ['telnet', 23],
  ['http', 80],
  ['https', 443],
  ['smb', 445],
  ['mssql', 1433],
  ['mysql', 3306],
  ['postgres', 5432],
  ['postgresql', 5432],
  ['vnc', 5900],
]);

/** The port of a service that is no port's name here: it is said, and the command with the port is given back. */
export function serviceOf(word: string): Pick<PortsSaid, 'ports' | 'fault'> | undefined {
  const number = SERVICES.get(word.toLowerCase());
  return number === undefined ? undefined : { ports: [{ number, protocol: 'tcp' }], fault: malformed(word) };
}

function range(word: string, words: number): PortsSaid | undefined {
  const [, before, from, to, behind = before ?? 'tcp'] = RANGE.exec(word) ?? [];
  const ends = [Number(from), Number(to)].sort((a, b) => a - b);
  const [first = 0, last = 0] = ends;
  if (from === undefined || first < 1 || last > 65_535) return undefined;
  const protocol = behind === 'udp' ? 'udp' : 'tcp';
  const known = MANAGEMENT_PORTS.find(({ number }) => number >= first && number <= last);
  const numbers =
    last - first < MOST_OF_RANGE
      ? Array.from({ length: last - first + 1 }, (_, i) => first + i)
      : [protocol === 'tcp' && known ? known.number : first];
  const fault = new JitError('portRange', { word: tidy(word, 40) });
  return { ports: numbers.map((number) => ({ number, protocol })), words, fault };
}

function malformed(word: string): JitError {
  return new JitError('malformedPort', { word: tidy(word, 40) });
}
