import type { NetworkInterface, NetworkSecurityGroup } from '@azure/arm-network';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import { type MachineId, machineId } from '../../../src/core/machine/machine.ts';
import type { Subscription } from './clients.ts';
import { armIds } from './ids.ts';
import { type Face, subnetsOf, toFace } from './machine.ts';
import { rulesOf } from './nsg-rules.ts';
import type { Groups } from './reading.ts';

const LIST_MS = 30 * SECOND_MS;

/** All groups and interfaces of a subscription: two lists, however many machines there are. */
export interface Network {
  readonly groups: Groups;
  readonly faces: ReadonlyMap<MachineId, readonly Face[]>;
}

export async function readNetwork(site: Subscription, signal: AbortSignal): Promise<Network> {
  const [groups, nics] = await Promise.all([
    site.read(
      signal,
      ({ network }, options) => Array.fromAsync(network.networkSecurityGroups.listAll(options)),
      LIST_MS,
    ),
    site.read(signal, ({ network }, options) => Array.fromAsync(network.networkInterfaces.listAll(options)), LIST_MS),
  ]);
  return {
    groups: new Map(groups.map((group) => [(group.id ?? '').toLowerCase(), rulesOf(group)])),
    faces: facesOf(groups, nics),
  };
}

function facesOf(
  groups: readonly NetworkSecurityGroup[],
  nics: readonly NetworkInterface[],
): ReadonlyMap<MachineId, readonly Face[]> {
  const bySubnet = new Map(
    groups.flatMap(({ id, subnets = [] }) => armIds(subnets.map((subnet) => subnet.id)).map((subnet) => [subnet, id])),
  );
  const faces = new Map<MachineId, Face[]>();
  for (const nic of nics) {
    const machine = machineId('azure', nic.virtualMachine?.id ?? '');
    if (!machine) continue;
    const subnets = subnetsOf(nic).map((id) => ({ id, group: bySubnet.get(id) }));
    const face = toFace((nic.id ?? '').toLowerCase(), nic, subnets);
    faces.set(machine, [...(faces.get(machine) ?? []), face]);
  }
  return faces;
}
