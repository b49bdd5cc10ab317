import type { Machine } from '../machine/machine.ts';
import { type ProtectedPort, type Protection, sameProtection } from '../machine/protection.ts';
import { meansMachine } from './machines.ts';
import type { ProtectionEntry } from './policy.ts';

/** A port that the file wants protected, and the name of the entry that says so. */
export interface HeldPort {
  readonly port: ProtectedPort;
  readonly entry: string;
}

/** What of a machine's protection is not what the file says. Ports that the file does not name are nobody's business. */
export interface Differences {
  readonly missing: readonly HeldPort[];
  /** Protected with limits of its own: somebody chose them. */
  readonly otherwise: readonly (HeldPort & { readonly own: ProtectedPort })[];
}

/** The ports that the file wants protected on a machine. Of two entries for a port, the first counts; a number is one port, as Defender has it. */
export function heldPorts(entries: readonly ProtectionEntry[], machine: Machine): readonly HeldPort[] {
  const first = new Map<number, HeldPort>();
  for (const { name, machines, ports } of entries) {
    if (!meansMachine(machines, machine)) continue;
    for (const port of ports) if (!first.has(port.port.number)) first.set(port.port.number, { port, entry: name });
  }
  return [...first.values()];
}

/** Those of them at which standing rules are to be closed as well, once somebody agreed. */
export function lockedPorts(entries: readonly ProtectionEntry[], machine: Machine): readonly HeldPort[] {
  const locking = new Set(entries.flatMap(({ name, lockdown }) => (lockdown ? [name] : [])));
  return heldPorts(entries, machine).filter(({ entry }) => locking.has(entry));
}

export function differencesOf(held: readonly HeldPort[], protection: Protection | undefined): Differences {
  const compared = held.map((one) => ({
    one,
    own: protection?.ports.find(({ port }) => port.number === one.port.port.number),
  }));
  return {
    missing: compared.flatMap(({ one, own }) => (own ? [] : [one])),
    otherwise: compared.flatMap(({ one, own }) => (own && !sameProtection(own, one.port) ? [{ ...one, own }] : [])),
  };
}

/** The names of the entries behind some ports, each once. */
export function entriesOf(held: readonly HeldPort[]): readonly string[] {
  return [...new Set(held.map(({ entry }) => entry))];
}
