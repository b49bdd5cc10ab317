import type { RouteTable, VirtualNetwork } from '@azure/arm-network';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import type { OrUnknown } from '../../../src/core/packet/read.ts';
import { Recent } from '../../../src/kit/recent.ts';
import type { Subscription } from '../arm/clients.ts';
import type { Azure } from '../arm/context.ts';
import { type ArmId, armIds, part, partsOf } from '../arm/ids.ts';
import type { Nic, Subnet } from '../arm/machine.ts';
import { type NearNetwork, nearOf, vnetOf } from '../arm/virtual-networks.ts';
import { readAdminRules } from './admin-rules.ts';
import { readConnectivity } from './connectivity.ts';
import { type Fronts, readFronts } from './fronts.ts';
import { hubRoutes } from './hubs.ts';
import type { AzureRoute, ManagerRules, Surroundings } from './model.ts';
import { inItsSite, orDenied } from './or-unknown.ts';

const LIST_MS = 30 * SECOND_MS;
/** Networks change seldom, and every look at a machine asks for them. */
const KEPT_MS = 10 * SECOND_MS;

const recentVnets = new Recent<
  readonly [OrUnknown<VirtualNetwork>, OrUnknown<readonly ManagerRules[]>, OrUnknown<'peerings'>]
>(KEPT_MS);
const recentTables = new Recent<OrUnknown<readonly AzureRoute[]>>(KEPT_MS);

/** What words of rules mean in one subnet, and what is judged before its groups. */
export interface AroundSubnet {
  readonly around: Surroundings;
  readonly admin: OrUnknown<readonly ManagerRules[]>;
  /** What leads from elsewhere to addresses in there. */
  readonly fronts: Fronts;
  /** Its virtual network, and those that it is peered with. */
  readonly near: readonly NearNetwork[];
}

/** By the subnet's id. */
export type Networks = ReadonlyMap<ArmId, AroundSubnet>;

/** Reads what is around some interfaces: their virtual networks with peerings and admin rules, and their route tables. */
export async function readNetworks(azure: Azure, nics: readonly Nic[], signal: AbortSignal): Promise<Networks> {
  const subnets = new Map(nics.flatMap((nic) => nic.subnets).map((subnet) => [subnet.id, subnet]));
  const vnets = (id: ArmId) =>
    recentVnets.read(
      azure,
      id,
      (shared) =>
        Promise.all([
          readVnet(azure, id, shared),
          readAdminRules(azure, id, shared),
          readConnectivity(azure, id, shared),
        ]),
      signal,
    );
  const tables = (id: ArmId) => recentTables.read(azure, id, (shared) => readRoutes(azure, id, shared), signal);
  const fronts = readFronts(azure, nics, signal);
  const read = [...subnets.values()].map(async (subnet): Promise<readonly [ArmId, AroundSubnet]> => {
    const [[vnet, admin, connectivity], routes] = await Promise.all([
      vnets(vnetOf(subnet.id)),
      routesOf(subnet, tables),
    ]);
    const near = nearIn(vnetOf(subnet.id), vnet);
    return [subnet.id, { around: surroundingsOf(vnet, routes, connectivity), admin, fronts: await fronts, near }];
  });
  const [all] = await Promise.all([Promise.all(read), fronts]);
  return new Map(all);
}

/** All virtual networks and route tables of a subscription: two lists, however many machines there are. */
export interface NetworkLists {
  readonly vnets: readonly VirtualNetwork[];
  readonly tables: readonly RouteTable[];
  /** Does the role let us read both? */
  readonly isWhole: boolean;
}

export async function readNetworkLists(site: Subscription, signal: AbortSignal): Promise<NetworkLists> {
  const [vnets, tables] = await Promise.all([
    orDenied(site.read(signal, ({ network }, o) => Array.fromAsync(network.virtualNetworks.listAll(o)), LIST_MS)),
    orDenied(site.read(signal, ({ network }, o) => Array.fromAsync(network.routeTables.listAll(o)), LIST_MS)),
  ]);
  return { vnets: vnets ?? [], tables: tables ?? [], isWhole: vnets !== undefined && tables !== undefined };
}

/** The interfaces with their subnets as the lists tell them: lists of interfaces and groups know less of these. */
export function withSubnets(nics: readonly Nic[], { vnets }: NetworkLists): readonly Nic[] {
  const known = new Map(
    vnets.flatMap(({ subnets }) => subnets ?? []).map((subnet) => [(subnet.id ?? '').toLowerCase(), subnet]),
  );
  return nics.map((nic) => {
    const subnets = nic.subnets.map(({ id }): Subnet => {
      const found = known.get(id);
      if (!found) return { id, isUnread: true };
      return { id, group: found.networkSecurityGroup?.id, routes: found.routeTable?.id };
    });
    return { ...nic, subnets, groups: armIds([...subnets.map(({ group }) => group), nic.group]) };
  });
}

/** What `readNetworks` reads, from the lists of a subscription; only admin rules are asked for, once for each network, and what leads there. */
export function networksFrom(azure: Azure, { vnets, tables }: NetworkLists, signal: AbortSignal) {
  const byId = <T extends { readonly id?: string }>(all: readonly T[]) =>
    new Map(all.map((one) => [(one.id ?? '').toLowerCase(), one]));
  const [vnetsById, tablesById] = [byId(vnets), byId(tables)];
  const admin = once((id) => readAdminRules(azure, id, signal));
  const connectivity = once((id) => readConnectivity(azure, id, signal));
  const routes = async (id: ArmId): Promise<OrUnknown<readonly AzureRoute[]>> => {
    const table = tablesById.get(id);
    return table
      ? { is: toRoutes(table) }
      : { unknown: `the route table ${partsOf(id).name}, which could not be read` };
  };
  return async (nics: readonly Nic[]): Promise<Networks> => {
    const subnets = new Map(nics.flatMap((nic) => nic.subnets).map((subnet) => [subnet.id, subnet]));
    const fronts = await readFronts(azure, nics, signal);
    const read = [...subnets.values()].map(async (subnet): Promise<readonly [ArmId, AroundSubnet]> => {
      const id = vnetOf(subnet.id);
      const found = vnetsById.get(id);
      const unknown = `the virtual network ${partsOf(id).name}, which could not be read`;
      const vnet = found ? { is: found } : { unknown };
      const around = surroundingsOf(vnet, await routesOf(subnet, routes), await connectivity(id));
      return [subnet.id, { around, admin: await admin(id), fronts, near: nearIn(id, vnet) }];
    });
    return new Map(await Promise.all(read));
  };
}

/** Each id is read once, however often it is asked for. */
function once<T>(read: (id: ArmId) => Promise<T>): (id: ArmId) => Promise<T> {
  const begun = new Map<ArmId, Promise<T>>();
  return (id) => {
    const reading = begun.get(id) ?? read(id);
    begun.set(id, reading);
    return reading;
  };
}

function readVnet(azure: Azure, id: ArmId, signal: AbortSignal): Promise<OrUnknown<VirtualNetwork>> {
  const { group, name } = partsOf(id);
  return inItsSite(azure, id, `the virtual network ${name}, which could not be read`, async (site) => ({
    is: await site.read(signal, ({ network }, options) => network.virtualNetworks.get(group, name, options)),
  }));
}

function readRoutes(azure: Azure, id: ArmId, signal: AbortSignal): Promise<OrUnknown<readonly AzureRoute[]>> {
  const { group, name } = partsOf(id);
  return inItsSite(azure, id, `the route table ${name}, which could not be read`, async (site) => ({
    is: toRoutes(await site.read(signal, ({ network }, options) => network.routeTables.get(group, name, options))),
  }));
}

async function routesOf(
  { id, routes, isUnread }: Subnet,
  tables: (id: ArmId) => Promise<OrUnknown<readonly AzureRoute[]>>,
): Promise<OrUnknown<readonly AzureRoute[]>> {
  if (isUnread) return { unknown: `the routes of the subnet ${partsOf(id).name}, which could not be read` };
  return routes ? tables(routes.toLowerCase()) : { is: [] };
}

function toRoutes({ routes }: RouteTable): readonly AzureRoute[] {
  return (routes ?? []).map(({ name = '', addressPrefix = '', nextHopType = '', nextHopIpAddress, nextHop }) => {
    // Of a route to several appliances one address says whether they are near.
    const [hop = nextHopIpAddress] = nextHop?.nextHopIpAddresses ?? [];
    return {
      name,
      prefix: addressPrefix,
      nextHop: nextHopType,
      ...(hop ? { nextHopAddress: hop } : {}),
      origin: 'user' as const,
    };
  });
}

function nearIn(id: ArmId, vnet: OrUnknown<VirtualNetwork>): readonly NearNetwork[] {
  return nearOf(id, 'is' in vnet ? vnet.is : {});
}

/** What a virtual network, as a list or a GET gives it, makes of the words of rules in its subnets. */
function surroundingsOf(
  vnet: OrUnknown<VirtualNetwork>,
  routes: OrUnknown<readonly AzureRoute[]>,
  connectivity: OrUnknown<'peerings'>,
): Surroundings {
  const rest = { routes, tags: new Map(), members: new Map() } as const;
  if ('unknown' in vnet) return { own: [], connected: vnet, learns: true, ...rest };
  const { addressSpace, subnets, virtualNetworkPeerings } = vnet.is;
  const peerings = virtualNetworkPeerings ?? [];
  return {
    ...rest,
    own: addressSpace?.addressPrefixes ?? [],
    connected: 'unknown' in connectivity ? connectivity : connectedOf(peerings),
    routes: 'unknown' in routes ? routes : { is: [...routes.is, ...hubRoutes(peerings)] },
    learns:
      peerings.some(({ useRemoteGateways }) => useRemoteGateways) ||
      (subnets ?? []).some(({ id, name }) => (name ?? part(id ?? '', 'subnets')).toLowerCase() === 'gatewaysubnet'),
  };
}

/** Peerings count while they are connected, and carry the other's prefixes ("Virtual network peering"). */
function connectedOf(peerings: NonNullable<VirtualNetwork['virtualNetworkPeerings']>): OrUnknown<readonly string[]> {
  const all: string[] = [];
  for (const one of peerings) {
    if (one.peeringState !== 'Connected' || one.allowVirtualNetworkAccess === false) continue;
    const space = one.remoteVirtualNetworkAddressSpace?.addressPrefixes ?? one.remoteAddressSpace?.addressPrefixes;
    if (!space?.length) return { unknown: `which addresses the network behind the peering ${one.name ?? ''} has` };
    all.push(...space);
  }
  return { is: armIds(all) };
}
