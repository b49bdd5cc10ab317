import { type Snapshot, sameId } from './model.ts';
import { isWithin } from './prefix.ts';
import { SERVICE_TAGS } from './service-tags.ts';
import { vnetIdOf } from './topology-model.ts';

/** Address of the platform itself, from which Azure's load balancers probe. */
const PLATFORM = '168.63.129.16/32';

/** All of IPv4 that is neither private nor reserved, as the service expands the tag `Internet`. */
const INTERNET =
  '1.0.0.0/8 2.0.0.0/7 4.0.0.0/6 8.0.0.0/7 11.0.0.0/8 12.0.0.0/6 16.0.0.0/4 32.0.0.0/3 64.0.0.0/3 96.0.0.0/4 112.0.0.0/5 120.0.0.0/6 124.0.0.0/7 126.0.0.0/8 128.0.0.0/3 160.0.0.0/5 168.0.0.0/6 172.0.0.0/12 172.32.0.0/11 172.64.0.0/10 172.128.0.0/9 173.0.0.0/8 174.0.0.0/7 176.0.0.0/4 192.0.0.0/9 192.128.0.0/11 192.160.0.0/13 192.169.0.0/16 192.170.0.0/15 192.172.0.0/14 192.176.0.0/12 192.192.0.0/10 193.0.0.0/8 194.0.0.0/7 196.0.0.0/6 200.0.0.0/5 208.0.0.0/4'.split(
    ' ',
  );
/** The part of IPv6 from which the Internet is given out. */
const INTERNET_V6 = '2000::/3';

/** Ids of the networks that a network exchanges packets with: its own and those peered from both sides. */
export function connectedVnets(view: Snapshot, vnetId: string): readonly string[] {
  const own = view.vnets.get(vnetId.toLowerCase());
  const peered = (own?.peerings ?? []).filter(({ remoteId }) =>
    view.vnets.get(remoteId.toLowerCase())?.peerings.some((back) => sameId(back.remoteId, vnetId)),
  );
  const isIn = (ids: readonly string[]) => ids.some((id) => sameId(id, vnetId));
  const grouped = [...view.connectivities.values()]
    .filter(({ vnetIds, topology, isDirect }) => isIn(vnetIds) && (topology === 'Mesh' || isDirect))
    .flatMap(({ vnetIds }) => vnetIds);
  const { hub } = own ?? {};
  const hubbed = hub ? [...view.vnets.values()].filter((one) => one.hub?.name === hub.name).map(({ id }) => id) : [];
  const all = [vnetId, ...peered.map(({ remoteId }) => remoteId), ...grouped, ...hubbed];
  return [...new Map(all.map((id) => [id.toLowerCase(), id])).values()];
}

/** Prefixes that a virtual hub has sent to a network: those of branches, and a default route. */
function sentByHub(view: Snapshot, vnetId: string): readonly string[] {
  const { hub } = view.vnets.get(vnetId.toLowerCase()) ?? {};
  return hub ? [...hub.branches, ...(hub.sendsDefault ? ['0.0.0.0/0'] : [])] : [];
}

/**
 * Prefixes of a subnet's own routes to an appliance in the network are in the tag `VirtualNetwork` there ("Service tags": it
 * holds prefixes of user-defined routes), all of IPv4 by a default route.
 */
function routedInside(view: Snapshot, subnetId: string, near: readonly string[]): readonly string[] {
  const subnet = view.subnets.get(subnetId.toLowerCase());
  const table = view.routeTables.get(subnet?.routeTableId?.toLowerCase() ?? '');
  const isNear = (hop: string) => near.some((prefix) => isWithin(hop, prefix));
  return (table?.routes ?? []).flatMap(({ prefix, nextHopType, nextHopIp }) =>
    nextHopType === 'VirtualAppliance' && nextHopIp !== undefined && isNear(nextHopIp) ? [prefix] : [],
  );
}

/** What a service tag of a rule stands for on the interfaces of a subnet; undefined for what is no tag. */
export function expandTag(view: Snapshot, subnetId: string, tag: string): readonly string[] | undefined {
  const vnetId = vnetIdOf(subnetId);
  const prefixes = connectedVnets(view, vnetId).flatMap((id) => view.vnets.get(id.toLowerCase())?.prefixes ?? []);
  if (tag === 'VirtualNetwork')
    return [...prefixes, PLATFORM, ...sentByHub(view, vnetId), ...routedInside(view, subnetId, prefixes)];
  if (tag === 'AzureLoadBalancer') return [PLATFORM];
  if (tag !== 'Internet') return SERVICE_TAGS[tag];
  return prefixes.some((prefix) => prefix.includes(':')) ? [...INTERNET, INTERNET_V6] : INTERNET;
}
