import { type Port, samePort, uniquePorts } from '../../../src/core/rule/port.ts';
import { familyOf } from '../../../src/core/rule/source.ts';
import type { ProtectedPort, Protection } from '../../../src/ports/cloud.ts';
import type { Azure } from '../arm/context.ts';
import type { Vm } from '../arm/machine.ts';
import type { Groups } from '../arm/reading.ts';
import { protectionIn, readLimits, writeLimits } from '../nsg/protection.ts';
import type { Firewall, Firewalls } from './in-front.ts';
import { noteName } from './names.ts';
import type { Note } from './put-body.ts';
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

/** The protection of a machine with rules of our own, wherever it is written. */
export function protectionOf(
  groups: Groups,
  vm: Vm,
  firewalls: Firewalls,
  installation: string,
): Protection | undefined {
  const byRules = protectionIn(groups, vm, installation);
  const notes = notesIn(vm, firewalls);
  return byRules ?? (notes.length > 0 ? { ports: notes } : undefined);
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
export async function note(
  azure: Azure,
  vm: Vm,
  firewalls: Firewalls,
  { ports }: Protection,
  signal: AbortSignal,
): Promise<void> {
  const known = notesIn(vm, firewalls);
  const others = known.filter(({ port }) => !ports.some((one) => samePort(one.port, port)));
  await writeNotes(azure, vm, firewalls, [...ports, ...others], signal);
}

/** Takes the notes for a machine away, for these ports or all. */
export async function unnote(
  azure: Azure,
  vm: Vm,
  firewalls: Firewalls,
  signal: AbortSignal,
  ports?: readonly Port[],
): Promise<void> {
  const left = ports ? notesIn(vm, firewalls).filter(({ port }) => !ports.some((one) => samePort(one, port))) : [];
  await writeNotes(azure, vm, firewalls, left, signal);
}

/** Makes these the notes for the machine, and no others. */
async function writeNotes(
  azure: Azure,
  vm: Vm,
  firewalls: Firewalls,
  ports: readonly ProtectedPort[],
  signal: AbortSignal,
): Promise<void> {
  const allowed = { signal, beforeCall: () => signal.throwIfAborted() };
  for (const { firewall, address } of firewalledAddresses(vm, firewalls)) {
    const notes = notesFor(vm, address, ports);
    const change = (rules: readonly FirewallRule[]) => {
      const old = rules.filter((rule) => isNoteFor(rule, [address]) && !notes.some((one) => one.name === rule.name));
      const put = notes.filter((one) => !rules.some((rule) => isRight(rule, one)));
      return { put, remove: old.map(({ name }) => name) };
    };
    await writeUntil(azure, firewall.ruleSource.id, ({ rules }) => ({ notes: change(rules) }), allowed, false);
  }
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
function notesFor(vm: Vm, address: string, ports: readonly ProtectedPort[]): readonly Note[] {
  const alike = Map.groupBy(ports, ({ port, ...limits }) => `${port.protocol} ${writeLimits(limits)}`);
  return [...alike].map(([key, those]): Note => {
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

function isRight(rule: FirewallRule, { name, description, ports, address }: Note): boolean {
  return (
    rule.ours === 'note' &&
    rule.name === name &&
    rule.description === description &&
    String(rule.ports) === String(ports) &&
    String(rule.destinations) === address
  );
}
