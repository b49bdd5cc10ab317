import type { NetworkInterface, NetworkSecurityGroup } from '@azure/arm-network';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import { type MachineId, machineId } from '../../../src/core/machine/machine.ts';
import type { Subscription } from './clients.ts';
import type { Groups } from './groups.ts';
import { armIds } from './ids.ts';
import { type Nic, subnetsOf, toNic } from './machine.ts';
import { rulesOf } from './nsg-rules.ts';

const LIST_MS = 30 * SECOND_MS;

/** All groups and interfaces of a subscription: two lists, however many machines there are. */
export interface SiteNetwork {
  readonly groups: Groups;
  readonly nics: ReadonlyMap<MachineId, readonly Nic[]>;
}

export async function readSiteNetwork(site: Subscription, signal: AbortSignal): Promise<SiteNetwork> {
  const [groups, interfaces] = await Promise.all([
    allGroups(site, signal),
    site.read(signal, ({ network }, options) => Array.fromAsync(network.networkInterfaces.listAll(options)), LIST_MS),
  ]);
  return { groups: rulesIn(groups), nics: nicsOf(groups, interfaces) };
}

/** All groups of a subscription. */
export async function listGroups(site: Subscription, signal: AbortSignal): Promise<Groups> {
  return rulesIn(await allGroups(site, signal));
}

function allGroups(site: Subscription, signal: AbortSignal): Promise<readonly NetworkSecurityGroup[]> {
  return site.read(
    signal,
    ({ network }, options) => Array.fromAsync(network.networkSecurityGroups.listAll(options)),
    LIST_MS,
  );
}

function rulesIn(groups: readonly NetworkSecurityGroup[]): Groups {
  return new Map(groups.map((group) => [(group.id ?? '').toLowerCase(), rulesOf(group)]));
}

function nicsOf(
  groups: readonly NetworkSecurityGroup[],
  interfaces: readonly NetworkInterface[],
): ReadonlyMap<MachineId, readonly Nic[]> {
  const bySubnet = new Map(
    groups.flatMap(({ id, subnets = [] }) => armIds(subnets.map((subnet) => subnet.id)).map((subnet) => [subnet, id])),
  );
  const nics = new Map<MachineId, Nic[]>();
  for (const read of interfaces) {
    const machine = machineId('azure', read.virtualMachine?.id ?? '');
    if (!machine) continue;
    const subnets = subnetsOf(read).map((id) => ({ id, group: bySubnet.get(id) }));
    const nic = toNic((read.id ?? '').toLowerCase(), read, subnets);
    nics.set(machine, [...(nics.get(machine) ?? []), nic]);
  }
  return nics;
}

/** The groups in front of some interfaces. */
export function groupsBefore({ groups }: SiteNetwork, nics: readonly Nic[]): Groups {
  return new Map(nics.flatMap((nic) => nic.groups).map((id) => [id, groups.get(id) ?? []]));
}
