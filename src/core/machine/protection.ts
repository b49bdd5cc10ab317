import { JitError } from '../errors/errors.ts';
import { durationText } from '../language/duration.ts';
import { limitsText, type PortLimits, readLimits } from '../language/grammar.ts';
import { DAY_MS, MINUTE_MS } from '../language/instant.ts';
import { MANAGEMENT_PORTS, type Port, portText, samePort } from '../rule/port.ts';
import { isAny, sourceText } from '../rule/source.ts';

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
const SHORTEST_MS = 5 * MINUTE_MS;

/** Are they the same port with the same limits? */
export function sameProtection(a: ProtectedPort, b: ProtectedPort): boolean {
  const limits = ({ sources, longestMs }: ProtectedPort) => [...[...sources].sort(), longestMs].join(' ');
  return samePort(a.port, b.port) && limits(a) === limits(b);
}

/** The typed limits for each of their ports. Throws `tooShort` and `tooLong` outside of five minutes to a day, which is what Defender takes. */
export function withLimits({ ports, sources, forMs = DAY_MS }: PortLimits): readonly ProtectedPort[] {
  const [asked, shortest, longest] = [durationText(forMs), durationText(SHORTEST_MS), durationText(DAY_MS)];
  if (forMs < SHORTEST_MS) throw new JitError('tooShort', { asked, shortest });
  if (forMs > DAY_MS) throw new JitError('tooLong', { asked, longest });
  const only = sources.some(isAny) ? [] : sources;
  return ports.map((port) => ({ port, sources: only, longestMs: forMs }));
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
export function readPortLines(text: string): readonly ProtectedPort[] {
  const lines = text.split(/[\r\n;]+/).filter((line) => line.trim() !== '');
  const ports = lines.flatMap((line) => withLimits(readLimits(line)));
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
