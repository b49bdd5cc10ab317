import { JitError } from '../../../src/core/errors/errors.ts';
import { type MachineId, providerIdOf } from '../../../src/core/machine/machine.ts';
import { portText, samePort } from '../../../src/core/rule/port.ts';
import type { Placement, Rule } from '../../../src/core/rule/rule.ts';
import { familyOf, isAny, parseSource } from '../../../src/core/rule/source.ts';
import type { Opened, Opening } from '../../../src/ports/cloud.ts';
import type { Allowed } from '../arm/clients.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import { partsOf } from '../arm/ids.ts';
import { type Nic, readVm, type Vm } from '../arm/machine.ts';
import { located, readGroups, whereNow } from '../arm/reading.ts';
import { CLOUD } from '../errors.ts';
import { allowIn, describe } from '../nsg/allow.ts';
import { placeInGroups } from '../nsg/lease.ts';
import type { Guard } from '../nsg/lease-rules.ts';
import { isClosed, isKeptOut, isPrivate } from './evaluate.ts';
import { type Firewall, type Firewalls, firewallsBefore } from './in-front.ts';
import { placedAt } from './lease-rules.ts';
import { mappedPort } from './mapping.ts';
import { behindName, placementOn, ruleName } from './names.ts';
import { protectionOf } from './protection.ts';
import type { Edit, Filter, Translation } from './put-body.ts';
import type { RuleSource } from './rule-source.ts';
import type { FirewallRule, Role } from './rules.ts';
import { writeUntil } from './write.ts';

/** The address of a machine that a port of a firewall leads to. */
export interface LeaseTarget {
  readonly firewall: Firewall;
  readonly nic: Nic;
  readonly address: string;
  /** The client is inside the networks: nothing is translated, but the port is closed here, and the lease let through. */
  readonly isInside: boolean;
}

/**
 * Where a client from the internet gets in; undefined where no firewall stands, and for sources that come another way:
 * IPv6, which Azure Firewall does not know, and those inside the networks, unless the port was closed to these too.
 */
export function targetOf(
  { nics }: Pick<Vm, 'nics'>,
  firewalls: Firewalls,
  { source, port }: Pick<Rule, 'source' | 'port'>,
): LeaseTarget | undefined {
  if (familyOf(source) === 'ipv6') return undefined;
  const isInside = isPrivate(source);
  for (const nic of nics) {
    const firewall = firewalls.get(nic.id);
    const address = nic.addresses.find((one) => familyOf(one) === 'ipv4');
    if (firewall && address && (!isInside || isClosed(firewall.ruleSource.rules, port, address)))
      return { firewall, nic, address, isInside };
  }
  return undefined;
}

/** Where rules of one machine go: to the firewall on its route, and into the groups in front of it. */
export async function locate(azure: Azure, rules: readonly Rule[], signal: AbortSignal): Promise<readonly Placement[]> {
  const [first] = rules;
  if (!first) return [];
  const { vm, firewalls } = await readBehind(azure, first.machine, signal);
  const site = siteOf(azure, providerIdOf(first.machine));
  const groups = await readGroups(site, whereNow(vm).groups, signal);
  const ports = protectionOf(groups, vm, firewalls, azure.installation)?.ports.map(({ port }) => port) ?? [];
  return rules.map((rule) => {
    if (!ports.some((port) => samePort(port, rule.port))) {
      const known = ports.map(portText).join(', ') || 'nothing';
      throw new JitError('notProtected', { machine: vm.machine.name, port: portText(rule.port), protected: known });
    }
    const target = targetOf(vm, firewalls, rule);
    if (!target) return placeInGroups(vm, rule);
    mustPass(target, rule, vm);
    return locatedAt(placementOn(rule), target);
  });
}

/** Makes rules be there, with their marks: first on the firewalls, all of one in one call, then in the groups behind them. */
export async function open(azure: Azure, openings: readonly Opening[], allowed: Allowed): Promise<readonly Opened[]> {
  const ready: Ready[] = [];
  for (const [machine, those] of Map.groupBy(openings, ({ placement }) => placement.rule.machine)) {
    const { vm, firewalls } = await readBehind(azure, machine, allowed.signal);
    for (const opening of those) {
      const { rule } = opening.placement;
      const target = targetOf(vm, firewalls, rule);
      if (!target) throw new JitError('machineUnreachable', { machine: vm.machine.name });
      mustPass(target, rule, vm);
      ready.push({ opening, target, existed: undefined, written: 0, connect: '' });
    }
  }
  for (const [ruleSource, those] of Map.groupBy(ready, ({ target }) => target.firewall.ruleSource.id))
    await writeUntil(azure, ruleSource, (read) => editFor(azure, those, read), allowed);
  const opened: Opened[] = [];
  for (const one of ready) opened.push(await openBehind(azure, one, allowed));
  return opened;
}

/** An opening on its way, with what is known of it since. */
interface Ready {
  readonly opening: Opening;
  readonly target: LeaseTarget;
  existed: boolean | undefined;
  written: number;
  connect: string;
}

async function readBehind(azure: Azure, machine: MachineId, signal: AbortSignal) {
  const vm = await readVm(siteOf(azure, providerIdOf(machine)), machine, signal);
  if (!vm) throw new JitError('machineGone', { machine: partsOf(machine).name });
  return { vm, firewalls: await firewallsBefore(azure, vm, signal) };
}

function mustPass({ firewall, address, isInside }: LeaseTarget, rule: Rule, { machine }: Vm): void {
  if (!isInside && firewall.addresses.length === 0) throw new JitError('machineUnreachable', { machine: machine.name });
  if (isKeptOut(firewall, rule, address))
    throw new JitError('cloudRefused', { cloud: CLOUD, code: 'FirewallRuleDenies' });
}

/** What of these is not on the firewall as it is to be. */
function editFor(azure: Azure, all: readonly Ready[], { rules }: RuleSource): Edit {
  const leases: Translation[] = [];
  const passes: Filter[] = [];
  let known = rules;
  for (const one of all) {
    const { opening, target } = one;
    const name = ruleName(opening.placement);
    const of = (role: Role) => rules.find((rule) => rule.ours === role && rule.name === name);
    const before = of('lease');
    one.existed ??= before !== undefined || of('pass') !== undefined;
    const put = leases.length + passes.length;
    if (!target.isInside) {
      const wanted = translationFor(azure, one, known, before);
      one.connect = `${wanted.address}:${wanted.port}`;
      if (!before || !isRight(azure, before, wanted, opening)) {
        leases.push(wanted);
        // The next one of the same call must not get the same port.
        known = [...known.filter((rule) => rule !== before), asRule(wanted)];
      }
    }
    if (isClosed(rules, opening.placement.rule.port, target.address)) {
      const wanted = passFor(azure, one);
      const there = of('pass');
      if (!there || !isRightPass(azure, there, wanted, opening)) passes.push(wanted);
    }
    one.written += leases.length + passes.length - put;
  }
  return { leases: { put: leases, remove: [] }, passes: { put: passes, remove: [] } };
}

/** What lets a lease through where the port is closed to everybody: a deny also stops what was translated. */
function passFor(azure: Azure, { opening, target }: Ready): Filter {
  const { rule } = opening.placement;
  return {
    name: ruleName(opening.placement),
    description: describe(azure, opening, `from=${rule.source}`),
    protocol: rule.port.protocol,
    source: isAny(rule.source) ? '*' : rule.source,
    address: target.address,
    ports: [rule.port.number],
  };
}

function isRightPass({ marks }: Azure, found: FirewallRule, wanted: Filter, { placement, until }: Opening): boolean {
  const { sources, destinations, ports, protocols } = found;
  return (
    marks.verify(found.description, placement).until === until &&
    String(sources.map(parseSource)) === String(parseSource(wanted.source)) &&
    String(destinations) === wanted.address &&
    String(ports) === String(wanted.ports) &&
    String(protocols) === wanted.protocol
  );
}

function translationFor(
  azure: Azure,
  { opening, target }: Ready,
  rules: readonly FirewallRule[],
  before: FirewallRule | undefined,
): Translation {
  const { rule } = opening.placement;
  const { firewall, address: to } = target;
  const kept = before?.destinations[0] ?? '';
  const [first = ''] = firewall.addresses;
  const address = firewall.addresses.includes(kept) ? kept : first;
  const keptPort = address === kept ? Number(before?.ports[0]) || undefined : undefined;
  const others = rules.filter((one) => one !== before);
  return {
    name: ruleName(opening.placement),
    description: describe(azure, opening, `from=${rule.source}`),
    protocol: rule.port.protocol,
    source: isAny(rule.source) ? '*' : rule.source,
    address,
    port: mappedPort(others, { address, addresses: firewall.addresses.length, to, before: keptPort }, rule),
    to: { address: to, port: rule.port.number },
  };
}

function isRight({ marks }: Azure, found: FirewallRule, wanted: Translation, { placement, until }: Opening): boolean {
  const { sources, destinations, ports, protocols, to } = found;
  return (
    marks.verify(found.description, placement).until === until &&
    String(sources.map(parseSource)) === String(parseSource(wanted.source)) &&
    String(destinations) === wanted.address &&
    String(ports) === String(wanted.port) &&
    String(protocols) === wanted.protocol &&
    to?.address === wanted.to.address &&
    to.port === String(wanted.to.port)
  );
}

function asRule({ name, description, protocol, source, address, port, to }: Translation): FirewallRule {
  return {
    kind: 'nat',
    access: 'allow',
    path: name,
    name,
    description,
    protocols: [protocol],
    sources: [source],
    destinations: [address],
    ports: [String(port)],
    to: { address: to.address, port: String(to.port) },
    ours: 'lease',
  };
}

/** The groups let in what the firewall translates; it comes from the firewall's subnet, whoever the client is. */
async function openBehind(azure: Azure, ready: Ready, allowed: Allowed): Promise<Opened> {
  const { opening, target, connect } = ready;
  const { placement, until } = opening;
  const { rule } = placement;
  const name = behindName(azure.installation, placement);
  const description = describe(azure, opening, `from=${rule.source}`);
  const allow = {
    name,
    placement,
    until,
    port: rule.port,
    sources: target.isInside ? [rule.source] : target.firewall.inside,
    description,
  };
  let { written, existed = false } = ready;
  for (const guard of guardsBehind(target)) {
    const one = await allowIn(azure, siteOf(azure, guard.group), guard, allow, allowed);
    written += one.written;
    existed ||= one.existed;
  }
  return {
    placement: { ...locatedAt(placement, target), id: ruleName(placement) },
    outcome: written === 0 ? 'present' : existed ? 'remarked' : 'opened',
    ...(connect === '' ? {} : { connect }),
  };
}

/** The groups in front of the one address that the firewall leads to. */
export function guardsBehind({ nic, address }: LeaseTarget): readonly Guard[] {
  return nic.groups.map((group) => ({ group, addresses: [address] }));
}

function locatedAt(placement: Placement, { firewall, nic, address }: LeaseTarget): Placement {
  return placedAt(located(placement, { groups: nic.groups, addresses: [address] }), [firewall.ruleSource.id]);
}
