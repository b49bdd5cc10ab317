import type { MachineId } from '../../src/core/machine/machine.ts';
import { MANAGEMENT_PORTS, type Port, uniquePorts } from '../../src/core/rule/port.ts';
import {
  type EffectivePort,
  type Observed,
  type Placement,
  placementKey,
  type StandingRule,
} from '../../src/core/rule/rule.ts';
import type { MachineState } from '../../src/ports/cloud.ts';
import type { Azure } from './arm/context.ts';
import { uniqueWays } from './arm/evaluate.ts';
import type { Groups } from './arm/groups.ts';
import type { Vm } from './arm/machine.ts';
import { effectivePorts } from './effective.ts';
import { lockState } from './locks.ts';
import { type Look, readLook, readPresentLook } from './reading.ts';
import { type InFront, waysInto } from './standing.ts';

/** What is at these placements and at all others that bear our mark, what else opens their ports, and whether these are open without us. */
export async function observe(
  azure: Azure,
  machine: MachineId,
  placements: readonly Placement[],
  signal: AbortSignal,
): Promise<Observed> {
  const look = await readLook(azure, machine, placements, signal);
  const { site, vm, groups } = look.seen;
  const { ours } = look.own;
  const inFront = inFrontOf(azure, look);
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
      ? await effectivePorts(azure, { vm, ports: closed, inFront }, signal)
      : [];
  const cloudNow = site.cloudNow();
  return {
    ours,
    others,
    effective: byGroups.map((state) => inEffect.find(({ port }) => port === state.port) ?? state),
    ...(cloudNow === undefined ? {} : { cloudNow }),
  };
}

/** One machine with its protection, and what else opens its protected ports (the management ports, when there is none). */
export async function look(azure: Azure, machine: MachineId, signal: AbortSignal): Promise<MachineState> {
  const found = await readPresentLook(azure, machine, signal);
  const { vm, groups, flushing } = found.seen;
  const locked = await lockState(azure, found, signal);
  const protection = found.current.protection(found.seen);
  const ports = protection?.ports.map(({ port }) => port) ?? MANAGEMENT_PORTS;
  return {
    machine: vm.machine,
    ...(vm.identity === undefined ? {} : { identity: vm.identity }),
    ...(protection ? { protection } : {}),
    standing: standingRules(vm, groups, ports, inFrontOf(azure, found)),
    // Traffic passes all groups of an interface: one that cuts is enough, as our rule stands in each.
    ...(vm.nics.length > 0 && vm.nics.every((nic) => nic.groups.some((id) => flushing.has(id)))
      ? { cutsSessions: true }
      : {}),
    ...locked,
  };
}

function inFrontOf({ installation }: Azure, { seen, own }: Look): InFront {
  const isOurs = (group: string | undefined, name: string) =>
    own.written.some((one) => one.group === group && one.name === name);
  return { installation, firewalls: seen.firewalls, isOurs };
}

/** What opens these ports, as the rules of the groups and firewalls say it. */
function standingRules(
  { nics }: Vm,
  groups: Groups,
  ports: readonly Port[],
  inFront: InFront,
): readonly StandingRule[] {
  const ways = nics.flatMap((nic) => {
    const named = nic.groups.flatMap((group) => {
      const rules = groups.get(group);
      return rules ? [{ group, rules }] : [];
    });
    return waysInto(nic, named, ports, inFront);
  });
  return uniqueWays(ways);
}

function stateOf(port: Port, others: readonly StandingRule[]): EffectivePort {
  const open = others.find((way) => way.port === port);
  return open ? { port, state: 'open', through: open.through } : { port, state: 'closed' };
}
