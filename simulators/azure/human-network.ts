import { armId } from './draft.ts';
import type { ClassicCollection, Firewall, RuleGroup } from './firewall-model.ts';
import { newEtag } from './history.ts';
import { type Nic, type Snapshot, sameId } from './model.ts';
import type { Simulation } from './simulation.ts';
import type { AdminRule, Connectivity, RouteTable, Vnet } from './topology-model.ts';

type Pick = <T extends { readonly id: string; readonly name: string }>(
  all: (view: Snapshot) => ReadonlyMap<string, T>,
  name: string,
) => T;

/** What people do by hand to the network around the machines; `pick` finds what they name. */
export function createNetworkHands({ world }: Simulation, pick: Pick) {
  const firewallOf = (name: string) => pick((view) => view.firewalls, name);
  const setCollections = (
    firewall: Firewall,
    kind: 'nat' | 'network',
    change: (all: readonly ClassicCollection[]) => readonly ClassicCollection[],
  ) => {
    const rules = { ...firewall.rules, [kind]: change(firewall.rules[kind]) };
    world.put('firewalls', { ...firewall, rules, etag: newEtag() });
  };
  const setAddresses = (nic: Nic, change: (address: Nic['addresses'][number]) => Nic['addresses'][number]) =>
    world.put('nics', { ...nic, addresses: nic.addresses.map(change) });

  return {
    /** Sends everything from a subnet through a firewall, or straight out again. */
    setRoute(subnetName: string, firewallName: string | undefined): void {
      const subnet = pick((view) => view.subnets, subnetName);
      if (firewallName === undefined) {
        world.put('subnets', { ...subnet, routeTableId: undefined });
        return;
      }
      const { resourceGroup, location } = subnet;
      const name = `${subnet.name}-through-${firewallName}`;
      const id = subnet.id.replace(/\/virtualNetworks\/.*$/, `/routeTables/${name}`);
      const nextHop = { nextHopType: 'VirtualAppliance', nextHopIp: firewallOf(firewallName).privateIp } as const;
      const route = { name: 'all', prefix: '0.0.0.0/0', ...nextHop };
      world.put('routeTables', { id, name, resourceGroup, location, routes: [route] });
      world.put('subnets', { ...subnet, routeTableId: id });
    },
    /** Sends a subnet's traffic as these routes say, whatever they lead to. */
    setRoutes(subnetName: string, routes: RouteTable['routes']): void {
      const subnet = pick((view) => view.subnets, subnetName);
      const { resourceGroup, location } = subnet;
      const name = `${subnet.name}-routes`;
      const id = subnet.id.replace(/\/virtualNetworks\/.*$/, `/routeTables/${name}`);
      world.put('routeTables', { id, name, resourceGroup, location, routes });
      world.put('subnets', { ...subnet, routeTableId: id });
    },
    /** Gives a machine another private address in place of one that it has. */
    setPrivateIp(nicName: string, from: string, to: string): void {
      const nic = pick((view) => view.nics, nicName);
      setAddresses(nic, (address) => (address.privateIp === from ? { ...address, privateIp: to } : address));
    },
    /** Puts all addresses of an interface into these application security groups and no other. */
    setApplicationGroups(nicName: string, names: readonly string[]): void {
      const applicationGroupIds = names.map((name) => pick((view) => view.applicationGroups, name).id);
      setAddresses(
        pick((view) => view.nics, nicName),
        (address) => ({ ...address, applicationGroupIds }),
      );
    },
    /** Moves a network security group to another resource group, still attached where it was. */
    moveGroup(nsgName: string, resourceGroup: string): void {
      const nsg = pick((view) => view.nsgs, nsgName);
      const id = nsg.id.replace(/\/resourceGroups\/[^/]+/i, `/resourceGroups/${resourceGroup}`);
      world.put('nsgs', { ...nsg, id, resourceGroup, etag: newEtag() });
      for (const subnet of [...world.current.subnets.values()])
        if (sameId(subnet.nsgId, nsg.id)) world.put('subnets', { ...subnet, nsgId: id });
      for (const nic of [...world.current.nics.values()])
        if (sameId(nic.nsgId, nsg.id)) world.put('nics', { ...nic, nsgId: id });
      world.remove('nsgs', nsg.id);
    },
    setFlushConnection(nsgName: string, flushConnection: boolean): void {
      world.put('nsgs', { ...pick((view) => view.nsgs, nsgName), flushConnection, etag: newEtag() });
    },
    /** Adds a collection to a classic firewall, in place of one with the same name; it is in force at once. */
    putCollection(firewallName: string, kind: 'nat' | 'network', collection: ClassicCollection): void {
      setCollections(firewallOf(firewallName), kind, (all) => [
        ...all.filter((one) => !sameId(one.name, collection.name)),
        collection,
      ]);
    },
    /** Everything that a classic firewall's rules say, from now on. */
    setFirewallRules(firewallName: string, rules: Omit<Firewall['rules'], 'application'>): void {
      const firewall = firewallOf(firewallName);
      world.put('firewalls', { ...firewall, rules: { ...firewall.rules, ...rules }, etag: newEtag() });
    },
    /** An IP group with these members, in place of one with the same name. */
    putIpGroup(name: string, addresses: readonly string[]): void {
      const { resourceGroup, location } = [...world.current.vnets.values()][0] ?? { resourceGroup: '', location: '' };
      const id = armId(resourceGroup, 'Microsoft.Network/ipGroups', name);
      world.put('ipGroups', { id, name, resourceGroup, location, addresses });
    },
    setThreatIntelligence(firewallName: string, mode: 'Alert' | 'Deny' | 'Off', never: readonly string[] = []): void {
      const firewall = firewallOf(firewallName);
      if (firewall.policyId) {
        const policy = pick((view) => view.firewallPolicies, firewall.policyId.split('/').at(-1) ?? '');
        world.put('firewallPolicies', { ...policy, threatIntelMode: mode, neverThreats: never });
        return;
      }
      const additionalProperties = { 'ThreatIntel.Whitelist.IpAddresses': never.join(',') };
      const settings = {
        ...firewall.settings,
        threatIntelMode: mode,
        ...(never.length > 0 ? { additionalProperties } : {}),
      };
      world.put('firewalls', { ...firewall, settings, etag: newEtag() });
    },
    /** The next update of a classic firewall fails: these rules are written and not in force. */
    failFirewall(firewallName: string, rules: Omit<Firewall['rules'], 'application'>): void {
      const firewall = firewallOf(firewallName);
      const next = { ...firewall.rules, ...rules };
      world.put('firewalls', { ...firewall, rules: next, before: firewall.rules, failed: true, etag: newEtag() });
    },
    /** "Stop-deallocate": without its addresses a firewall lets nothing through. */
    deallocateFirewall(firewallName: string): void {
      world.put('firewalls', { ...firewallOf(firewallName), configurations: [], etag: newEtag() });
    },
    removeCollection(firewallName: string, kind: 'nat' | 'network', name: string): void {
      setCollections(firewallOf(firewallName), kind, (all) => all.filter((one) => !sameId(one.name, name)));
    },
    /** Takes every collection with that name away, from classic firewalls and policies alike; it is in force at once. */
    dropCollection(name: string): void {
      const others = <C extends { readonly name: string }>(all: readonly C[]): C[] =>
        all.filter((one) => !sameId(one.name, name));
      for (const firewall of [...world.current.firewalls.values()]) {
        const rules = { ...firewall.rules, nat: others(firewall.rules.nat), network: others(firewall.rules.network) };
        world.put('firewalls', { ...firewall, rules, etag: newEtag() });
      }
      for (const group of [...world.current.ruleGroups.values()])
        world.put('ruleGroups', { ...group, collections: others(group.collections), etag: newEtag() });
    },
    /** Adds a rule collection group to a policy, in place of one with the same name; it is in force at once. */
    putRuleGroup(policyName: string, group: Omit<RuleGroup, 'id' | 'policyId' | 'etag'>): void {
      const policyId = pick((view) => view.firewallPolicies, policyName).id;
      world.put('ruleGroups', {
        ...group,
        id: `${policyId}/ruleCollectionGroups/${group.name}`,
        policyId,
        etag: newEtag(),
      });
    },
    /** Gives a firewall policy another parent, which may be anywhere. */
    setParent(policyName: string, basePolicyId: string): void {
      world.put('firewallPolicies', { ...pick((view) => view.firewallPolicies, policyName), basePolicyId });
    },
    /** Changes the description of a rule with that name, on classic firewalls and in policies alike. */
    describeFirewallRule(ruleName: string, description: string | undefined): void {
      const named = <C extends { readonly rules: readonly { readonly name: string }[] }>(all: readonly C[]): C[] =>
        all.map((one) => ({
          ...one,
          rules: one.rules.map((rule) => (sameId(rule.name, ruleName) ? { ...rule, description } : rule)),
        }));
      for (const firewall of [...world.current.firewalls.values()]) {
        const rules = { ...firewall.rules, nat: named(firewall.rules.nat), network: named(firewall.rules.network) };
        world.put('firewalls', { ...firewall, rules, etag: newEtag() });
      }
      for (const group of [...world.current.ruleGroups.values()])
        world.put('ruleGroups', { ...group, collections: named(group.collections), etag: newEtag() });
    },
    /** Deletes a firewall; routes through it stay and lead nowhere. */
    deleteFirewall(name: string): void {
      world.remove('firewalls', firewallOf(name).id);
    },
    /** Applies a security admin rule to all networks, in place of one with the same name. */
    putAdminRule(rule: Omit<AdminRule, 'id' | 'managerId' | 'vnetIds'>): void {
      const vnets = [...world.current.vnets.values()];
      const managerId = (vnets[0]?.id ?? '').replace(/\/virtualNetworks\/.*$/, '/networkManagers/manager');
      const vnetIds = vnets.map(({ id }) => id);
      const collection = `${managerId}/securityAdminConfigurations/config/ruleCollections/collection`;
      world.put('adminRules', { ...rule, id: `${collection}/rules/${rule.name}`, managerId, vnetIds });
    },
    /** Connects a network to a virtual hub, or takes it off. */
    connectToHub(vnetName: string, hub: Vnet['hub']): void {
      const { hub: _, ...vnet } = pick((view) => view.vnets, vnetName);
      world.put('vnets', { ...vnet, ...(hub ? { hub } : {}) });
    },
    /** Applies a connectivity configuration of the network manager to some networks. */
    putConnectivity(
      name: string,
      vnetNames: readonly string[],
      how: { topology: Connectivity['topology']; isDirect: boolean },
    ): void {
      const vnetIds = vnetNames.map((one) => pick((view) => view.vnets, one).id);
      const manager = (vnetIds[0] ?? '').replace(/\/virtualNetworks\/.*$/, '/networkManagers/manager');
      world.put('connectivities', { ...how, id: `${manager}/connectivityConfigurations/${name}`, name, vnetIds });
    },
    removeAdminRule(name: string): void {
      world.remove('adminRules', pick((view) => view.adminRules, name).id);
    },
  };
}
