import { JitError } from '../errors/errors.ts';
import type { PortLimits } from '../language/command.ts';
import { durationText } from '../language/duration.ts';
import { DAY_MS, MINUTE_MS } from '../language/instant.ts';
import { limitsText, readLimits } from '../language/terms.ts';
import { MANAGEMENT_PORTS, type Port, portText, samePort, uniquePorts } from '../rule/port.ts';
import { contains, isAny, type SourceNames, sourceText } from '../rule/source.ts';
import type { MachineId } from './machine.ts';

/** The JIT configuration of one machine. */
export interface Protection {
  readonly ports: readonly ProtectedPort[];
}

export interface ProtectedPort {
  readonly port: Port;
  /** Canonical prefixes that requests may come from; empty means any. */
  readonly sources: readonly string[];
  readonly longestMs: number;
}

/** The usual management ports, from any source and for at most a day: what a person may have is the policies' matter. */
export const USUAL_PORTS: readonly ProtectedPort[] = MANAGEMENT_PORTS.map((port) => ({
  port,
  sources: [],
  longestMs: DAY_MS,
}));

/** "Just-in-time VM access", maxRequestAccessDuration: five minutes to a day. */
export const SHORTEST_LIMIT_MS = 5 * MINUTE_MS;

/** Are they the same port with the same limits? */
export function sameProtection(a: ProtectedPort, b: ProtectedPort): boolean {
  const limits = ({ sources, longestMs }: ProtectedPort) => [...[...sources].sort(), longestMs].join(' ');
  return samePort(a.port, b.port) && limits(a) === limits(b);
}

/** The typed limits for each of their ports. Throws `tooShort` and `tooLong` outside of five minutes to a day, which is what Defender takes. */
export function withLimits({ ports, sources, forMs = DAY_MS }: PortLimits): readonly ProtectedPort[] {
  const [asked, shortest, longest] = [durationText(forMs), durationText(SHORTEST_LIMIT_MS), durationText(DAY_MS)];
  if (forMs < SHORTEST_LIMIT_MS) throw new JitError('tooShort', { asked, shortest });
  if (forMs > DAY_MS) throw new JitError('tooLong', { asked, longest });
  const only = sources.some(isAny) ? [] : sources;
  return ports.map((port) => ({ port, sources: only, longestMs: forMs }));
}

/** What of a lease a protection is asked about. `forMs` is the time in all. */
export interface Exposure {
  readonly ports: readonly Port[];
  readonly source: string;
  readonly forMs: number;
}

/** Every reason that a machine's protection has against it, port by port; without a protection no port may be opened. */
export function againstProtection(
  protection: Protection | undefined,
  machine: string,
  exposure: Exposure,
): readonly JitError[] {
  const { source, forMs } = exposure;
  return exposure.ports.flatMap((asked) => {
    const own = protection?.ports.find(({ port }) => samePort(port, asked));
    if (!own) return [unprotected(machine, asked, protection)];
    const words = { machine, port: portText(asked) };
    const fits = own.sources.length === 0 || own.sources.some((one) => isAny(one) || contains(one, source));
    const against: JitError[] = [];
    if (!fits)
      against.push(
        new JitError('protectedSource', { ...words, source: sourceText(source), allowed: own.sources.join(', ') }),
      );
    if (forMs > own.longestMs)
      against.push(
        new JitError(
          'protectedDuration',
          { ...words, longest: durationText(own.longestMs) },
          { choices: [durationText(own.longestMs)] },
        ),
      );
    return against;
  });
}

/** The longest time that these ports may be open for in all; endless where they are not protected. */
export function longestProtected(protection: Protection | undefined, ports: readonly Port[]): number {
  const own = (protection?.ports ?? []).filter(({ port }) => ports.some((one) => samePort(one, port)));
  return Math.min(Number.POSITIVE_INFINITY, ...own.map(({ longestMs }) => longestMs));
}

export function unprotected(machine: string, port: Port, protection: Protection | undefined): JitError {
  const list = uniquePorts((protection?.ports ?? []).map((own) => own.port)).map(portText);
  return new JitError('notProtected', { port: portText(port), machine, protected: list.join(', ') || 'none' });
}

/** One line a port, `22 from 203.0.113.0/28 for 3 h`: what people edit, and `readPortLines` reads. */
export function portLines(ports: readonly ProtectedPort[]): string {
  return byNumber(ports)
    .map(({ port, sources, longestMs }) => {
      return limitsText({ ports: [port], sources, forMs: longestMs });
    })
    .join('\n');
}

/** Reads what people left of these lines. Throws what is wrong with a port, an address or a time; `repeatedPort`, `missingPorts`. */
export function readPortLines(text: string, names: SourceNames): readonly ProtectedPort[] {
  const lines = text.split(/[\r\n;]+/).filter((line) => line.trim() !== '');
  const ports = lines.flatMap((line) => withLimits(readLimits(line, names)));
  if (ports.length === 0) throw new JitError('missingPorts');
  // Defender knows a port by its number, whatever the protocol.
  const twice = ports.find(({ port }, i) => ports.findIndex((one) => one.port.number === port.number) !== i);
  if (twice) throw new JitError('repeatedPort', { port: String(twice.port.number) });
  return ports;
}

/** `22 (from 203.0.113.0/24, for 3 h at most), 3389`. Limits that are the widest are not said. */
export function portsText(ports: readonly ProtectedPort[]): string {
  return byNumber(ports).map(portWithLimits).join(', ');
}

function portWithLimits({ port, sources, longestMs }: ProtectedPort): string {
  const limits = [
    ...(sources.length > 0 ? [`from ${sources.map(sourceText).join(' or ')}`] : []),
    ...(longestMs < DAY_MS ? [`for ${durationText(longestMs)} at most`] : []),
  ];
  return limits.length > 0 ? `${portText(port)} (${limits.join(', ')})` : portText(port);
}

/** Sorted by number. */
function byNumber(ports: readonly ProtectedPort[]): readonly ProtectedPort[] {
  return [...ports].sort((a, b) => a.port.number - b.port.number);
}

/** A port of a machine, as a key. */
export function protectionKey(machine: MachineId, port: Port): string {
  return `${machine} ${portText(port)}`;
}
