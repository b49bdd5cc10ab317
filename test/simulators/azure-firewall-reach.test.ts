import { describe, expect, it } from 'vitest';
import type { NetworkSpec } from '../../simulators/azure/network-spec.ts';
import { MINUTE_MS, startAzure } from './azure-clients.ts';
import { edge, FIREWALL_IP, governed, guarded, sshFilter, sshNat } from './azure-firewalls.ts';

const client = '203.0.113.7';
const ssh = (from = client, machine = 'app-1') => ({ from, machine, port: 22 });
const start = (network: NetworkSpec, face = {}) => startAzure({ machines: [guarded(face)], network });

const hub = (change = {}): NetworkSpec => ({
  vnets: [
    { name: 'hub', prefixes: ['10.1.0.0/16'], resourceGroup: 'rg-hub' },
    { name: 'vnet-prod', prefixes: ['10.0.0.0/16'], peers: ['hub'] },
  ],
  firewalls: [
    {
      name: 'edge',
      resourceGroup: 'rg-hub',
      vnet: 'hub',
      privateIp: '10.1.250.4',
      publicIps: [FIREWALL_IP],
      ...change,
    },
  ],
  bastions: [
    { name: 'bastion', resourceGroup: 'rg-hub', vnet: 'hub', prefix: '10.1.251.0/26', publicIp: '198.51.100.11' },
  ],
});

describe('a packet', () => {
  it('reaches a machine through its public address if its groups let it', async () => {
    const { azure } = await startAzure();
    expect(azure.ways(ssh(client, 'jump-1'))).toEqual([
      { through: 'public address', address: '198.51.100.6', port: 22, open: true, by: 'jump-1-nsg/allow-ssh-office' },
    ]);
    expect(azure.ways(ssh(client, 'web-1'))).toMatchObject([{ open: false, by: 'subnet-web-nsg/DenyAllInBound' }]);
    expect(azure.ways(ssh(client, 'db-1'))).toEqual([]);
    azure.human.addRule('subnet-web-nsg', { name: 'ssh', priority: 110, source: client, ports: '20-30' });
    expect(azure.reachable(ssh(client, 'web-1'))).toBe(false);
    azure.human.addRule('web-1-nsg', { name: 'ssh', priority: 110, source: '203.0.113.0/24', ports: '22' });
    expect(azure.reachable(ssh(client, 'web-1'))).toBe(true);
    expect(azure.reachable({ ...ssh(client, 'web-1'), protocol: 'Udp' })).toBe(false);
    expect(azure.reachable(ssh('198.18.0.1', 'web-1'))).toBe(false);
    expect(azure.reachable(ssh('10.0.2.4', 'web-1'))).toBe(true);
    azure.human.stopVm('web-1');
    expect(azure.ways(ssh(client, 'web-1'))).toMatchObject([{ open: false, by: 'the machine is stopped' }]);
  });

  it('gets to no machine without a group from outside, and to it from inside', async () => {
    const bare = {
      name: 'bare-1',
      interfaces: [{ privateIps: ['10.0.4.4'], publicIp: '198.51.100.8', subnet: 'bare' }],
    };
    const { azure } = await startAzure({ machines: [bare] });
    expect(azure.ways(ssh(client, 'bare-1'))).toMatchObject([{ open: false, by: 'no group' }]);
    expect(azure.reachable(ssh('10.0.2.4', 'bare-1'))).toBe(true);
  });

  it('is translated by the firewall, and then comes from the firewall', async () => {
    const { azure } = await start(edge({ nat: [sshNat()] }));
    expect(azure.ways(ssh())).toEqual([
      {
        through: 'firewall',
        address: FIREWALL_IP,
        port: 40022,
        open: true,
        by: 'edge: drawbridge-leases/ssh, subnet-app-nsg/AllowVnetInBound',
      },
    ]);
    expect(azure.ways(ssh('203.0.113.8'))).toEqual([]);
    azure.human.addRule('subnet-app-nsg', { name: 'no', priority: 300, source: '*', ports: '22', access: 'Deny' });
    azure.human.addRule('subnet-app-nsg', { name: 'yes', priority: 200, source: client, ports: '22' });
    expect(azure.ways(ssh())).toMatchObject([{ open: false, by: 'subnet-app-nsg/no' }]);
    azure.human.addRule('subnet-app-nsg', { name: 'yes', priority: 200, source: '10.0.250.4', ports: '22' });
    expect(azure.reachable(ssh())).toBe(false);
    azure.human.addRule('subnet-app-nsg', { name: 'yes', priority: 200, source: '10.0.250.0/26', ports: '22' });
    expect(azure.reachable(ssh())).toBe(true);
  });

  it('is dropped where a network rule denies what was translated', async () => {
    const { azure } = await start(edge({ nat: [sshNat()], network: [sshFilter('Deny', '*')] }));
    expect(azure.ways(ssh())).toMatchObject([{ open: false, by: 'edge: ssh-deny/ssh' }]);
  });

  it('does not get to a public address whose answers leave through the firewall', async () => {
    const { azure } = await start(edge(), { publicIp: '198.51.100.8' });
    azure.human.addRule('subnet-app-nsg', { name: 'yes', priority: 200, source: '*', ports: '22' });
    expect(azure.ways(ssh())).toMatchObject([{ open: false, by: 'answers leave through 10.0.250.4' }]);
  });

  it('is judged by the old rules until an update is through', async () => {
    const { azure, clock, network } = await start(edge({ nat: [sshNat()] }));
    azure.behaviour.firewallMs = 4 * MINUTE_MS;
    const firewall = await network.azureFirewalls.get('rg-prod', 'edge');
    const options = { updateIntervalInMs: 10 };
    const update = network.azureFirewalls.createOrUpdate(
      'rg-prod',
      'edge',
      { ...firewall, natRuleCollections: [] },
      options,
    );
    await expect.poll(() => azure.state().firewalls[0]?.updating).toBe(true);
    clock.advance(4 * MINUTE_MS - 1);
    expect([azure.reachable(ssh()), azure.state().firewalls[0]?.collections]).toEqual([true, []]);
    clock.advance(1);
    expect(azure.reachable(ssh())).toBe(false);
    await update;
  });

  it('follows the rules of a firewall policy and of its parent', async () => {
    const { azure, clock, network } = await startAzure({
      machines: [guarded()],
      network: governed(),
      firewallMs: MINUTE_MS,
    });
    // With a default route to an appliance the tag of the network holds all of IPv4.
    expect(azure.ways(ssh('192.168.7.7'))).toEqual([
      {
        through: 'network',
        address: '10.0.3.4',
        port: 22,
        open: true,
        by: 'edge: base/standard/admins/ssh, subnet-app-nsg/AllowVnetInBound',
      },
    ]);
    azure.human.addRule('subnet-app-nsg', { name: 'site', priority: 200, source: '192.168.0.0/16', ports: '22' });
    expect(azure.ways(ssh('192.168.7.7'))).toMatchObject([
      { open: true, by: 'edge: base/standard/admins/ssh, subnet-app-nsg/site' },
    ]);
    expect(azure.ways(ssh('192.168.8.8'))).toMatchObject([{ open: false, by: 'edge: no rule' }]);
    const rule = {
      ruleType: 'NatRule',
      name: 'ssh',
      ipProtocols: ['TCP'],
      sourceAddresses: [client],
      destinationAddresses: [FIREWALL_IP],
      destinationPorts: ['40022'],
      translatedAddress: '10.0.3.4',
      translatedPort: '22',
    } as const;
    const ruleCollections = [
      {
        ruleCollectionType: 'FirewallPolicyNatRuleCollection',
        name: 'leases',
        priority: 100,
        action: { type: 'DNAT' },
        rules: [rule],
      } as const,
    ];
    const write = network.firewallPolicyRuleCollectionGroups.createOrUpdate(
      'rg-prod',
      'branch',
      'drawbridge',
      { priority: 150, ruleCollections },
      { updateIntervalInMs: 10 },
    );
    await expect.poll(() => azure.state().firewalls[0]?.updating).toBe(true);
    expect(azure.reachable(ssh())).toBe(false);
    clock.advance(MINUTE_MS);
    expect(azure.ways(ssh())).toMatchObject([{ open: true, address: FIREWALL_IP, port: 40022 }]);
    expect(azure.state().firewalls[0]?.collections.map((c) => [c.path, c.kind])).toEqual([
      ['base/standard/admins', 'network'],
      ['branch/drawbridge/leases', 'nat'],
    ]);
    await write;
  });

  it('finds a firewall in the hub, and comes from the Bastion there', async () => {
    const { azure, network } = await start(hub({ nat: [sshNat()] }));
    expect(azure.reachable(ssh())).toBe(true);
    azure.human.addRule('subnet-app-nsg', { name: 'no', priority: 300, source: '*', ports: '22', access: 'Deny' });
    const listed = [];
    for await (const bastion of network.bastionHosts.list()) listed.push(bastion);
    for await (const bastion of network.bastionHosts.listByResourceGroup('rg-hub')) listed.push(bastion);
    expect(listed.map((b) => b.name)).toEqual(['bastion', 'bastion']);
    const subnetId = listed[0]?.ipConfigurations?.[0]?.subnet?.id ?? '';
    expect(subnetId).toMatch(/\/virtualNetworks\/hub\/subnets\/AzureBastionSubnet$/);
    const subnet = await network.subnets.get('rg-hub', 'hub', 'AzureBastionSubnet');
    expect(azure.reachable(ssh('10.1.251.5'))).toBe(false);
    azure.human.addRule('subnet-app-nsg', {
      name: 'yes',
      priority: 200,
      source: subnet.addressPrefix ?? '',
      ports: '22',
    });
    expect(azure.reachable(ssh('10.1.251.5'))).toBe(true);
    const prod = await network.virtualNetworks.get('rg-prod', 'vnet-prod');
    expect(prod.virtualNetworkPeerings).toMatchObject([{ peeringState: 'Connected' }]);
    const peering = await network.virtualNetworkPeerings.get('rg-prod', 'vnet-prod', 'to-hub');
    expect(peering.remoteVirtualNetwork?.id).toBe((await network.virtualNetworks.get('rg-hub', 'hub')).id);
  });

  it('is judged by the network manager first', async () => {
    const rule = {
      name: 'no-ssh',
      access: 'Deny',
      priority: 10,
      protocol: 'Tcp',
      sources: ['Internet'],
      ports: ['22'],
    } as const;
    const network = { ...edge(), adminRules: [{ ...rule, vnets: ['vnet-prod'] }] };
    const open = { name: 'app-1', interfaces: [{ privateIps: ['10.0.3.4'], publicIp: '198.51.100.8', subnet: 'app' }] };
    const denied = await startAzure({ machines: [open], network });
    expect(denied.azure.ways(ssh())).toMatchObject([{ open: false, by: 'network manager/no-ssh' }]);
    const adminRules = [{ ...rule, vnets: ['vnet-prod'], access: 'AlwaysAllow' as const }];
    const allowed = await startAzure({ machines: [open], network: { ...edge(), adminRules } });
    expect(allowed.azure.reachable(ssh())).toBe(true);
    const effective = await allowed.network.networkInterfaces.listEffectiveNetworkSecurityGroups(
      'rg-prod',
      'app-1-nic',
    );
    expect(effective.value?.[0]?.association?.networkManager?.id).toMatch(/\/networkManagers\/manager$/);
    expect(effective.value?.[0]?.effectiveSecurityRules).toMatchObject([
      {
        name: 'no-ssh',
        access: 'AlwaysAllow',
        priority: 10,
        destinationPortRange: '22-22',
        sourceAddressPrefix: 'Internet',
      },
    ]);
  });
});
