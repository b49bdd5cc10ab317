import { type Port, samePort, uniquePorts } from '../../../src/core/rule/port.ts';
import { familyOf } from '../../../src/core/rule/source.ts';
import { allowedUntil } from '../../../src/kit/call.ts';
import type { ProtectedPort, Protection } from '../../../src/ports/cloud.ts';
import type { Azure } from '../arm/context.ts';
import type { Vm } from '../arm/machine.ts';
import { readLimits, writeLimits } from '../nsg/protection.ts';
import type { Firewall, Firewalls } from './in-front.ts';
import { noteName } from './names.ts';
import type { ProtectionNote } from './put-body.ts';
import type { FirewallRule } from './rules.ts';
import { writeUntil } from './write.ts';

/**
 * The protection of a machine as our notes on the firewalls in front of it tell it: a machine that no group guards has no
 * other place for it.
 */
function notesIn({ nics }: Pick<Vm, 'nics'>, firewalls: Firewalls): readonly ProtectedPort[] {
  const ports = nics.flatMap(({ id, addresses }) => {
    const rules = firewalls.get(id)?.ruleSource.rules ?? [];
    return rules.filter((rule) => isNoteFor(rule, addresses)).flatMap(portsOf);
  });
  const unique = ports.filter((port, i) => ports.findIndex((one) => samePort(one.port, port.port)) === i);
  return unique.sort((a, b) => a.port.number - b.port.number);
}

/** The protection that is noted there; undefined when there is none. */
export function protectionIn({ vm, firewalls }: FirewalledMachine): Protection | undefined {
  const ports = notesIn(vm, firewalls);
  return ports.length > 0 ? { ports } : undefined;
}

function isNoteFor({ kind, ours, destinations }: FirewallRule, addresses: readonly string[]): boolean {
  return kind === 'network' && ours === 'note' && destinations.some((one) => addresses.includes(one));
}

function portsOf({ description, ports, protocols }: FirewallRule): readonly ProtectedPort[] {
  const limits = readLimits(description);
  const protocol = protocols.includes('udp') ? 'udp' : 'tcp';
  return limits ? ports.map((number) => ({ port: { number: Number(number), protocol }, ...limits })) : [];
}

/** Notes on the firewalls in front of a machine what of it is protected, besides what is noted already. */
export async function protect(
  azure: Azure,
  machine: FirewalledMachine,
  { ports }: Protection,
  signal: AbortSignal,
): Promise<void> {
  const known = notesIn(machine.vm, machine.firewalls);
  const others = known.filter(({ port }) => !ports.some((one) => samePort(one.port, port)));
  await writeNotes(azure, machine, [...ports, ...others], signal);
}

/** Takes the notes for a machine away, for these ports or all. */
export async function unprotect(
  azure: Azure,
  machine: FirewalledMachine,
  ports: readonly Port[] | undefined,
  signal: AbortSignal,
): Promise<void> {
  const known = notesIn(machine.vm, machine.firewalls);
  const left = ports ? known.filter(({ port }) => !ports.some((one) => samePort(one, port))) : [];
  await writeNotes(azure, machine, left, signal);
}

/** Makes these the notes for the machine, and no others. */
async function writeNotes(
  azure: Azure,
  { vm, firewalls }: FirewalledMachine,
  ports: readonly ProtectedPort[],
  signal: AbortSignal,
): Promise<void> {
  const allowed = allowedUntil(signal);
  for (const { firewall, address } of firewalledAddresses(vm, firewalls)) {
    const notes = notesFor(vm, address, ports);
    const change = (rules: readonly FirewallRule[]) => {
      const old = rules.filter((rule) => isNoteFor(rule, [address]) && !notes.some((one) => one.name === rule.name));
      const put = notes.filter((one) => !rules.some((rule) => isRight(rule, one)));
      return { put, remove: old.map(({ name }) => name) };
    };
    await writeUntil(azure, firewall.ruleSource.id, ({ rules }) => ({ notes: change(rules) }), allowed, 'written');
  }
}

/** A machine with the firewalls in front of it. */
export interface FirewalledMachine {
  readonly vm: Vm;
  readonly firewalls: Firewalls;
}

/** An address of the machine behind a firewall. */
export interface FirewalledAddress {
  readonly firewall: Firewall;
  readonly address: string;
}

export function firewalledAddresses({ nics }: Pick<Vm, 'nics'>, firewalls: Firewalls): readonly FirewalledAddress[] {
  return nics.flatMap(({ id, addresses }) => {
    const firewall = firewalls.get(id);
    const own = addresses.filter((address) => familyOf(address) === 'ipv4');
    return firewall ? own.map((address) => ({ firewall, address })) : [];
  });
}

/** One note for the ports with one protocol and the same limits. */
function notesFor(vm: Vm, address: string, ports: readonly ProtectedPort[]): readonly ProtectionNote[] {
  const alike = Map.groupBy(ports, ({ port, ...limits }) => `${port.protocol} ${writeLimits(limits)}`);
  return [...alike].map(([key, those]): ProtectionNote => {
    const { protocol } = those[0]?.port ?? ({ protocol: 'tcp' } satisfies Pick<Port, 'protocol'>);
    return {
      name: noteName([vm.machine.id, address, key]),
      description: key.slice(protocol.length + 1),
      protocol,
      address,
      ports: uniquePorts(those.map(({ port }) => port)).map(({ number }) => number),
    };
  });
}

function isRight(rule: FirewallRule, { name, description, ports, address }: ProtectionNote): boolean {
  return (
    rule.ours === 'note' &&
    rule.name === name &&
    rule.description === description &&
    String(rule.ports) === String(ports) &&
    String(rule.destinations) === address
  );
}
