import { defaultRules } from './default-rules.ts';
import { resourceNotFound } from './errors.ts';
import { VNET_PREFIX } from './machines.ts';
import { type Nic, type Nsg, type PublicIp, type Rule, type Snapshot, type Subnet, sameId } from './model.ts';
import { NETWORK_API } from './operations.ts';
import { type Call, page, type Route } from './route.ts';
import type { Simulation } from './simulation.ts';

const SUBSCRIPTION = '/subscriptions/{subscriptionId}';
export const GROUP = `${SUBSCRIPTION}/resourceGroups/{resourceGroupName}/providers/Microsoft.Network`;

type Located = { readonly name: string; readonly resourceGroup: string };

/** The entity that the call names, or the 404 of Resource Manager. */
function named<T extends Located>(call: Call, table: ReadonlyMap<string, T>, type: string, name: string): T {
  const group = call.param('resourceGroupName');
  const found = [...table.values()].find((e) => sameId(e.resourceGroup, group) && sameId(e.name, name));
  if (!found) throw resourceNotFound(`Microsoft.Network/${type}`, name, group);
  return found;
}

export function findNsg(call: Call, view: Snapshot = call.view): Nsg {
  return named(call, view.nsgs, 'networkSecurityGroups', call.param('networkSecurityGroupName'));
}

export function findNic(call: Call): Nic {
  return named(call, call.view.nics, 'networkInterfaces', call.param('networkInterfaceName'));
}

/** A rule as Resource Manager writes it. */
export function wireRule(nsg: Nsg, rule: Rule, updating: boolean) {
  return {
    name: rule.name,
    id: `${nsg.id}/securityRules/${rule.name}`,
    etag: rule.etag,
    type: 'Microsoft.Network/networkSecurityGroups/securityRules',
    properties: { provisioningState: updating ? 'Updating' : 'Succeeded', ...rule.properties },
  };
}

function wireNsg(view: Snapshot, nsg: Nsg, nowMs: number) {
  const updating = nsg.busyUntilMs > nowMs;
  const attached = (all: Iterable<{ readonly id: string; readonly nsgId?: string | undefined }>) =>
    [...all].filter((e) => sameId(e.nsgId, nsg.id)).map(({ id }) => ({ id }));
  return {
    id: nsg.id,
    name: nsg.name,
    type: 'Microsoft.Network/networkSecurityGroups',
    location: nsg.location,
    etag: nsg.etag,
    properties: {
      provisioningState: updating ? 'Updating' : 'Succeeded',
      securityRules: nsg.rules.map((rule) => wireRule(nsg, rule, updating)),
      defaultSecurityRules: defaultRules.map(({ name, properties }) => ({
        name,
        id: `${nsg.id}/defaultSecurityRules/${name}`,
        etag: nsg.etag,
        type: 'Microsoft.Network/networkSecurityGroups/defaultSecurityRules',
        properties: { provisioningState: 'Succeeded', ...properties },
      })),
      networkInterfaces: attached(view.nics.values()),
      subnets: attached(view.subnets.values()),
    },
  };
}

const ref = (id: string | undefined) => (id === undefined ? undefined : { id });

function wireNic(nic: Nic) {
  return {
    id: nic.id,
    name: nic.name,
    type: 'Microsoft.Network/networkInterfaces',
    location: nic.location,
    properties: {
      provisioningState: 'Succeeded',
      primary: true,
      virtualMachine: ref(nic.vmId),
      networkSecurityGroup: ref(nic.nsgId),
      ipConfigurations: nic.addresses.map((address, i) => ({
        id: `${nic.id}/ipConfigurations/ipconfig${i + 1}`,
        name: `ipconfig${i + 1}`,
        properties: {
          provisioningState: 'Succeeded',
          privateIPAddress: address.privateIp,
          privateIPAllocationMethod: 'Static',
          privateIPAddressVersion: address.privateIp.includes(':') ? 'IPv6' : 'IPv4',
          primary: i === 0,
          subnet: ref(nic.subnetId),
          publicIPAddress: ref(address.publicIpId),
        },
      })),
    },
  };
}

function wirePublicIp(ip: PublicIp) {
  return {
    id: ip.id,
    name: ip.name,
    type: 'Microsoft.Network/publicIPAddresses',
    location: ip.location,
    sku: { name: 'Standard', tier: 'Regional' },
    properties: {
      provisioningState: 'Succeeded',
      ipAddress: ip.address,
      publicIPAddressVersion: 'IPv4',
      publicIPAllocationMethod: 'Static',
      ipConfiguration: { id: `${ip.nicId}/ipConfigurations/ipconfig1` },
    },
  };
}

function wireSubnet(subnet: Subnet) {
  return {
    id: subnet.id,
    name: subnet.name,
    type: 'Microsoft.Network/virtualNetworks/subnets',
    properties: {
      provisioningState: 'Succeeded',
      addressPrefix: subnet.prefix,
      networkSecurityGroup: ref(subnet.nsgId),
    },
  };
}

/** The subnets of the virtual network that the call names. */
function subnetsOf(call: Call): readonly Subnet[] {
  const [group, vnet] = [call.param('resourceGroupName'), call.param('virtualNetworkName')];
  const all = [...call.view.subnets.values()];
  const found = all.filter((s) => sameId(s.resourceGroup, group) && sameId(s.vnet, vnet));
  if (found.length === 0) throw resourceNotFound('Microsoft.Network/virtualNetworks', vnet, group);
  return found;
}

function wireVnet(subnets: readonly Subnet[]) {
  const [first] = subnets;
  return {
    id: first?.id.replace(/\/subnets\/.*$/, ''),
    name: first?.vnet,
    type: 'Microsoft.Network/virtualNetworks',
    location: first?.location,
    properties: {
      provisioningState: 'Succeeded',
      addressSpace: { addressPrefixes: [VNET_PREFIX] },
      subnets: subnets.map(wireSubnet),
    },
  };
}

/** The reads of Microsoft.Network, in the api-version of arm-network 39. */
export function networkRoutes(sim: Simulation): readonly Route[] {
  const read = (operation: string, path: string, wire: (call: Call) => unknown): Route => {
    const handle: Route['handle'] = (call) => ({ status: 200, body: wire(call) });
    return { area: 'arm', method: 'GET', apiVersion: NETWORK_API, operation, path, handle };
  };
  /** The list of a resource group and the one of the subscription; only the latter's name differs by vendor's whim. */
  const lists = <T extends Located>(
    operations: string,
    type: string,
    items: (view: Snapshot) => Iterable<T>,
    wire: (call: Call, item: T) => unknown,
  ): readonly Route[] => {
    const list = (call: Call, group?: string) => {
      const wanted = [...items(call.view)].filter((item) => group === undefined || sameId(item.resourceGroup, group));
      const wired = wanted.map((item) => wire(call, item));
      return page(call, wired, sim.behaviour.pageSize, sim.origin());
    };
    const common = { area: 'arm', method: 'GET', apiVersion: NETWORK_API, query: ['$skiptoken'] } as const;
    return [
      {
        ...common,
        operation: `${operations}_ListAll`,
        path: `${SUBSCRIPTION}/providers/Microsoft.Network/${type}`,
        handle: (call) => list(call),
      },
      {
        ...common,
        operation: `${operations}_List`,
        path: `${GROUP}/${type}`,
        handle: (call) => list(call, call.param('resourceGroupName')),
      },
    ];
  };
  const vnet = `${GROUP}/virtualNetworks/{virtualNetworkName}`;
  const nsg = (call: Call, item: Nsg) => wireNsg(call.view, item, sim.world.nowMs);
  const ipName = '{publicIpAddressName}';
  return [
    ...lists('NetworkSecurityGroups', 'networkSecurityGroups', (v) => v.nsgs.values(), nsg),
    ...lists(
      'NetworkInterfaces',
      'networkInterfaces',
      (v) => v.nics.values(),
      (_, item) => wireNic(item),
    ),
    ...lists(
      'PublicIPAddresses',
      'publicIPAddresses',
      (v) => v.publicIps.values(),
      (_, item) => wirePublicIp(item),
    ),
    read('NetworkSecurityGroups_Get', `${GROUP}/networkSecurityGroups/{networkSecurityGroupName}`, (call) =>
      nsg(call, findNsg(call)),
    ),
    read('NetworkInterfaces_Get', `${GROUP}/networkInterfaces/{networkInterfaceName}`, (call) =>
      wireNic(findNic(call)),
    ),
    read('PublicIPAddresses_Get', `${GROUP}/publicIPAddresses/${ipName}`, (call) =>
      wirePublicIp(named(call, call.view.publicIps, 'publicIPAddresses', call.param('publicIpAddressName'))),
    ),
    read('VirtualNetworks_Get', vnet, (call) => wireVnet(subnetsOf(call))),
    read('Subnets_List', `${vnet}/subnets`, (call) => ({ value: subnetsOf(call).map(wireSubnet) })),
    read('Subnets_Get', `${vnet}/subnets/{subnetName}`, (call) => {
      const found = subnetsOf(call).find((s) => sameId(s.name, call.param('subnetName')));
      if (!found) {
        const group = call.param('resourceGroupName');
        throw resourceNotFound('Microsoft.Network/virtualNetworks/subnets', call.param('subnetName'), group);
      }
      return wireSubnet(found);
    }),
  ];
}
