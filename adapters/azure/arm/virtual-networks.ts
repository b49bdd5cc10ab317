import type { VirtualNetwork } from '@azure/arm-network';
import { familyOf } from '../../../src/core/rule/source.ts';
import type { Subscription } from './clients.ts';
import { type ArmId, armIds, part, partsOf } from './ids.ts';
import { orGone } from './machine.ts';

/** A virtual network, and those that it is peered with. */
export async function readConnected(site: Subscription, id: ArmId, signal: AbortSignal): Promise<readonly ArmId[]> {
  const { group, name } = partsOf(id);
  const vnet = await orGone(
    site.read(signal, ({ network }, options) => network.virtualNetworks.get(group, name, options)),
  );
  return [id, ...peersOf(vnet ?? {})];
}

/** The networks that one is peered with, from both sides. */
export function peersOf({ virtualNetworkPeerings = [] }: VirtualNetwork): readonly ArmId[] {
  const connected = virtualNetworkPeerings.filter(({ peeringState }) => peeringState === 'Connected');
  return armIds(connected.map(({ remoteVirtualNetwork }) => remoteVirtualNetwork?.id));
}

/** The IPv4 prefixes of a subnet; none when it is gone. */
export async function readPrefixes(site: Subscription, id: ArmId, signal: AbortSignal): Promise<readonly string[]> {
  const { group, name } = partsOf(id);
  const subnet = await orGone(
    site.read(signal, ({ network }, options) => network.subnets.get(group, part(id, 'virtualNetworks'), name, options)),
  );
  const all = [...(subnet?.addressPrefix ? [subnet.addressPrefix] : []), ...(subnet?.addressPrefixes ?? [])];
  return [...new Set(all)].filter((prefix) => familyOf(prefix) === 'ipv4');
}

/** The virtual network of a subnet. */
export function vnetOf(subnet: ArmId): ArmId {
  return subnet.toLowerCase().replace(/\/subnets\/[^/]*$/, '');
}
