import type { NetworkSecurityGroup, SecurityRule } from '@azure/arm-network';
import { describe, expect, it } from 'vitest';
import type { MachineSpec } from '../../simulators/azure/machines.ts';
import { type Azure, call, MINUTE_MS, refusal, startAzure } from './azure-clients.ts';

const client = '203.0.113.7';
const quick = { updateIntervalInMs: 10 };

const rule = (change: Partial<SecurityRule> = {}): SecurityRule => ({
  protocol: 'Tcp',
  sourcePortRange: '*',
  destinationPortRange: '22',
  sourceAddressPrefix: client,
  destinationAddressPrefix: '*',
  access: 'Allow',
  priority: 150,
  direction: 'Inbound',
  ...change,
});
/** A rule without its destination prefix, for those that name application security groups instead. */
const toGroups = (ids: readonly string[], change: Partial<SecurityRule> = {}): SecurityRule => {
  const { destinationAddressPrefix: _, ...rest } = rule(change);
  return { ...rest, destinationApplicationSecurityGroups: ids.map((id) => ({ id })) };
};

const grouped: MachineSpec = {
  name: 'web-1',
  interfaces: [
    {
      privateIps: ['10.0.0.4', '10.0.0.5'],
      publicIp: '198.51.100.4',
      subnet: 'web',
      nicNsg: 'web-1-nsg',
      applicationGroups: ['asg-web'],
    },
  ],
};
const dual: MachineSpec = {
  name: 'web-1',
  interfaces: [
    {
      privateIps: ['10.0.0.4', 'fd00:db8:0:1::4'],
      publicIp: '198.51.100.4',
      subnet: 'web',
      nicNsg: 'web-1-nsg',
    },
  ],
};

async function asgId({ network }: Azure): Promise<string> {
  const listed = [];
  for await (const group of network.applicationSecurityGroups.listAll()) listed.push(group.id);
  return listed[0] ?? '';
}
const write = ({ network }: Azure, body: SecurityRule, name = 'ssh') =>
  network.securityRules.createOrUpdate('rg-prod', 'web-1-nsg', name, body, quick);
const effectiveRules = async ({ network }: Azure) => {
  const read = await network.networkInterfaces.listEffectiveNetworkSecurityGroups('rg-prod', 'web-1-nic');
  return read.value?.flatMap((group) => group.effectiveSecurityRules ?? []) ?? [];
};

describe('application security groups', () => {
  it('stand for the addresses of their members', async () => {
    const all = await startAzure({ machines: [grouped] });
    const { azure, network } = all;
    const id = await asgId(all);
    expect((await network.applicationSecurityGroups.get('rg-prod', 'asg-web')).id).toBe(id);
    const nic = await network.networkInterfaces.get('rg-prod', 'web-1-nic');
    expect(nic.ipConfigurations?.map((c) => c.applicationSecurityGroups)).toEqual([[{ id }], [{ id }]]);
    const written = await write(all, toGroups([id]));
    expect(written.destinationApplicationSecurityGroups).toEqual([{ id }]);
    expect((await effectiveRules(all)).find((r) => r.priority === 150)?.destinationAddressPrefixes).toEqual([
      '10.0.0.4/32',
      '10.0.0.5/32',
    ]);
    expect(azure.reachable({ from: client, machine: 'web-1', port: 22 })).toBe(true);
    azure.human.setApplicationGroups('web-1-nic', []);
    expect(azure.reachable({ from: client, machine: 'web-1', port: 22 })).toBe(false);
    azure.human.addRule('web-1-nsg', {
      name: 'x',
      priority: 160,
      source: '*',
      ports: '80',
      sourceGroups: ['asg-web'],
      destinationGroups: ['asg-web'],
    });
    expect(all.rules('web-1-nsg').find((r) => r.name === 'x')).toMatchObject({
      sources: ['asg-web'],
      destinations: ['asg-web'],
    });
  });

  it('are refused beside prefixes, where they do not exist, and more than ten at once', async () => {
    const all = await startAzure({ machines: [grouped] });
    const id = await asgId(all);
    const both = { ...toGroups([id]), destinationAddressPrefix: '*' };
    expect(await refusal(write(all, both))).toBe('400 SecurityRuleInvalidParameter');
    expect(await refusal(write(all, toGroups([`${id}-2`])))).toBe('400 InvalidResourceReference');
    expect(await refusal(write(all, toGroups(Array(11).fill(id))))).toBe('400 InvalidRequestContent');
    expect(await refusal(write(all, toGroups([])))).toBe('400 SecurityRuleInvalidParameter');
  });
});

describe('a group', () => {
  it('takes rules with many addresses and ports, up to 4,000 addresses on a side', async () => {
    const all = await startAzure();
    const many = (count: number, from = 0) =>
      Array.from({ length: count }, (_, i) => `10.${200 + ((i + from) >> 8)}.${(i + from) & 255}.1`);
    const { sourceAddressPrefix: _, destinationPortRange: __, ...rest } = rule();
    const wide = { ...rest, destinationPortRanges: ['22', '3389'], sourceAddressPrefixes: many(3000) };
    expect((await write(all, wide)).sourceAddressPrefixes).toHaveLength(3000);
    expect(all.rules('web-1-nsg').find((r) => r.name === 'ssh')?.ports).toEqual(['22', '3389']);
    const more = { ...wide, priority: 151, sourceAddressPrefixes: many(1001, 3000) };
    expect(await refusal(write(all, more, 'more'))).toBe('400 NetworkSecurityGroupAddressCountLimitReached');
    await write(all, { ...more, sourceAddressPrefixes: many(1000, 3000) }, 'more');
  });

  it('takes 1,000 rules', async () => {
    const all = await startAzure();
    const specs = Array.from({ length: 999 }, (_, i) => ({
      name: `r${i}`,
      priority: 200 + i,
      source: '*',
      ports: '1',
    }));
    all.azure.human.replaceRules('web-1-nsg', specs);
    await write(all, rule());
    const more = write(all, rule({ priority: 151 }), 'more');
    expect(await refusal(more)).toBe('400 NetworkSecurityGroupRuleCountLimitReached');
    await write(all, rule({ priority: 151 }));
  });

  it('locks for every write, and refuses a priority that is taken', async () => {
    const all = await startAzure();
    all.azure.behaviour.operationMs = MINUTE_MS;
    const first = write(all, rule());
    await expect.poll(() => all.rules('web-1-nsg').length).toBe(2);
    expect(await refusal(write(all, rule(), 'second'))).toBe('429 RetryableErrorDueToAnotherOperation');
    all.clock.advance(MINUTE_MS);
    all.azure.behaviour.operationMs = 0;
    await first;
    expect(await refusal(write(all, rule(), 'second'))).toBe('400 SecurityRuleConflict');
  });

  const put = async (all: Azure, change: (nsg: NetworkSecurityGroup) => void) => {
    const nsg = await all.network.networkSecurityGroups.get('rg-prod', 'web-1-nsg');
    change(nsg);
    return all.network.networkSecurityGroups.createOrUpdate('rg-prod', 'web-1-nsg', nsg, quick);
  };

  it('is written as a whole for flushConnection alone, with all its rules', async () => {
    const all = await startAzure({ machines: [grouped] });
    await write(all, toGroups([await asgId(all)]));
    const before = all.rules('web-1-nsg');
    const nsg = await put(all, (group) => {
      group.flushConnection = true;
    });
    expect(nsg.flushConnection).toBe(true);
    expect(all.rules('web-1-nsg')).toEqual(before);
    expect(all.azure.state().nsgs[0]?.flushConnection).toBe(true);
    // What a PUT leaves out is gone, as an older api-version does to what it does not know.
    await put(all, (group) => {
      group.flushConnection = undefined as never;
    });
    expect(all.azure.state().nsgs[0]?.flushConnection).toBe(false);
    all.azure.human.setFlushConnection('web-1-nsg', true);
    expect((await all.network.networkSecurityGroups.get('rg-prod', 'web-1-nsg')).flushConnection).toBe(true);
  });

  it.each<[string, (nsg: NetworkSecurityGroup) => void, string]>([
    [
      'without its rules',
      (g) => {
        g.securityRules = [];
      },
      '400 SecurityRulesReplaced',
    ],
    ['with another rule', (g) => g.securityRules?.push({ ...rule(), name: 'more' }), '400 SecurityRulesReplaced'],
    [
      'with a changed rule',
      (g) => {
        Object.assign(g.securityRules?.[0] ?? {}, { priority: 300 });
      },
      '400 SecurityRulesReplaced',
    ],
    [
      'in another location',
      (g) => {
        g.location = 'northeurope';
      },
      '409 InvalidResourceLocation',
    ],
  ])('is not written %s', async (_, change, expected) => {
    const all = await startAzure();
    const before = all.rules('web-1-nsg');
    expect(await refusal(put(all, change))).toBe(expected);
    expect(all.rules('web-1-nsg')).toEqual(before);
  });

  it('refuses properties that it does not know', async () => {
    const path = '/resourceGroups/rg-prod/providers/Microsoft.Network/networkSecurityGroups/web-1-nsg';
    const body = { location: 'westeurope', properties: { securityRules: [], colour: 'red' } };
    const reply = await call(await startAzure(), 'PUT', `${path}?api-version=2026-01-01`, body);
    expect(reply).toMatchObject({ status: 400, code: 'InvalidRequestContent' });
  });
});

describe('a machine of both families', () => {
  it('has an address, a subnet and rules of each', async () => {
    const all = await startAzure({ machines: [dual] });
    const { azure, network, protect, initiate, allows } = all;
    const subnet = await network.subnets.get('rg-prod', 'vnet-prod', 'web');
    expect(subnet.addressPrefixes).toEqual(['10.0.0.0/24', 'fd00:db8:0:1::/64']);
    const nic = await network.networkInterfaces.get('rg-prod', 'web-1-nic');
    expect(nic.ipConfigurations?.map((c) => c.privateIPAddressVersion)).toEqual(['IPv4', 'IPv6']);
    const last = (await effectiveRules(all)).find((r) => r.priority === 65500);
    expect(last?.sourceAddressPrefixes).toEqual(['0.0.0.0/0']);
    await protect('web-1');
    expect(all.rules('web-1-nsg').map((r) => r.destinations)).toEqual([['fd00:db8:0:1::4'], ['10.0.0.4']]);
    await initiate('web-1', client);
    await initiate('web-1', 'fd00:db8:0:2::7');
    expect(allows('web-1-nsg').map((r) => r.destinations)).toEqual([['fd00:db8:0:1::4']]);
    expect(azure.reachable({ from: 'fd00:db8:0:2::7', machine: 'web-1', port: 22 })).toBe(true);
    expect(azure.reachable({ from: 'fd00:db8:0:2::8', machine: 'web-1', port: 22 })).toBe(false);
    azure.behaviour.onReplace = 'keep';
    await initiate('web-1', client);
    expect(
      allows('web-1-nsg')
        .map((r) => r.destinations)
        .sort(),
    ).toEqual([['10.0.0.4'], ['fd00:db8:0:1::4']]);
  });
});

describe('Defender', () => {
  it('clears rules with its prefix that it did not write, at every update of a policy', async () => {
    const { azure, protect, rules, initiate, allows } = await startAzure();
    await protect('web-1');
    await initiate('web-1');
    for (const prefix of ['MicrosoftDefenderForCloud', 'SecurityCenter']) {
      const name = `${prefix}-JITRule-7-${'A'.repeat(32)}`;
      const spec = { name, priority: prefix.length + 100, source: client, ports: '22' };
      azure.human.addRule('web-1-nsg', spec);
      azure.human.addRule('jump-1-nsg', spec);
    }
    azure.behaviour.keepRequestsOnPut = true;
    await protect('web-1');
    expect(rules('web-1-nsg').map((r) => r.writer)).toEqual(['defender', 'customer', 'defender']);
    expect(allows('web-1-nsg')).toHaveLength(1);
    expect(rules('jump-1-nsg')).toHaveLength(3);
  });

  it('may put its deny before what the customer allows, and push that down', async () => {
    const { azure, protect, rules } = await startAzure({ renumber: true });
    azure.human.addRule('jump-1-nsg', { name: 'next', priority: 301, source: '*', ports: '443' });
    azure.human.addRule('jump-1-nsg', { name: 'far', priority: 400, source: '*', ports: '20-30' });
    await protect('jump-1');
    expect(rules('jump-1-nsg').map((r) => [r.priority, r.access, r.writer === 'defender' || r.name])).toEqual([
      [300, 'Deny', true],
      [301, 'Allow', 'allow-ssh-office'],
      [302, 'Allow', 'next'],
      [400, 'Allow', 'far'],
    ]);
    expect(azure.reachable({ from: client, machine: 'jump-1', port: 22 })).toBe(false);
    await protect('jump-1');
    expect(rules('jump-1-nsg')[0]?.priority).toBe(300);
  });
});
