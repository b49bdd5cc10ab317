import { wireMembership } from './balancers.ts';
import { defaultRules } from './default-rules.ts';
import { type Nic, type Nsg, type PublicIp, type Rule, type Snapshot, sameId } from './model.ts';
import { named, reads, ref } from './read-routes.ts';
import type { Call, Route } from './route.ts';
import type { Simulation } from './simulation.ts';

export function findNsg(call: Call, view: Snapshot = call.view): Nsg {
  return named(call, view.nsgs, 'networkSecurityGroups', call.param('networkSecurityGroupName'));
}

export function findNic(call: Call): Nic {
  return named(call, call.view.nics, 'networkInterfaces', call.param('networkInterfaceName'));
}

/** A rule as Resource Manager writes it. */
export function wireRule(nsg: Nsg, rule: Rule, updating: boolean) {
  const settled = rule.failed ? 'Failed' : 'Succeeded';
  return {
    name: rule.name,
    id: `${nsg.id}/securityRules/${rule.name}`,
    etag: rule.etag,
    type: 'Microsoft.Network/networkSecurityGroups/securityRules',
    properties: { provisioningState: updating ? 'Updating' : settled, ...rule.properties },
  };
}

/** A group as Resource Manager writes it. */
export function wireNsg(view: Snapshot, nsg: Nsg, nowMs: number) {
  const updating = nsg.busyUntilMs > nowMs;
  const attached = (all: Iterable<{ readonly id: string; readonly nsgId?: string | undefined }>) =>
    [...all].filter((e) => sameId(e.nsgId, nsg.id)).map(({ id }) => ({ id }));
  return {
    id: nsg.id,
    name: nsg.name,
    type: 'Microsoft.Network/networkSecurityGroups',
    location: nsg.location,
    etag: nsg.etag,
    tags: nsg.tags,
    properties: {
      provisioningState: updating ? 'Updating' : 'Succeeded',
      flushConnection: nsg.flushConnection,
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

function wireNic(view: Snapshot, nic: Nic) {
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
          ...(address.applicationGroupIds.length === 0
            ? {}
            : { applicationSecurityGroups: address.applicationGroupIds.map(ref) }),
          ...wireMembership(view, `${nic.id}/ipConfigurations/ipconfig${i + 1}`),
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
      publicIPAddressVersion: ip.address.includes(':') ? 'IPv6' : 'IPv4',
      publicIPAllocationMethod: 'Static',
      ipConfiguration: { id: ip.configurationId },
    },
  };
}

/** The reads of groups, interfaces and public addresses, in the api-version of arm-network 39. */
export function networkRoutes(sim: Simulation): readonly Route[] {
  return [
    ...reads(sim, {
      operations: 'NetworkSecurityGroups',
      type: 'networkSecurityGroups',
      parameter: 'networkSecurityGroupName',
      items: (view) => view.nsgs,
      wire: (call, nsg) => wireNsg(call.view, nsg, sim.world.nowMs),
    }),
    ...reads(sim, {
      operations: 'NetworkInterfaces',
      type: 'networkInterfaces',
      parameter: 'networkInterfaceName',
      items: (view) => view.nics,
      wire: (call, nic) => wireNic(call.view, nic),
    }),
    ...reads(sim, {
      operations: 'PublicIPAddresses',
      type: 'publicIPAddresses',
      parameter: 'publicIpAddressName',
      items: (view) => view.publicIps,
      wire: (_, ip) => wirePublicIp(ip),
    }),
  ];
}
