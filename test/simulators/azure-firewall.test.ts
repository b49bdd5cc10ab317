import type { AzureFirewall, AzureFirewallNatRule } from '@azure/arm-network';
import { describe, expect, it } from 'vitest';
import { type Azure, call, MINUTE_MS, refusal, startAzure } from './azure-clients.ts';
import { edge, FIREWALL_IP, guarded, httpsNat } from './azure-firewalls.ts';

const start = (options = {}) => startAzure({ machines: [guarded()], network: edge({ nat: [httpsNat] }), ...options });

const ssh = (change: Partial<AzureFirewallNatRule> = {}): AzureFirewallNatRule => ({
  name: 'ssh',
  protocols: ['TCP'],
  sourceAddresses: ['203.0.113.7'],
  destinationAddresses: [FIREWALL_IP],
  destinationPorts: ['40022'],
  translatedAddress: '10.0.3.4',
  translatedPort: '22',
  ...change,
});
const collection = (name: string, priority: number, ...rules: AzureFirewallNatRule[]) => ({
  name,
  priority,
  action: { type: 'Dnat' },
  rules,
});

/** Reads the firewall, changes it and writes all of it back, as a careful caller does. */
async function rewrite({ network }: Azure, change: (firewall: AzureFirewall) => void) {
  const firewall = await network.azureFirewalls.get('rg-prod', 'edge');
  change(firewall);
  return network.azureFirewalls.createOrUpdate('rg-prod', 'edge', firewall, { updateIntervalInMs: 10 });
}

describe('a classic firewall', () => {
  it('is where the route of the machine leads', async () => {
    const { network } = await start();
    const nic = await network.networkInterfaces.get('rg-prod', 'app-1-nic');
    const subnet = await network.subnets.get('rg-prod', 'vnet-prod', 'app');
    expect(nic.ipConfigurations?.[0]?.subnet?.id).toBe(subnet.id);
    const tableName = subnet.routeTable?.id?.split('/').at(-1) ?? '';
    const table = await network.routeTables.get('rg-prod', tableName);
    expect(table.subnets?.map((s) => s.id)).toEqual([subnet.id]);
    expect(table.routes).toMatchObject([
      { addressPrefix: '0.0.0.0/0', nextHopType: 'VirtualAppliance', nextHopIpAddress: '10.0.250.4' },
    ]);
    const listed = [];
    for await (const firewall of network.azureFirewalls.listAll()) listed.push(firewall);
    for await (const firewall of network.azureFirewalls.list('rg-prod')) listed.push(firewall);
    expect(listed.map((f) => f.name)).toEqual(['edge', 'edge']);
    const [configuration] = listed[0]?.ipConfigurations ?? [];
    expect(configuration?.privateIPAddress).toBe('10.0.250.4');
    expect(configuration?.subnet?.id).toMatch(/\/vnet-prod\/subnets\/AzureFirewallSubnet$/);
    const own = await network.subnets.get('rg-prod', 'vnet-prod', 'AzureFirewallSubnet');
    expect(own.addressPrefix).toBe('10.0.250.0/26');
    const ip = await network.publicIPAddresses.get(
      'rg-prod',
      configuration?.publicIPAddress?.id?.split('/').at(-1) ?? '',
    );
    expect(ip.ipAddress).toBe(FIREWALL_IP);
    expect(ip.ipConfiguration?.id).toBe(configuration?.id);
  });

  it('comes back from a read and a write as it was', async () => {
    const all = await start();
    const before = await all.network.azureFirewalls.get('rg-prod', 'edge');
    const after = await rewrite(all, () => {});
    expect(after.etag).not.toBe(before.etag);
    const strip = (f: AzureFirewall) => JSON.parse(JSON.stringify(f, (key, value) => (key === 'etag' ? '' : value)));
    expect(strip(after)).toEqual(strip(before));
  });

  it('is replaced as a whole: what a PUT leaves out is gone', async () => {
    const all = await start();
    const after = await rewrite(all, (f) => {
      f.natRuleCollections = [collection('ours', 150, ssh())];
      f.ipConfigurations = f.ipConfigurations?.map((c) => ({ ...c }));
    });
    expect(after.natRuleCollections?.map((c) => c.name)).toEqual(['ours']);
    expect(after.natRuleCollections?.[0]?.rules).toEqual([ssh()]);
  });

  it('updates for minutes, and refuses another update meanwhile', async () => {
    const all = await start({ firewallMs: 4 * MINUTE_MS });
    const { clock, network } = all;
    const poller = rewrite(all, (f) => {
      f.natRuleCollections?.push(collection('ours', 150, ssh()));
    });
    await expect
      .poll(async () => (await network.azureFirewalls.get('rg-prod', 'edge')).provisioningState)
      .toBe('Updating');
    expect(await refusal(rewrite(all, () => {}))).toBe('429 AnotherOperationInProgress');
    clock.advance(4 * MINUTE_MS);
    expect((await poller).provisioningState).toBe('Succeeded');
    all.azure.behaviour.firewallMs = 0;
    await rewrite(all, () => {});
  });

  const nat = (change: Partial<AzureFirewallNatRule>) => (f: AzureFirewall) => {
    f.natRuleCollections?.push(collection('ours', 150, ssh(change)));
  };
  it.each<[string, (f: AzureFirewall) => void, string]>([
    ['a priority below 100', (f) => f.natRuleCollections?.push(collection('ours', 99, ssh())), 'InvalidRequestContent'],
    [
      'a priority above 65000',
      (f) => f.natRuleCollections?.push(collection('ours', 65001, ssh())),
      'InvalidRequestContent',
    ],
    [
      'a name over 80 characters',
      (f) => f.natRuleCollections?.push(collection('o'.repeat(81), 150, ssh())),
      'InvalidRequestContent',
    ],
    ['a collection without rules', (f) => f.natRuleCollections?.push(collection('ours', 150)), 'InvalidRequestContent'],
    ['a name that is taken', (f) => f.natRuleCollections?.push(collection('WEB', 150, ssh())), 'InvalidRequestFormat'],
    [
      'a priority that is taken',
      (f) => f.natRuleCollections?.push(collection('ours', 200, ssh())),
      'FirewallRuleCollectionPriorityConflict',
    ],
    ['an address of somebody else', nat({ destinationAddresses: ['198.51.100.10'] }), 'InvalidRequestFormat'],
    ['two destination ports', nat({ destinationPorts: ['40022', '40023'] }), 'InvalidRequestFormat'],
    ['a source that is none', nat({ sourceAddresses: ['office'] }), 'InvalidRequestFormat'],
    ['an IPv6 source', nat({ sourceAddresses: ['2001:db8::1'] }), 'InvalidRequestFormat'],
    ['no source', nat({ sourceAddresses: [] }), 'InvalidRequestFormat'],
    ['no translated port', nat({ translatedPort: undefined as never }), 'InvalidRequestContent'],
    ['an IP group that is not there', nat({ sourceIpGroups: ['/subscriptions/x'] }), 'InvalidResourceReference'],
    ['DNAT of ICMP', nat({ protocols: ['ICMP'] }), 'InvalidRequestContent'],
    [
      'another location',
      (f) => {
        f.location = 'northeurope';
      },
      'InvalidResourceLocation',
    ],
    [
      'a policy that is not there',
      (f) => {
        f.natRuleCollections = [];
        f.firewallPolicy = { id: '/nowhere' };
      },
      'InvalidResourceReference',
    ],
    [
      'rules beside a policy',
      (f) => {
        f.firewallPolicy = { id: '/nowhere' };
      },
      'AzureFirewallRuleCollectionsAndPolicyConflict',
    ],
  ])('refuses %s', async (_, change, code) => {
    const all = await start();
    expect(await refusal(rewrite(all, change))).toMatch(new RegExp(` ${code}$`));
    expect((await all.network.azureFirewalls.get('rg-prod', 'edge')).natRuleCollections).toHaveLength(1);
  });

  it('takes 250 DNAT rules, its public addresses counted in', async () => {
    const all = await start();
    const many = (count: number) => (f: AzureFirewall) => {
      const rules = Array.from({ length: count }, (_, i) =>
        ssh({ name: `r${i}`, destinationPorts: [String(40_000 + i)] }),
      );
      f.natRuleCollections = [collection('ours', 150, ...rules)];
    };
    expect(await refusal(rewrite(all, many(250)))).toBe('400 AzureFirewallDnatRuleLimitExceeded');
    expect((await rewrite(all, many(249))).natRuleCollections?.[0]?.rules).toHaveLength(249);
  });

  it('refuses properties that it does not know, and firewalls that are not there', async () => {
    const all = await start();
    const path = '/resourceGroups/rg-prod/providers/Microsoft.Network/azureFirewalls';
    const version = 'api-version=2026-01-01';
    const body = { location: 'westeurope', properties: { colour: 'red' } };
    expect(await call(all, 'PUT', `${path}/edge?${version}`, body)).toMatchObject({ code: 'InvalidRequestContent' });
    expect(await call(all, 'PUT', `${path}/new?${version}`, body)).toMatchObject({ code: 'ResourceNotFound' });
    expect(await call(all, 'PATCH', `${path}/edge?${version}`, {})).toMatchObject({ code: 'MethodNotAllowed' });
  });

  it('honours If-Match', async () => {
    const all = await start();
    const firewall = await all.network.azureFirewalls.get('rg-prod', 'edge');
    await rewrite(all, () => {});
    const stale = { requestOptions: { headers: { 'If-Match': firewall.etag ?? '' } } };
    const late = all.network.azureFirewalls.createOrUpdate('rg-prod', 'edge', firewall, stale);
    expect(await refusal(late)).toBe('412 PreconditionFailed');
  });
});
