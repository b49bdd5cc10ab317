import ipaddr from 'ipaddr.js';
import { SUBSCRIPTION_ID } from '../world.ts';
import { armId, type Draft, keep, newDraft } from './draft.ts';
import { newEtag } from './history.ts';
import { type MachineSpec, makeRule } from './machines.ts';
import type { Snapshot } from './model.ts';
import { addNetwork, type NetworkSpec } from './network-spec.ts';

type Interface = MachineSpec['interfaces'][number];
interface Home {
  readonly resourceGroup: string;
  readonly location: string;
}

const isV6 = (address: string): boolean => address.includes(':');

/** The 256 addresses around an IPv4 one, or the network of an IPv6 one of that length. */
function around(address: string, bits: number): string {
  if (!isV6(address)) return address.replace(/\d+$/, '0/24');
  return `${ipaddr.IPv6.networkAddressFromCIDR(`${address}/${bits}`).toString()}/${bits}`;
}

/** The virtual network of an interface; one that nobody has specified is made in the machine's resource group. */
function vnetOf(draft: Draft, face: Interface, home: Home): string {
  const name = face.vnet ?? 'vnet-prod';
  const specified = [...draft.vnets.values()].find((v) => v.name === name && v.resourceGroup === home.resourceGroup);
  const elsewhere = face.vnet && [...draft.vnets.values()].find((v) => v.name === name);
  const found = specified ?? elsewhere;
  if (found) return found.id;
  const v6 = face.privateIps.filter(isV6).map((address) => around(address, 48));
  const id = armId(home.resourceGroup, 'Microsoft.Network/virtualNetworks', name);
  return keep(draft.vnets, { id, name, prefixes: ['10.0.0.0/16', ...v6], peerings: [], ...home });
}

/** The route table that sends everything from a subnet through a firewall. */
function routeThrough(draft: Draft, firewallName: string, subnet: string, home: Home): string {
  const firewall = [...draft.firewalls.values()].find((one) => one.name === firewallName);
  if (!firewall) throw new Error(`no firewall ${firewallName}`);
  const name = `${subnet}-routes`;
  const id = armId(home.resourceGroup, 'Microsoft.Network/routeTables', name);
  const nextHop = { nextHopType: 'VirtualAppliance', nextHopIp: firewall.privateIp } as const;
  return keep(draft.routeTables, { id, name, routes: [{ name: 'all', prefix: '0.0.0.0/0', ...nextHop }], ...home });
}

function addMachine(draft: Draft, machine: MachineSpec, nowMs: number): void {
  const { resourceGroup = 'rg-prod', location = 'westeurope' } = machine;
  const home = { resourceGroup, location };
  const nsg = (name: string): string => {
    const id = armId(resourceGroup, 'Microsoft.Network/networkSecurityGroups', name);
    return keep(draft.nsgs, { id, name, ...home, etag: newEtag(), rules: [], busyUntilMs: 0 });
  };
  const applicationGroup = (name: string): string =>
    keep(draft.applicationGroups, {
      id: armId(resourceGroup, 'Microsoft.Network/applicationSecurityGroups', name),
      name,
      ...home,
    });
  const vmId = armId(resourceGroup, 'Microsoft.Compute/virtualMachines', machine.name);
  const nicIds = machine.interfaces.map((face, i) => {
    const nicName = i === 0 ? `${machine.name}-nic` : `${machine.name}-nic-${i + 1}`;
    const nicId = armId(resourceGroup, 'Microsoft.Network/networkInterfaces', nicName);
    const vnetId = vnetOf(draft, face, home);
    const subnetId = `${vnetId}/subnets/${face.subnet}`;
    const families = [face.privateIps.find((a) => !isV6(a)) ?? '10.0.0.0', face.privateIps.find(isV6)];
    const prefixes = families.flatMap((address) => (address === undefined ? [] : [around(address, 64)]));
    const nsgId = face.subnetNsg === undefined ? undefined : nsg(face.subnetNsg);
    const routeTableId = face.through && routeThrough(draft, face.through, face.subnet, home);
    const vnet = vnetId.slice(vnetId.lastIndexOf('/') + 1);
    keep(draft.subnets, { id: subnetId, name: face.subnet, vnet, prefixes, nsgId, routeTableId, ...home });
    const publicIpId = face.publicIp && armId(resourceGroup, 'Microsoft.Network/publicIPAddresses', `${nicName}-ip`);
    if (face.publicIp && publicIpId) {
      const configurationId = `${nicId}/ipConfigurations/ipconfig1`;
      keep(draft.publicIps, {
        id: publicIpId,
        name: `${nicName}-ip`,
        address: face.publicIp,
        configurationId,
        ...home,
      });
    }
    const applicationGroupIds = face.applicationGroups?.map(applicationGroup) ?? [];
    const addresses = face.privateIps.map((privateIp, n) => ({
      privateIp,
      publicIpId: n === 0 ? publicIpId : undefined,
      applicationGroupIds,
    }));
    const own = face.nicNsg === undefined ? undefined : nsg(face.nicNsg);
    return keep(draft.nics, { id: nicId, name: nicName, vmId, nsgId: own, subnetId, addresses, ...home });
  });
  const tags = machine.tags ?? {};
  keep(draft.vms, { id: vmId, name: machine.name, tags, power: 'running', nicIds, createdMs: nowMs, ...home });
  for (const { nsg: name, rule } of machine.standing ?? []) {
    const group = draft.nsgs.get(nsg(name).toLowerCase());
    if (!group || group.rules.some((r) => r.name === rule.name)) continue;
    draft.nsgs.set(group.id.toLowerCase(), { ...group, rules: [...group.rules, makeRule(rule, 'customer')] });
  }
}

/** The subscription before anything has happened: the machines with their network, Defender for Servers Plan 2. */
export function buildSubscription(
  machines: readonly MachineSpec[],
  network: NetworkSpec | undefined,
  nowMs: number,
): Snapshot {
  const draft = newDraft();
  addNetwork(draft, network ?? {});
  for (const machine of machines) addMachine(draft, machine, nowMs);
  keep(draft.pricings, {
    id: `/subscriptions/${SUBSCRIPTION_ID}/providers/Microsoft.Security/pricings/VirtualMachines`,
    name: 'VirtualMachines',
    pricingTier: 'Standard',
    subPlan: 'P2',
  });
  return draft;
}
