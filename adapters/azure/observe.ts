import { JitError } from '../../src/core/errors.ts';
import { type MachineId, providerIdOf } from '../../src/core/machine.ts';
import { MANAGEMENT_PORTS, type Port, uniquePorts } from '../../src/core/port.ts';
import {
  type EffectivePort,
  type MarkedRule,
  type Observed,
  type Placement,
  placementKey,
  type StandingRule,
} from '../../src/core/rule.ts';
import type { MachineState, Protection } from '../../src/ports/cloud.ts';
import { type Azure, nowAt, siteOf } from './context.ts';
import { effectivePorts } from './effective.ts';
import { partsOf } from './ids.ts';
import { uniqueWays, waysTo } from './judge.ts';
import { readVm, type Vm } from './machine.ts';
import { nsgRulesIn } from './nsg/observe.ts';
import { protectionIn } from './nsg/protection.ts';
import { entryOf, orNoPlan, policyHolding, protectedPorts } from './policy.ts';
import {
  type Groups,
  located,
  merge,
  type Reading,
  read,
  readGroups,
  type Standing,
  spotOf,
  whereNow,
} from './reading.ts';
import { accessesOf, BACKEND as DEFENDER } from './records.ts';

/** What is at these placements and at all others that the records know, what else opens their ports, and whether these are open without us. */
export async function observe(
  azure: Azure,
  machine: MachineId,
  placements: readonly Placement[],
  signal: AbortSignal,
): Promise<Observed> {
  const reading = await read(azure, machine, placements, signal);
  const { site, vm, groups } = reading;
  const { ours, standing } = both(
    oursIn(
      reading,
      placements.filter(({ backend }) => backend === DEFENDER),
    ),
    nsgRulesIn(azure, machine, reading, placements),
  );
  const ports = placements.length > 0 ? uniquePorts(placements.map(({ rule }) => rule.port)) : MANAGEMENT_PORTS;
  const others = vm ? standingRules(vm, groups, ports, standing) : [];
  const byGroups = ports.map((port) => stateOf(port, others));
  // A port that the groups open is open. That one is closed is asked of the platform too, but only when something of
  // ours is gone: then it is the proof.
  const seen = new Set(ours.map((rule) => placementKey(rule.placement)));
  const proving = placements.some((placement) => !seen.has(placementKey(placement)));
  const closed = byGroups.filter(({ state }) => state === 'closed').map(({ port }) => port);
  const inEffect =
    vm && proving && closed.length > 0 ? await effectivePorts(azure, site, vm, closed, standing, signal) : [];
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
  readonly standing: readonly Standing[];
}

/**
 * A rule of Defender's is ours when a record bears our mark for it, or when it stands exactly where we had it written
 * and nobody else asks for the same: the record goes at its end, or with a policy that was written anew.
 */
function oursIn(reading: Reading, placements: readonly Placement[]): Ours {
  const where = merge([{ groups: [...reading.groups.keys()], addresses: reading.addresses }]);
  const known = [...reading.accesses.flatMap(({ ours }) => ours?.placement ?? []), ...placements];
  const ours: MarkedRule[] = [];
  const found: Standing[] = [];
  for (const placement of new Map(known.map((one) => [placementKey(one), one])).values()) {
    const { standing, complete, foreign, ours: record } = spotOf(reading, placement);
    if (standing.length === 0 || foreign) continue;
    found.push(...standing);
    // NB. Without an end it is opened again, or remarked: half of a rule opens nothing, and a record may be lost.
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

function both(one: Ours, other: Ours): Ours {
  return { ours: [...one.ours, ...other.ours], standing: [...one.standing, ...other.standing] };
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
  const groups = await readGroups(site, where.groups, signal);
  const entry = policy && entryOf(policy, machine);
  const byDefender: Protection | undefined = entry && { ports: protectedPorts(entry) };
  const protection = site.backend === DEFENDER ? byDefender : protectionIn(groups, vm, azure.installation);
  const accesses = policy ? accessesOf(policy, azure.marks).filter((access) => access.machine === machine) : [];
  const reading: Reading = { site, vm, accesses, groups, addresses: where.addresses, now: nowAt(azure, site) };
  const { standing } = both(oursIn(reading, []), nsgRulesIn(azure, machine, reading, []));
  const ports = protection?.ports.map(({ port }) => port) ?? MANAGEMENT_PORTS;
  return {
    machine: vm.machine,
    ...(protection ? { protection } : {}),
    standing: standingRules(vm, groups, ports, standing),
  };
}

/** What opens these ports besides `except`, as the rules of the groups say it. */
function standingRules(
  { faces }: Vm,
  groups: Groups,
  ports: readonly Port[],
  except: readonly Standing[],
): readonly StandingRule[] {
  const isOurs = (group: string, name: string) => except.some((one) => one.group === group && one.name === name);
  const ways = faces.flatMap(({ addresses, groups: guards }) => {
    const gates = guards.flatMap((id) => {
      const rules = groups.get(id);
      return rules ? [rules.filter(({ name }) => !isOurs(id, name))] : [];
    });
    return addresses.flatMap((address) => ports.flatMap((port) => waysTo(gates, address, port)));
  });
  return uniqueWays(ways);
}

function stateOf(port: Port, others: readonly StandingRule[]): EffectivePort {
  const open = others.find((way) => way.port === port);
  return open ? { port, state: 'open', through: open.through } : { port, state: 'closed' };
}
