import ipaddr from 'ipaddr.js';
import { armId, type Draft, keep } from './draft.ts';
import type { ClassicCollection, PolicyCollection } from './firewall-model.ts';
import { newEtag } from './history.ts';
import type { AdminRule } from './topology-model.ts';

interface Placed {
  readonly name: string;
  /** `rg-prod` by default. */
  readonly resourceGroup?: string;
  /** `westeurope` by default. */
  readonly location?: string;
}

interface VnetSpec extends Placed {
  readonly prefixes: readonly string[];
  /** Names of networks that it is peered with, from both sides. */
  readonly peers?: readonly string[];
}

interface FirewallPolicySpec extends Placed {
  /** Name of the parent policy. */
  readonly parent?: string;
  readonly groups: readonly {
    readonly name: string;
    readonly priority: number;
    readonly collections: readonly PolicyCollection[];
  }[];
}

export interface FirewallSpec extends Placed {
  /** Name of its virtual network, which gets an `AzureFirewallSubnet` of 64 addresses around `privateIp`. */
  readonly vnet: string;
  readonly privateIp: string;
  readonly publicIps: readonly string[];
  /** Name of its firewall policy; a classic firewall has rules of its own instead. */
  readonly policy?: string;
  readonly nat?: readonly ClassicCollection[];
  readonly network?: readonly ClassicCollection[];
}

interface BastionSpec extends Placed {
  readonly vnet: string;
  /** Prefix of its `AzureBastionSubnet`. */
  readonly prefix: string;
  readonly publicIp: string;
}

type AdminRuleSpec = Omit<AdminRule, 'id' | 'managerId' | 'vnetIds'> & { readonly vnets: readonly string[] };

/** What is around the machines. Networks that machines name and that are not here are `10.0.0.0/16` on their own. */
export interface NetworkSpec {
  readonly vnets?: readonly VnetSpec[];
  readonly policies?: readonly FirewallPolicySpec[];
  readonly firewalls?: readonly FirewallSpec[];
  readonly bastions?: readonly BastionSpec[];
  /** Security admin rules of the network manager `manager`. */
  readonly adminRules?: readonly AdminRuleSpec[];
}

const home = ({ resourceGroup = 'rg-prod', location = 'westeurope' }: Placed) => ({
  resourceGroup,
  location,
});

/** The entity of that name, which the spec has to have said before. */
function called<T extends { readonly name: string }>(table: ReadonlyMap<string, T>, name: string): T {
  const found = [...table.values()].find((one) => one.name === name);
  if (!found) throw new Error(`nothing in the network's specification is called ${name}`);
  return found;
}

function addVnets(draft: Draft, specs: readonly VnetSpec[]): void {
  for (const spec of specs) {
    const id = armId(home(spec).resourceGroup, 'Microsoft.Network/virtualNetworks', spec.name);
    keep(draft.vnets, { id, name: spec.name, prefixes: spec.prefixes, peerings: [], ...home(spec) });
  }
  for (const spec of specs) {
    for (const peer of spec.peers ?? []) {
      const sides = [called(draft.vnets, spec.name), called(draft.vnets, peer)] as const;
      for (const [from, to] of [sides, [sides[1], sides[0]] as const]) {
        const peerings = [...from.peerings, { name: `to-${to.name}`, remoteId: to.id }];
        draft.vnets.set(from.id.toLowerCase(), { ...from, peerings });
      }
    }
  }
}

/** A subnet of a service in that network, with the name that Azure wants it to have. */
function serviceSubnet(draft: Draft, vnetName: string, name: string, prefix: string): string {
  const vnet = called(draft.vnets, vnetName);
  const { resourceGroup, location } = vnet;
  const id = `${vnet.id}/subnets/${name}`;
  return keep(draft.subnets, { id, name, vnet: vnet.name, prefixes: [prefix], resourceGroup, location });
}

function addPolicies(draft: Draft, specs: readonly FirewallPolicySpec[]): void {
  for (const spec of specs) {
    const id = armId(home(spec).resourceGroup, 'Microsoft.Network/firewallPolicies', spec.name);
    const basePolicyId = spec.parent && called(draft.firewallPolicies, spec.parent).id;
    const { name } = spec;
    keep(draft.firewallPolicies, { id, name, etag: newEtag(), busyUntilMs: 0, basePolicyId, ...home(spec) });
    for (const group of spec.groups) {
      const groupId = `${id}/ruleCollectionGroups/${group.name}`;
      keep(draft.ruleGroups, { ...group, id: groupId, policyId: id, etag: newEtag() });
    }
  }
}

function addFirewall(draft: Draft, spec: FirewallSpec): void {
  const place = home(spec);
  const id = armId(place.resourceGroup, 'Microsoft.Network/azureFirewalls', spec.name);
  const first = ipaddr.IPv4.networkAddressFromCIDR(`${spec.privateIp}/26`);
  const subnetId = serviceSubnet(draft, spec.vnet, 'AzureFirewallSubnet', `${first.toString()}/26`);
  const configurations = spec.publicIps.map((address, i) => {
    const name = i === 0 ? 'configuration' : `configuration-${i + 1}`;
    const ipName = `${spec.name}-ip-${i + 1}`;
    const ipId = armId(place.resourceGroup, 'Microsoft.Network/publicIPAddresses', ipName);
    const configurationId = `${id}/azureFirewallIpConfigurations/${name}`;
    keep(draft.publicIps, { id: ipId, name: ipName, address, configurationId, ...place });
    return { name, publicIpId: ipId, ...(i === 0 ? { subnetId } : {}) };
  });
  keep(draft.firewalls, {
    id,
    name: spec.name,
    etag: newEtag(),
    tags: {},
    settings: { threatIntelMode: 'Alert', sku: { name: 'AZFW_VNet', tier: 'Standard' } },
    configurations,
    privateIp: spec.privateIp,
    policyId: spec.policy && called(draft.firewallPolicies, spec.policy).id,
    rules: { nat: spec.nat ?? [], network: spec.network ?? [], application: [] },
    busyUntilMs: 0,
    ...place,
  });
}

function addBastion(draft: Draft, spec: BastionSpec): void {
  const place = home(spec);
  const id = armId(place.resourceGroup, 'Microsoft.Network/bastionHosts', spec.name);
  const ipName = `${spec.name}-ip`;
  const publicIpId = armId(place.resourceGroup, 'Microsoft.Network/publicIPAddresses', ipName);
  const configurationId = `${id}/bastionHostIpConfigurations/IpConf`;
  keep(draft.publicIps, { id: publicIpId, name: ipName, address: spec.publicIp, configurationId, ...place });
  const subnetId = serviceSubnet(draft, spec.vnet, 'AzureBastionSubnet', spec.prefix);
  keep(draft.bastions, { id, name: spec.name, subnetId, publicIpId, ...place });
}

/** Adds the networks, firewalls, policies and Bastions of the specification to a subscription. */
export function addNetwork(draft: Draft, spec: NetworkSpec): void {
  addVnets(draft, spec.vnets ?? []);
  addPolicies(draft, spec.policies ?? []);
  for (const firewall of spec.firewalls ?? []) addFirewall(draft, firewall);
  for (const bastion of spec.bastions ?? []) addBastion(draft, bastion);
  const managerId = armId('rg-prod', 'Microsoft.Network/networkManagers', 'manager');
  for (const { vnets, ...rule } of spec.adminRules ?? []) {
    const vnetIds = vnets.map((name) => called(draft.vnets, name).id);
    keep(draft.adminRules, { ...rule, id: `${managerId}/rules/${rule.name}`, managerId, vnetIds });
  }
}
