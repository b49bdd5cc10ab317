import type { Instant } from '../../../src/core/language/instant.ts';
import { type MachineId, machineId } from '../../../src/core/machine/machine.ts';
import { parseSource } from '../../../src/core/rule/source.ts';
import type { Found } from '../../../src/ports/cloud.ts';
import type { Subscription } from '../arm/clients.ts';
import type { Azure } from '../arm/context.ts';
import type { ArmId } from '../arm/ids.ts';
import { lockOver, type ManagementLock, readLocks } from '../arm/locks.ts';
import type { Nic } from '../arm/machine.ts';
import type { SiteSurvey } from '../backend.ts';
import { allowRulesIn, leasesIn } from './lease-rules.ts';
import { isKeptByLock, isToBeTried } from './shut.ts';

/**
 * Every rule in these groups that is ours by place, with whose it is as far as its mark and addresses tell; and those that a
 * lock kept when they were over, as soon as no lock keeps them any more; once a day those that something else kept, and all of
 * them where locks may not be read.
 */
export async function rulesFound(
  azure: Azure,
  { site, network: { groups, nics } }: SiteSurvey,
  now: Instant,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  const { installation, marks } = azure;
  const owners = ownersAmong(nics);
  const kept = allowRulesIn(groups, installation, 'deny');
  const locks = kept.size > 0 ? await locksIn(azure, site, signal) : [];
  const free = [...kept].filter(([, all]) =>
    all.every((one) => (locks && isKeptByLock(one.rule) ? !lockOver(locks, one.group) : isToBeTried(azure, one))),
  );
  const leases = leasesIn(new Map([...free, ...allowRulesIn(groups, installation)]), {
    installation,
    marks,
    placements: new Map(),
    owners,
    claims: true,
  });
  return leases.map(({ placement, mark, until }) => ({
    placement,
    mark,
    ...(until === undefined ? {} : { until }),
    cloudNow: now,
  }));
}

/** Undefined where nobody can tell now: then those that a lock keeps wait, and everything else is found all the same. */
async function locksIn(
  { log }: Pick<Azure, 'log'>,
  site: Subscription,
  signal: AbortSignal,
): Promise<readonly ManagementLock[] | undefined> {
  try {
    return await readLocks(site, signal);
  } catch (error) {
    signal.throwIfAborted();
    log.warn(
      { subscription: site.id, error },
      'the management locks could not be read; the patrol goes on without them',
    );
    return undefined;
  }
}

/**
 * Tells which machines a rule for some addresses may be of, the likeliest first: several, where networks have the same
 * addresses. `at` is the group or firewall that it is in.
 */
export function ownersAmong(
  nics: ReadonlyMap<MachineId, readonly Nic[]>,
): (destinations: readonly string[], at: ArmId) => readonly MachineId[] {
  const machines = [...nics].map(([machine, own]) => ({
    machine,
    groups: new Set(own.flatMap((nic) => nic.groups)),
    addresses: new Set(own.flatMap((nic) => nic.addresses.map(parseSource))),
  }));
  return (destinations, at) => {
    const has = ({ addresses }: (typeof machines)[number]) =>
      destinations.some((text) => addresses.has(parseSource(text)));
    const near = machines.filter((one) => one.groups.has(at));
    const ordered = [...near.filter(has), ...machines.filter(has), ...near, ...machines].map(({ machine }) => machine);
    const nobody = gone(at);
    return [...new Set([...ordered, ...(nobody ? [nobody] : [])])];
  };
}

/** Who a rule is of whose machine is gone: it is closed by its own name. */
function gone(at: ArmId): MachineId | undefined {
  return machineId('azure', at.replace(/microsoft\.network\/.*$/, 'microsoft.compute/virtualmachines/gone'));
}
