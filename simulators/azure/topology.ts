import { resourceNotFound } from './errors.ts';
import { type Snapshot, type Subnet, sameId } from './model.ts';
import { named, GROUP as PROVIDER, read, reads, ref } from './read-routes.ts';
import type { Call, Route } from './route.ts';
import type { Simulation } from './simulation.ts';
import { type ApplicationGroup, type Bastion, type RouteTable, type Vnet, vnetIdOf } from './topology-model.ts';

const done = { provisioningState: 'Succeeded' } as const;

function wireSubnet(subnet: Subnet) {
  const [only, ...more] = subnet.prefixes;
  return {
    id: subnet.id,
    name: subnet.name,
    type: 'Microsoft.Network/virtualNetworks/subnets',
    properties: {
      ...done,
      ...(more.length === 0 ? { addressPrefix: only } : { addressPrefixes: subnet.prefixes }),
      networkSecurityGroup: ref(subnet.nsgId),
      routeTable: ref(subnet.routeTableId),
    },
  };
}

const subnetsOf = (view: Snapshot, vnet: Vnet): readonly Subnet[] =>
  [...view.subnets.values()].filter((s) => sameId(vnetIdOf(s.id), vnet.id));

function wirePeering(view: Snapshot, vnet: Vnet, { name, remoteId }: Vnet['peerings'][number]) {
  const remote = view.vnets.get(remoteId.toLowerCase());
  const answered = remote?.peerings.some((p) => sameId(p.remoteId, vnet.id));
  return {
    id: `${vnet.id}/virtualNetworkPeerings/${name}`,
    name,
    type: 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings',
    properties: {
      ...done,
      peeringState: answered ? 'Connected' : 'Initiated',
      remoteVirtualNetwork: ref(remoteId),
      remoteAddressSpace: { addressPrefixes: remote?.prefixes ?? [] },
      allowVirtualNetworkAccess: true,
      allowForwardedTraffic: true,
      allowGatewayTransit: false,
      useRemoteGateways: false,
    },
  };
}

/** The peering with a virtual hub, whose network is Microsoft's. */
function wireHubPeering({ id, hub }: Vnet) {
  if (!hub) return [];
  const guid = 'ac259ec9-0aca-4d2a-8431-9f67bf6e58f3';
  const name = `RemoteVnetToHubPeering_${guid}`;
  const group = `/subscriptions/e8d8ef98-c03d-4606-9854-e365453d88f3/resourceGroups/RG_${hub.name}_${guid}`;
  return [
    {
      id: `${id}/virtualNetworkPeerings/${name}`,
      name,
      type: 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings',
      properties: {
        ...done,
        peeringState: 'Connected',
        remoteVirtualNetwork: ref(`${group}/providers/Microsoft.Network/virtualNetworks/HV_${hub.name}_${guid}`),
        remoteAddressSpace: { addressPrefixes: ['10.250.0.0/23'] },
        allowVirtualNetworkAccess: true,
        allowForwardedTraffic: false,
        allowGatewayTransit: false,
        useRemoteGateways: true,
      },
    },
  ];
}

function wireVnet(view: Snapshot, vnet: Vnet) {
  return {
    id: vnet.id,
    name: vnet.name,
    type: 'Microsoft.Network/virtualNetworks',
    location: vnet.location,
    properties: {
      ...done,
      addressSpace: { addressPrefixes: vnet.prefixes },
      subnets: subnetsOf(view, vnet).map(wireSubnet),
      virtualNetworkPeerings: [
        ...vnet.peerings.map((peering) => wirePeering(view, vnet, peering)),
        ...wireHubPeering(vnet),
      ],
    },
  };
}

function wireRouteTable(view: Snapshot, table: RouteTable) {
  const type = 'Microsoft.Network/routeTables';
  return {
    id: table.id,
    name: table.name,
    type,
    location: table.location,
    properties: {
      ...done,
      disableBgpRoutePropagation: false,
      routes: table.routes.map(({ name, prefix, nextHopType, nextHopIp }) => ({
        id: `${table.id}/routes/${name}`,
        name,
        type: `${type}/routes`,
        properties: { ...done, addressPrefix: prefix, nextHopType, nextHopIpAddress: nextHopIp },
      })),
      subnets: [...view.subnets.values()].flatMap((s) => (sameId(s.routeTableId, table.id) ? [{ id: s.id }] : [])),
    },
  };
}

function wireBastion(bastion: Bastion) {
  const type = 'Microsoft.Network/bastionHosts';
  return {
    id: bastion.id,
    name: bastion.name,
    type,
    location: bastion.location,
    sku: { name: 'Standard' },
    properties: {
      ...done,
      ipConfigurations: [
        {
          id: `${bastion.id}/bastionHostIpConfigurations/IpConf`,
          name: 'IpConf',
          type: `${type}/bastionHostIpConfigurations`,
          properties: {
            ...done,
            privateIPAllocationMethod: 'Dynamic',
            subnet: ref(bastion.subnetId),
            publicIPAddress: ref(bastion.publicIpId),
          },
        },
      ],
    },
  };
}

function wireApplicationGroup({ id, name, location }: ApplicationGroup) {
  return { id, name, type: 'Microsoft.Network/applicationSecurityGroups', location, properties: done };
}

/** The reads of virtual networks and of what leads through them, in the api-version of arm-network 39. */
export function topologyRoutes(sim: Simulation): readonly Route[] {
  const path = `${PROVIDER}/virtualNetworks/{virtualNetworkName}`;
  const vnetOf = (call: Call): Vnet =>
    named(call, call.view.vnets, 'virtualNetworks', call.param('virtualNetworkName'));
  /** A part of the network that the call names. */
  const child = <T extends { readonly name: string }>(call: Call, all: readonly T[], type: string, name: string): T => {
    const found = all.find((one) => sameId(one.name, name));
    if (!found) {
      throw resourceNotFound(`Microsoft.Network/virtualNetworks/${type}`, name, call.param('resourceGroupName'));
    }
    return found;
  };
  return [
    ...reads(sim, {
      operations: 'VirtualNetworks',
      type: 'virtualNetworks',
      parameter: 'virtualNetworkName',
      items: (view) => view.vnets,
      wire: (call, vnet) => wireVnet(call.view, vnet),
    }),
    read('Subnets_List', `${path}/subnets`, (call) => ({ value: subnetsOf(call.view, vnetOf(call)).map(wireSubnet) })),
    read('Subnets_Get', `${path}/subnets/{subnetName}`, (call) =>
      wireSubnet(child(call, subnetsOf(call.view, vnetOf(call)), 'subnets', call.param('subnetName'))),
    ),
    read('VirtualNetworkPeerings_List', `${path}/virtualNetworkPeerings`, (call) => {
      const vnet = vnetOf(call);
      return { value: vnet.peerings.map((peering) => wirePeering(call.view, vnet, peering)) };
    }),
    read('VirtualNetworkPeerings_Get', `${path}/virtualNetworkPeerings/{virtualNetworkPeeringName}`, (call) => {
      const vnet = vnetOf(call);
      const name = call.param('virtualNetworkPeeringName');
      return wirePeering(call.view, vnet, child(call, vnet.peerings, 'virtualNetworkPeerings', name));
    }),
    ...reads(sim, {
      operations: 'RouteTables',
      type: 'routeTables',
      parameter: 'routeTableName',
      items: (view) => view.routeTables,
      wire: (call, table) => wireRouteTable(call.view, table),
    }),
    ...reads(sim, {
      operations: 'BastionHosts',
      type: 'bastionHosts',
      parameter: 'bastionHostName',
      items: (view) => view.bastions,
      wire: (_, bastion) => wireBastion(bastion),
      lists: ['List', 'ListByResourceGroup'],
    }),
    ...reads(sim, {
      operations: 'ApplicationSecurityGroups',
      type: 'applicationSecurityGroups',
      parameter: 'applicationSecurityGroupName',
      items: (view) => view.applicationGroups,
      wire: (_, group) => wireApplicationGroup(group),
    }),
  ];
}
