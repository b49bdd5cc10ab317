import { JitError } from '../../src/core/errors/errors.ts';
import { type MachineId, providerIdOf } from '../../src/core/machine/machine.ts';
import { MANAGEMENT_PORTS, type Port, uniquePorts } from '../../src/core/rule/port.ts';
import {
  type EffectivePort,
  type MarkedRule,
  type Observed,
  type Placement,
  placementKey,
  type StandingRule,
} from '../../src/core/rule/rule.ts';
import type { MachineState, Protection } from '../../src/ports/cloud.ts';
import { type Azure, nowAt, siteOf } from './arm/context.ts';
import { effectivePorts } from './arm/effective.ts';
import { uniqueWays } from './arm/evaluate.ts';
import { partsOf } from './arm/ids.ts';
import { readVm, type Vm } from './arm/machine.ts';
import {
  type GroupRule,
  type Groups,
  located,
  merge,
  type Reading,
  read,
  readBehind,
  readFlushing,
  spotOf,
  whereNow,
} from './arm/reading.ts';
import { entryOf, orNoPlan, policyHolding, protectedPorts } from './defender/policy.ts';
import { accessesOf, BACKEND as DEFENDER } from './defender/records.ts';
import { firewallRulesIn } from './firewall/observe.ts';
import { protectionOf } from './firewall/protection.ts';
import { nsgRulesIn } from './nsg/observe.ts';
import { type InFront, waysInto } from './standing.ts';

/** What is at these placements and at all others that the records know, what else opens their ports, and whether these are open without us. */
export async function observe(
  azure: Azure,
  machine: MachineId,
  placements: readonly Placement[],
  signal: AbortSignal,
): Promise<Observed> {
  const reading = await read(azure, machine, placements, signal);
  const { site, vm, groups } = reading;
  const { ours, standing } = together([
    oursIn(
      reading,
      placements.filter(({ backend }) => backend === DEFENDER),
    ),
    nsgRulesIn(azure, machine, reading, placements),
    firewallRulesIn(azure, machine, reading, placements),
  ]);
  const inFront = inFrontOf(azure, reading, standing);
  const ports = placements.length > 0 ? uniquePorts(placements.map(({ rule }) => rule.port)) : MANAGEMENT_PORTS;
  const others = vm ? standingRules(vm, groups, ports, inFront) : [];
  const byGroups = ports.map((port) => stateOf(port, others));
  // A port that the groups open is open. That one is closed is asked of the platform too, but only when something of
  // ours is gone: then it is the proof.
  const seen = new Set(ours.map((rule) => placementKey(rule.placement)));
  const proving = placements.some((placement) => !seen.has(placementKey(placement)));
  const closed = byGroups.filter(({ state }) => state === 'closed').map(({ port }) => port);
  // Where no group stands only the firewall decides, and that was read.
  const isGuarded = vm?.nics.some((nic) => nic.groups.length > 0);
  const inEffect =
    vm && isGuarded && proving && closed.length > 0
      ? await effectivePorts(azure, site, vm, closed, inFront, signal)
      : [];
  const cloudNow = site.cloudNow();
  return {
    ours,
    others,
    effective: byGroups.map((state) => inEffect.find(({ port }) => port === state.port) ?? state),
    ...(cloudNow === undefined ? {} : { cloudNow }),
  };
}

export interface Ours {
  readonly ours: readonly MarkedRule[];
  readonly standing: readonly GroupRule[];
}

/**
 * A rule of Defender's is ours when a record bears our mark for it, or when it stands exactly where we had it written
 * and nobody else asks for the same: the record goes at its end, or with a policy that was written anew.
 */
function oursIn(reading: Reading, placements: readonly Placement[]): Ours {
  const where = merge([{ groups: [...reading.groups.keys()], addresses: reading.addresses }]);
  const known = [...reading.accesses.flatMap(({ ours }) => ours?.placement ?? []), ...placements];
  const ours: MarkedRule[] = [];
  const found: GroupRule[] = [];
  for (const placement of new Map(known.map((one) => [placementKey(one), one])).values()) {
    const { standing, complete, foreign, ours: record } = spotOf(reading, placement);
    if (standing.length === 0 || foreign) continue;
    found.push(...standing);
    // NB. Without an end it is opened again, or remarked: part of a rule opens nothing, and a record may be lost.
    const until = complete && record?.status !== 'Revoked' ? record?.ours?.until : undefined;
    ours.push({
      placement: located(placement, where),
      mark: 'valid',
      fixedEnd: true,
      ...(until === undefined ? {} : { until }),
    });
  }
  return { ours, standing: found };
}

function together(all: readonly Ours[]): Ours {
  return { ours: all.flatMap(({ ours }) => ours), standing: all.flatMap(({ standing }) => standing) };
}

function inFrontOf({ installation }: Azure, { firewalls }: Reading, standing: readonly GroupRule[]): InFront {
  const isOurs = (group: string | undefined, name: string) =>
    standing.some((one) => one.group === group && one.name === name);
  return { installation, firewalls, isOurs };
}

/** One machine with its protection, and what else opens its protected ports (the management ports, when there is none). */
export async function look(azure: Azure, machine: MachineId, signal: AbortSignal): Promise<MachineState> {
  const site = siteOf(azure, providerIdOf(machine));
  const [vm, policy] = await Promise.all([
    readVm(site, machine, signal),
    site.backend === DEFENDER ? orNoPlan(policyHolding(site, machine, signal)) : undefined,
  ]);
  if (!vm) throw new JitError('machineGone', { machine: partsOf(machine).name });
  const where = whereNow(vm);
  const [{ groups, flushing }, behind] = await Promise.all([
    readFlushing(site, where.groups, signal),
    readBehind(azure, vm, [], signal),
  ]);
  const entry = policy && entryOf(policy, machine);
  const byDefender: Protection | undefined = entry && { ports: protectedPorts(entry) };
  const protection =
    site.backend === DEFENDER ? byDefender : protectionOf(groups, vm, behind.firewalls, azure.installation);
  const accesses = policy ? accessesOf(policy, azure.marks).filter((access) => access.machine === machine) : [];
  const now = nowAt(azure, site);
  const reading: Reading = { site, vm, accesses, groups, addresses: where.addresses, now, ...behind };
  const { standing } = together([
    oursIn(reading, []),
    nsgRulesIn(azure, machine, reading, []),
    firewallRulesIn(azure, machine, reading, []),
  ]);
  const ports = protection?.ports.map(({ port }) => port) ?? MANAGEMENT_PORTS;
  return {
    machine: vm.machine,
    ...(protection ? { protection } : {}),
    standing: standingRules(vm, groups, ports, inFrontOf(azure, reading, standing)),
    // Traffic passes all groups of an interface: one that cuts is enough, as our rule stands in each.
    ...(vm.nics.length > 0 && vm.nics.every((nic) => nic.groups.some((id) => flushing.has(id)))
      ? { cutsSessions: true }
      : {}),
  };
}

/** What opens these ports, as the rules of the groups and firewalls say it. */
function standingRules(
  { nics }: Vm,
  groups: Groups,
  ports: readonly Port[],
  inFront: InFront,
): readonly StandingRule[] {
  const ways = nics.flatMap((nic) => {
    const gates = nic.groups.flatMap((group) => {
      const rules = groups.get(group);
      return rules ? [{ group, rules }] : [];
    });
    return waysInto(nic, gates, ports, inFront);
  });
  return uniqueWays(ways);
}

function stateOf(port: Port, others: readonly StandingRule[]): EffectivePort {
  const open = others.find((way) => way.port === port);
  return open ? { port, state: 'open', through: open.through } : { port, state: 'closed' };
}
