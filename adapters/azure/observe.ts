import type { MachineId } from '../../src/core/machine/machine.ts';
import { MANAGEMENT_PORTS, uniquePorts } from '../../src/core/rule/port.ts';
import { type Observed, type Placement, placementKey, type Rule } from '../../src/core/rule/rule.ts';
import type { MachineState } from '../../src/ports/cloud.ts';
import { addressesOf, unreadAddresses } from './addresses.ts';
import type { Azure } from './arm/context.ts';
import { effectivePorts } from './effective.ts';
import { hindrancesOf } from './hindrances.ts';
import { locateIn } from './locate.ts';
import { lockState } from './locks.ts';
import { type Look, readLook, readPresentLook } from './reading.ts';
import { type InFront, type Standing, standingOf } from './standing.ts';
import { unreadBefore } from './unread.ts';

interface Observing {
  readonly machine: MachineId;
  readonly placements: readonly Placement[];
  /** May the platform be asked what is in effect? It takes seconds. */
  readonly proves: boolean;
}

/** What is at these placements and at all others that bear our mark, what else opens their ports, and whether these are open without us. */
export async function observe(
  azure: Azure,
  { machine, placements, proves }: Observing,
  signal: AbortSignal,
): Promise<Observed> {
  const look = await readLook(azure, machine, placements, signal);
  const { site, vm } = look.seen;
  const { ours } = look.own;
  const inFront = inFrontOf(azure, look);
  const ports = placements.length > 0 ? uniquePorts(placements.map(({ rule }) => rule.port)) : MANAGEMENT_PORTS;
  const gone: Standing = { ways: [], ports: ports.map((port) => ({ port, state: 'closed' })) };
  const standing = vm ? standingOf(vm, ports, inFront) : gone;
  // A port that is seen to be open is open. That one is closed is asked of the platform too, but only when something of
  // ours is gone: then it is the proof.
  const seen = new Set(ours.map((rule) => placementKey(rule.placement)));
  const proving = proves && placements.some((placement) => !seen.has(placementKey(placement)));
  const closed = standing.ports.filter(({ state }) => state === 'closed').map(({ port }) => port);
  // Where no group stands only the firewall decides, and that was read.
  const isGuarded = vm?.nics.some((nic) => nic.groups.length > 0);
  const inEffect =
    vm && isGuarded && proving && closed.length > 0
      ? await effectivePorts(azure, { vm, ports: closed, inFront }, signal)
      : [];
  const cloudNow = site.cloudNow();
  return {
    ours,
    others: standing.ways,
    effective: standing.ports.map((state) => inEffect.find(({ port }) => port === state.port) ?? state),
    ...(cloudNow === undefined ? {} : { cloudNow }),
  };
}

/**
 * Flow logs of virtual networks write a record for each flow, and none for a minute without any: nothing tells a minute without flows
 * from one that is lost ("Virtual network flow logs", Log format).
 */
const USAGE_UNTOLD = 'Azure’s flow logs do not tell where they have gaps';

/** One machine with its protection, and what else opens its protected ports (the management ports, when there is none). */
export async function look(azure: Azure, machine: MachineId, signal: AbortSignal): Promise<MachineState> {
  const found = await readPresentLook(azure, machine, signal);
  const { vm, flushing } = found.seen;
  const locked = await lockState(azure, found, signal);
  const protection = found.current.protection(found.seen);
  const ports = protection?.ports.map(({ port }) => port) ?? MANAGEMENT_PORTS;
  const inFront = inFrontOf(azure, found);
  const { keptOut, warnings } = hindrancesOf(vm, ports, inFront);
  const warned = [...(locked.warnings ?? []), ...warnings, ...unreadAddresses(vm, found.networks)];
  const unread = unreadBefore(found.seen);
  const against = [...(unread ? [unread] : []), ...(locked.against ?? [])];
  return {
    machine: vm.machine,
    ...(vm.identity === undefined ? {} : { identity: vm.identity }),
    ...(protection ? { protection } : {}),
    standing: standingOf(vm, ports, inFront).ways,
    addresses: addressesOf(vm, found.seen.firewalls, found.networks),
    // Traffic passes all groups of an interface: one that cuts is enough, as our rule stands in each.
    ...(vm.nics.length > 0 && vm.nics.every((nic) => nic.groups.some((id) => flushing.has(id)))
      ? { cutsSessions: true }
      : {}),
    usageUntold: USAGE_UNTOLD,
    keptOut,
    // The ports of a firewall that lead to machines are taken by accesses to all of them: there it is read again.
    ...(found.seen.firewalls.size === 0
      ? { locate: (rules: readonly Rule[], within: AbortSignal) => locateIn(azure, found, rules, within) }
      : {}),
    ...(against.length > 0 ? { against } : {}),
    ...(warned.length > 0 ? { warnings: warned } : {}),
  };
}

function inFrontOf({ installation }: Azure, { seen, own, networks, leading }: Look): InFront {
  const isOurs = (group: string | undefined, name: string) =>
    own.written.some((one) => one.group === group && one.name === name);
  return { installation, groups: seen.groups, firewalls: seen.firewalls, leading, networks, isOurs };
}
