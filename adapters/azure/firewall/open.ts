import { JitError } from '../../../src/core/errors/errors.ts';
import { isAny, parseSource } from '../../../src/core/rule/source.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import type { Opened, Opening } from '../../../src/ports/cloud.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import { readPresent } from '../arm/reading.ts';
import { allowIn, describe } from '../nsg/allow.ts';
import { firewallsBefore } from './in-front.ts';
import { guardsBehind, type LeaseTarget, locatedAt, mustPass, targetOf } from './locate.ts';
import { mappedPort } from './mapping.ts';
import { behindName, ruleName } from './names.ts';
import type { DnatRule, NetworkFilter, SourceEdit } from './put-body.ts';
import type { RuleSource } from './rule-source.ts';
import type { FirewallRule, RuleRole } from './rules.ts';
import { isClosed } from './through.ts';
import { writeUntil } from './write.ts';

/** Makes rules be there, with their marks: first on the firewalls, all of one in one call, then in the groups behind them. */
export async function open(azure: Azure, openings: readonly Opening[], allowed: Allowed): Promise<readonly Opened[]> {
  const ready: Ready[] = [];
  for (const [machine, those] of Map.groupBy(openings, ({ placement }) => placement.rule.machine)) {
    const vm = await readPresent(azure, machine, allowed.signal);
    const firewalls = await firewallsBefore(azure, vm, allowed.signal);
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

/** What of these is not on the firewall as it is to be. */
function editFor(azure: Azure, all: readonly Ready[], { rules }: RuleSource): SourceEdit {
  const leases: DnatRule[] = [];
  const passes: NetworkFilter[] = [];
  let known = rules;
  for (const one of all) {
    const { opening, target } = one;
    const name = ruleName(opening.placement);
    const of = (role: RuleRole) => rules.find((rule) => rule.ours === role && rule.name === name);
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
function passFor(azure: Azure, { opening, target }: Ready): NetworkFilter {
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

function isRightPass(
  { marks }: Azure,
  found: FirewallRule,
  wanted: NetworkFilter,
  { placement, until }: Opening,
): boolean {
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
): DnatRule {
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

function isRight({ marks }: Azure, found: FirewallRule, wanted: DnatRule, { placement, until }: Opening): boolean {
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

function asRule({ name, description, protocol, source, address, port, to }: DnatRule): FirewallRule {
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
