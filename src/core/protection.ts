import { type Port, samePort } from './port.ts';

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

/** Are they the same port with the same limits? */
export function sameProtection(a: ProtectedPort, b: ProtectedPort): boolean {
  const limits = ({ sources, longestMs }: ProtectedPort) => [...[...sources].sort(), longestMs].join(' ');
  return samePort(a.port, b.port) && limits(a) === limits(b);
}
