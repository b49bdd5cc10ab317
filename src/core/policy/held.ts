import { type Machine, type Whereabouts, whereaboutsOf } from '../machine/machine.ts';
import { type ProtectedPort, type Protection, sameProtection } from '../machine/protection.ts';
import { matchesName } from './names.ts';
import { type MachinesHeld, meansMachine, type ProtectionEntry } from './policy.ts';

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

export function holdsMachine(held: MachinesHeld, machine: Machine): boolean {
  const site = whereaboutsOf(machine);
  const parts = ['account', 'subscription', 'region'] as const satisfies readonly (keyof Whereabouts)[];
  const isThere = parts.every((part) => held[part] === undefined || held[part].toLowerCase() === site[part]);
  const isInGroup = held.group === undefined || (site.group !== undefined && matchesName(held.group, site.group));
  return isThere && isInGroup && meansMachine(held, machine);
}

/** The ports that the file wants protected on a machine. Of two entries for a port, the first counts; a number is one port, as Defender has it. */
export function heldPorts(entries: readonly ProtectionEntry[], machine: Machine): readonly HeldPort[] {
  const first = new Map<number, HeldPort>();
  for (const { name, machines, ports } of entries) {
    if (!holdsMachine(machines, machine)) continue;
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
