import type { VirtualNetworkPeering } from '@azure/arm-network';
import { type ArmId, partsOf } from '../arm/ids.ts';
import type { AzureRoute } from './model.ts';

/** What a hub may have learned: every private range, and a default route by its routing intent or from a branch. */
const MAY_LEARN = ['0.0.0.0/0', '10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'];

/** The next hop of a route that a virtual hub may have sent. */
export const VIRTUAL_HUB = 'VirtualHub';

/**
 * The routes that a network may have from the virtual hubs that it is connected to ("About virtual hub routing"; "How to configure
 * Virtual WAN Hub routing intent"). The hub's own network is Microsoft's, in a subscription that nobody may read: its peering shows
 * that it is there, and effective routes alone what it sent.
 */
export function hubRoutes(peerings: readonly VirtualNetworkPeering[]): readonly AzureRoute[] {
  return peerings.flatMap(({ name = '', remoteVirtualNetwork }) => {
    const remote = partsOf(remoteVirtualNetwork?.id ?? '').name;
    if (!/^RemoteVnetToHubPeering_/i.test(name) && !isHubNetwork(remote)) return [];
    const hub = `the virtual hub ${hubOf(remote)}`;
    return MAY_LEARN.map((prefix) => ({ name: hub, prefix, nextHop: VIRTUAL_HUB, origin: 'gateway' as const }));
  });
}

/** Is it the network of a virtual hub? */
export function isHubNetwork(id: ArmId): boolean {
  return /^HV_/i.test(partsOf(id).name);
}

/** `HV_` + the hub's name + an id. */
function hubOf(remote: string): string {
  return remote.replace(/^HV_/i, '').replace(/_[0-9a-f]{8}-[0-9a-f-]+$/i, '') || 'of its virtual WAN';
}
