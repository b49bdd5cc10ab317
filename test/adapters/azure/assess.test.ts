import { afterEach, describe, expect, test } from 'vitest';
import { defaultMachines, type MachineSpec, type RuleSpec } from '../../../simulators/azure/machines.ts';
import type { NetworkSpec } from '../../../simulators/azure/network-spec.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/language/instant.ts';
import { never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { edge, FIREWALL_IP, governed, guarded, sshNat } from '../../simulators/azure-firewalls.ts';
import { type AzureHarness, azureHarness, PROTECTION } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

let cloud: AzureHarness;
afterEach(() => cloud.stop());

/** Each machine with its verdict, tab and reasons, and what Defender says of it. */
async function all(adapter = cloud.adapter) {
  const { machines } = await adapter.assess(never);
  return Object.fromEntries(
    machines.map(({ machine, verdict, tab, reasons, opinion }) => [
      machine.name,
      [verdict, tab, ...reasons, ...(opinion ? [`${opinion.by}: ${opinion.verdict}`] : [])],
    ]),
  );
}

const PROTECTED = ['healthy', 'configured', 'It is protected.'];
const CLOSED = ['healthy', 'notConfigured', 'Its network security groups allow no management port.'];
const OPEN = ['unhealthy', 'notConfigured', '22 is open to 0.0.0.0/0 through allow-ssh-office.'];
const BARE = ['notApplicable', 'unsupported', 'It has no network security group and no firewall in front of it.'];

const bare: MachineSpec = { name: 'bare-1', interfaces: [{ privateIps: ['10.0.9.4'], subnet: 'bare' }] };

describe('all machines are assessed', () => {
  test.each([50, 1])('by Defender’s policies, and as Defender sees them, %i on a page', async (pageSize) => {
    cloud = await azureHarness({ machines: [...defaultMachines, bare], pageSize });
    expect(await all()).toEqual({
      'web-1': [...PROTECTED, 'Defender: healthy'],
      'db-1': [...CLOSED, 'Defender: healthy'],
      'jump-1': [...OPEN, 'Defender: unhealthy'],
      'bare-1': [
        ...BARE,
        '22, 3389, 5985, 5986 are open to the virtual network (VirtualNetwork) through no network security group.',
        'Defender: notApplicable',
      ],
    });
  });

  test('by our own rules where these protect, which Defender does not know', async () => {
    cloud = await nsgHarness();
    expect(await all()).toEqual({ 'web-1': PROTECTED, 'db-1': CLOSED, 'jump-1': OPEN });
    cloud.sim.human.setPlan('Standard', 'P2');
    cloud.sim.human.addRule('web-1-nsg', { name: 'odd', priority: 4096, source: '*', ports: '22' });
    expect((await all())['web-1']).toEqual([...PROTECTED, 'Defender: unhealthy']);
  });

  test('without Defender, when its plan is off', async () => {
    cloud = await azureHarness();
    cloud.sim.human.setPlan('Free');
    expect(await all()).toEqual({ 'web-1': CLOSED, 'db-1': CLOSED, 'jump-1': OPEN });
  });

  test('by what is there now, though Defender looks less often', async () => {
    cloud = await azureHarness();
    cloud.advance(MINUTE_MS);
    cloud.sim.human.removeRule('jump-1-nsg', 'allow-ssh-office');
    cloud.sim.faults.add('Resources', { kind: 'stale', ms: MINUTE_MS / 2 });
    expect((await all())['jump-1']).toEqual([...CLOSED, 'Defender: unhealthy']);
  });

  test('a hundred cost as many calls as one', async () => {
    const many = Array.from({ length: 40 }, (_, i) => ({
      ...bare,
      name: `many-${i}`,
      interfaces: [
        { privateIps: [`10.0.9.${i + 10}`], subnet: 'many', subnetNsg: 'many-nsg', nicNsg: `many-${i}-nsg` },
      ],
    }));
    cloud = await azureHarness({ machines: [...defaultMachines, ...many] });
    const begun = cloud.sim.log().length;
    expect(Object.keys(await all())).toHaveLength(43);
    const operations = cloud.callsSince(begun).filter((operation) => !operation.startsWith('Token'));
    expect(operations.sort()).toEqual([
      'AzureFirewalls_ListAll',
      'JitNetworkAccessPolicies_List',
      'ListNetworkManagerEffectiveConnectivityConfigurations',
      'ListNetworkManagerEffectiveSecurityAdminRules',
      'NetworkInterfaces_ListAll',
      'NetworkSecurityGroups_ListAll',
      'Resources',
      'RouteTables_ListAll',
      'VirtualMachineScaleSets_ListAll',
      'VirtualMachines_ListAll',
      'VirtualNetworks_ListAll',
    ]);
  });
});

describe.each([
  ['Defender', azureHarness],
  ['our own rules', nsgHarness],
] as const)('what keeps a machine open that %s protects', (_, start) => {
  const stillOpen = async (name: string) => {
    const { machines } = await cloud.adapter.assess(never);
    return machines.find(({ machine }) => machine.name === name)?.stillOpen;
  };

  test('is said, where a rule goes before the deny', async () => {
    cloud = await start();
    await cloud.adapter.protect(cloud.exposed, PROTECTION, never);
    expect(await stillOpen('jump-1')).toEqual(['22 is open to 0.0.0.0/0 through allow-ssh-office.']);
    expect(await stillOpen('web-1')).toBeUndefined();
  });

  test('is no lease', async () => {
    cloud = await start();
    await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
    expect(await stillOpen('web-1')).toBeUndefined();
  });

  test('is no rule that the deny stands before', async () => {
    cloud = await start();
    cloud.sim.human.removeRule('jump-1-nsg', 'allow-ssh-office');
    await cloud.adapter.protect(cloud.exposed, PROTECTION, never);
    const deny = cloud.sim
      .state()
      .nsgs.find(({ name }) => name === 'jump-1-nsg')
      ?.rules.find(({ access }) => access === 'Deny');
    cloud.sim.human.editRule('jump-1-nsg', deny?.name ?? '', { priority: 200 });
    cloud.sim.human.addRule('jump-1-nsg', { name: 'late', priority: 300, source: '*', ports: '22' });
    expect(await stillOpen('jump-1')).toBeUndefined();
  });
});

describe('rules that allow a management port', () => {
  const rule: RuleSpec = { name: 'odd', priority: 310, source: '198.51.100.0/24', ports: '22' };
  test.each<[string, Partial<RuleSpec>, string]>([
    ['one port', {}, '22 is'],
    ['a range', { ports: '3000-6000' }, '3389, 5985, 5986 are'],
    ['a list', { ports: ['80', '5986'] }, '5986 is'],
    ['all ports', { ports: '*', protocol: '*' }, '22, 3389, 5985, 5986 are'],
    ['to its own address', { destination: '10.0.1.4' }, '22 is'],
    ['to a tag that may hold it', { destination: 'VirtualNetwork' }, '22 is'],
  ])('count: %s', async (_, patch, ports) => {
    cloud = await azureHarness();
    cloud.sim.human.addRule('subnet-db-nsg', { ...rule, ...patch });
    const reason = `${ports} open to 198.51.100.0/24 through odd.`;
    expect((await all())['db-1']).toEqual(['unhealthy', 'notConfigured', reason, 'Defender: unhealthy']);
  });

  test.each<[string, Partial<RuleSpec>]>([
    ['another port', { ports: '23-3388' }],
    ['another protocol', { protocol: 'Udp' }],
    ['a deny', { access: 'Deny' }],
    ['the way out', { direction: 'Outbound' }],
    ['to the address of another machine', { destination: '10.0.1.5' }],
  ])('do not count: %s', async (_, patch) => {
    cloud = await azureHarness();
    cloud.sim.human.addRule('subnet-db-nsg', { ...rule, ...patch });
    expect((await all())['db-1']).toEqual([...CLOSED, 'Defender: healthy']);
  });
});

describe('a firewall in front of a machine', () => {
  const start = (network: NetworkSpec, nic: Parameters<typeof guarded>[0] = { subnetNsg: undefined }) =>
    azureHarness({ machines: [...defaultMachines, guarded(nic)], network });
  const verdict = async () => (await all())['app-1'] ?? [];
  const open = { name: 'ssh', priority: 300, source: '*', ports: '22' };
  const through = (name: string) => ['unhealthy', 'notConfigured', `22 is open to * through edge: ${name}.`];
  const shut = ['healthy', 'notConfigured', 'The firewall edge lets no management port through.'];

  test('decides for one without a group, as Defender does', async () => {
    cloud = await start(edge({ nat: [sshNat('*')] }));
    expect(await verdict()).toEqual([...through('drawbridge-leases/ssh'), 'Defender: unhealthy']);
    cloud.sim.human.removeCollection('edge', 'nat', 'drawbridge-leases');
    expect((await verdict()).slice(0, 3)).toEqual(shut);
    expect((await all())['jump-1']?.[0]).toBe('unhealthy');
  });

  test('decides for one whose group is open, and only then', async () => {
    cloud = await start(edge({ nat: [sshNat('*')] }), {});
    expect((await verdict())[0]).toBe('healthy');
    cloud.sim.human.addRule('subnet-app-nsg', open);
    expect((await verdict()).slice(0, 2)).toEqual(['unhealthy', 'notConfigured']);
    cloud.sim.human.removeCollection('edge', 'nat', 'drawbridge-leases');
    expect((await verdict()).slice(0, 3)).toEqual(shut);
  });

  test('counts what the parents of its policy let through', async () => {
    cloud = await start(governed());
    expect((await verdict()).slice(0, 3)).toEqual([
      'unhealthy',
      'notConfigured',
      '22 is open to 192.168.7.0/24 through edge: base/standard/admins/ssh.',
    ]);
  });

  test('is found in a network that is peered', async () => {
    const vnets = [
      { name: 'hub', prefixes: ['10.1.0.0/16'], resourceGroup: 'rg-hub' },
      { name: 'vnet-prod', prefixes: ['10.0.0.0/16'], peers: ['hub'] },
    ];
    const firewall = {
      name: 'edge',
      resourceGroup: 'rg-hub',
      vnet: 'hub',
      privateIp: '10.1.250.4',
      publicIps: [FIREWALL_IP],
    };
    cloud = await start({ vnets, firewalls: [firewall] });
    expect((await verdict()).slice(0, 3)).toEqual(shut);
  });

  test('is read once for all machines behind it', async () => {
    const machines = [guarded(), { ...guarded({ privateIps: ['10.0.3.5'] }), name: 'app-2' }];
    cloud = await azureHarness({ machines: [...defaultMachines, ...machines], network: edge() });
    const since = cloud.sim.log().length;
    await all();
    const calls = cloud.callsSince(since);
    for (const once of ['RouteTables_ListAll', 'AzureFirewalls_ListAll', 'VirtualNetworks_ListAll'])
      expect(calls.filter((operation) => operation === once)).toHaveLength(1);
    expect(calls.filter((operation) => operation === 'PublicIPAddresses_Get')).toHaveLength(1);
  });

  test.each(['RouteTables_ListAll', 'AzureFirewalls_ListAll'])(
    'that may not be read (%s) is said, and counts as none',
    async (operation) => {
      cloud = await start(edge({ nat: [sshNat('*')] }));
      const fault = { kind: 'error', status: 403, code: 'AuthorizationFailed', message: '-' } as const;
      cloud.sim.faults.add(operation, fault, Number.POSITIVE_INFINITY);
      expect((await verdict()).slice(0, 3)).toEqual(BARE);
      const { unread } = await cloud.adapter.assess(never);
      expect(unread).toEqual([`the networks, routes, and firewalls of subscription ${cloud.sim.subscriptionId}`]);
    },
  );
});

describe('what cannot be read', () => {
  test('is named and left out', async () => {
    cloud = await azureHarness();
    const gone = '99998888-7777-6666-5555-444433332222';
    const adapter = cloud.adapterFor({
      ...cloud.settings,
      subscriptions: [...cloud.settings.subscriptions, { id: gone }],
    });
    const { machines, unread } = await adapter.assess(never);
    expect([machines.length, unread]).toEqual([3, [`subscription ${gone}`]]);
    expect(machines.every(({ opinion }) => opinion !== undefined)).toBe(true);
  });

  test('is the error when there is nothing else', async () => {
    cloud = await azureHarness();
    cloud.deny('read', Number.POSITIVE_INFINITY);
    await expect(cloud.adapter.assess(never)).rejects.toMatchObject({ code: 'cloudDenied' });
  });

  test('of Defender’s opinion leaves ours', async () => {
    cloud = await azureHarness();
    cloud.sim.faults.add('Resources', { kind: 'throttle' });
    expect(await all()).toEqual({ 'web-1': PROTECTED, 'db-1': CLOSED, 'jump-1': OPEN });
    expect(cloud.log.lines).toContain('what Defender says of the machines could not be read');
  });

  test('is not waited for by one who gives up', async () => {
    cloud = await azureHarness();
    await expect(cloud.adapter.assess(AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});
