import type { VirtualNetwork } from '@azure/arm-network';
import { familyOf } from '../../../src/core/rule/source.ts';
import { type Azure, siteIn } from './context.ts';
import { type ArmId, part, partsOf } from './ids.ts';
import { orGone } from './machine.ts';

/** A network that is connected with another one. */
export interface NearNetwork {
  readonly id: ArmId;
  readonly prefixes: readonly string[];
}

/** A virtual network, and those that it is peered with; itself alone where it is gone, or in no subscription of the settings. */
export async function readConnected(azure: Azure, id: ArmId, signal: AbortSignal): Promise<readonly NearNetwork[]> {
  const { group, name } = partsOf(id);
  const site = siteIn(azure, id);
  const read = site?.read(signal, ({ network }, options) => network.virtualNetworks.get(group, name, options));
  const vnet = read && (await orGone(read));
  return nearOf(id, vnet ?? {});
}

/** The same of one that was read: its peerings tell what they connect, whoever may read the networks behind them. */
export function nearOf(
  id: ArmId,
  { addressSpace, virtualNetworkPeerings = [] }: VirtualNetwork,
): readonly NearNetwork[] {
  const connected = virtualNetworkPeerings.filter(({ peeringState }) => peeringState === 'Connected');
  return [
    { id, prefixes: addressSpace?.addressPrefixes ?? [] },
    ...connected.flatMap(({ remoteVirtualNetwork, remoteVirtualNetworkAddressSpace, remoteAddressSpace }) => {
      const space = remoteVirtualNetworkAddressSpace ?? remoteAddressSpace;
      const remote = remoteVirtualNetwork?.id?.toLowerCase();
      return remote === undefined ? [] : [{ id: remote, prefixes: space?.addressPrefixes ?? [] }];
    }),
  ];
}

/** The IPv4 prefixes of a subnet; none when it is gone, or in no subscription of the settings. */
export async function readPrefixes(azure: Azure, id: ArmId, signal: AbortSignal): Promise<readonly string[]> {
  const { group, name } = partsOf(id);
  const site = siteIn(azure, id);
  const read = site?.read(signal, ({ network }, options) =>
    network.subnets.get(group, part(id, 'virtualNetworks'), name, options),
  );
  const subnet = read && (await orGone(read));
  const all = [...(subnet?.addressPrefix ? [subnet.addressPrefix] : []), ...(subnet?.addressPrefixes ?? [])];
  return [...new Set(all)].filter((prefix) => familyOf(prefix) === 'ipv4');
}

/** The virtual network of a subnet. */
export function vnetOf(subnet: ArmId): ArmId {
  return subnet.toLowerCase().replace(/\/subnets\/[^/]*$/, '');
}
