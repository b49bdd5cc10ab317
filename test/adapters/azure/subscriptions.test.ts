import { afterEach, describe, expect, test } from 'vitest';
import { defaultMachines, type MachineSpec } from '../../../simulators/azure/machines.ts';
import { never, rule } from '../../conformance/cloud-steps.ts';
import { KINDS, OTHER, STRANGER, type TwoSubscriptions, twoSubscriptions } from './two-subscriptions.ts';

/** What lies in another subscription, of which nothing can be read, is neither open nor closed. */

let here: TwoSubscriptions;
afterEach(() => here.cloud.stop());

async function start(...asked: Parameters<typeof twoSubscriptions>) {
  here = await twoSubscriptions(...asked);
  return here.human;
}

describe.each(KINDS)('in a subscription that %s', (_, isConfigured) => {
  test.each([
    ['of an interface', 'web-1-nsg', 'subnet-web-nsg'],
    ['of a subnet', 'subnet-web-nsg', 'web-1-nsg'],
  ])('the group %s: nobody can tell, and nothing is opened', async (_of, name, other) => {
    const human = await start(isConfigured);
    for (const group of [name, other]) here.open(group);
    human.moveResource('nsgs', name, OTHER);
    const through = `the network security group ${name}, which could not be read`;
    expect([here.isIn(), await here.state()]).toMatchObject([true, { state: 'unknown', through }]);
    const say = expect.stringContaining(`the network security group ${name} could not be read`);
    const refused = { code: 'azureInTheWay', say };
    await expect(here.adapter.locate([rule(here.cloud.machine)], never)).rejects.toMatchObject(refused);
    expect((await here.adapter.look(here.cloud.machine, never)).against).toMatchObject([refused]);
    // The other machines are as they were.
    expect((await here.state(here.cloud.idOf('jump-1')))?.state).toBe('open');
    expect((await here.verdict('web-1'))?.verdict).not.toBe('healthy');
  });

  test('a group of one name in the own subscription is not taken for it', async () => {
    const twin = { privateIps: ['10.0.7.4'], subnet: 'far', nicNsg: 'web-1-nsg' };
    const far: MachineSpec = { name: 'far-1', resourceGroup: 'rg-far', interfaces: [twin] };
    const human = await start(isConfigured, { machines: [...defaultMachines, far] });
    here.open('subnet-web-nsg');
    human.moveResource('nsgs', 'web-1-nsg', OTHER);
    const id = here.cloud.sim.state().nsgs.find(({ resourceGroup }) => resourceGroup === 'rg-far')?.id ?? '';
    human.moveGroup(id, 'rg-prod');
    expect((await here.state())?.state).toBe('unknown');
    here.open(id.replace('rg-far', 'rg-prod'));
    expect([here.isIn(), (await here.state())?.state]).toEqual([false, 'unknown']);
  });

  test('an interface: nobody can tell', async () => {
    const human = await start(isConfigured);
    human.moveResource('nics', 'web-1-nic', OTHER);
    const through = 'the network interface web-1-nic, which could not be read';
    expect(await here.state()).toMatchObject({ state: 'unknown', through });
  });

  test('a virtual network: nobody can tell', async () => {
    const human = await start(isConfigured);
    here.open('web-1-nsg', 'VirtualNetwork');
    human.moveResource('vnets', 'vnet-prod', OTHER);
    expect((await here.state())?.state).toBe('unknown');
    expect((await here.state())?.through).toContain('the subnet web, which could not be read');
  });

  test('an application security group that a rule is for is another than one of its name', async () => {
    const [web, ...rest] = defaultMachines;
    const machines = [
      { ...web, interfaces: web?.interfaces.map((one) => ({ ...one, applicationGroups: ['web'] })) } as MachineSpec,
      ...rest,
    ];
    const human = await start(isConfigured, { machines });
    for (const group of ['web-1-nsg', 'subnet-web-nsg']) {
      human.addRule(group, { name: 'to-web', priority: 300, source: '*', destinationGroups: ['web'], ports: '22' });
      human.addRule(group, { name: 'rest', priority: 310, source: '*', access: 'Deny', ports: '22' });
    }
    expect([here.isIn(), (await here.state())?.state]).toEqual([true, 'open']);
    human.moveResource('applicationGroups', 'web', OTHER);
    // The interface and the rules name the one that was moved.
    expect([here.isIn(), (await here.state())?.state]).toEqual([true, 'open']);
    for (const group of ['web-1-nsg', 'subnet-web-nsg'])
      human.addRule(group, { name: 'to-web', priority: 300, source: '*', destinationGroups: ['web'], ports: '22' });
    expect([here.isIn(), (await here.state())?.state]).toEqual([false, 'closed']);
    for (const group of ['web-1-nsg', 'subnet-web-nsg'])
      human.addRule(group, { name: 'to-web', priority: 300, source: '*', sourceGroups: ['web'], ports: '22' });
    human.moveResource('applicationGroups', 'web', OTHER);
    expect((await here.state())?.state).toBe('unknown');
  });

  test('a route table: whether answers get back nobody can tell', async () => {
    const human = await start(isConfigured);
    for (const group of ['web-1-nsg', 'subnet-web-nsg']) here.open(group, `${STRANGER}/32`);
    human.setRoutes('web', [{ name: 'all', prefix: '0.0.0.0/0', nextHopType: 'None' }]);
    human.moveResource('routeTables', 'web-routes', OTHER);
    expect(await here.ways()).toContain('public address 198.51.100.4: unknown');
    const { warnings } = await here.adapter.look(here.cloud.machine, never);
    expect(warnings).toEqual([expect.stringContaining('the route table web-routes, which could not be read')]);
    expect((await here.verdict('jump-1'))?.verdict).toBe('unhealthy');
  });

  test('a load balancer whose pool has the interface: nobody can tell', async () => {
    const human = await start(isConfigured);
    const own = {
      name: 'own',
      priority: 300,
      access: 'Deny',
      source: '*',
      destination: '10.0.0.4',
      ports: '22',
    } as const;
    for (const group of ['web-1-nsg', 'subnet-web-nsg']) {
      human.addRule(group, own);
      human.addRule(group, { name: 'web', priority: 310, source: 'Internet', ports: '22' });
    }
    expect((await here.state())?.state).toBe('closed');
    human.putLoadBalancer({
      name: 'lb',
      resourceGroup: 'rg-edge',
      frontends: [{ name: 'front', publicIp: '198.51.100.80' }],
      pools: [{ name: 'pool', nics: ['web-1-nic'] }],
      rules: [
        {
          name: 'ssh',
          protocol: 'Tcp',
          frontend: 'front',
          pool: 'pool',
          frontendPort: 22,
          backendPort: 22,
          floating: true,
        },
      ],
    });
    human.moveResourceGroup('rg-edge', OTHER);
    const through = expect.stringContaining('the load balancer lb, which could not be read');
    expect([here.isIn(), await here.state()]).toMatchObject([true, { state: 'unknown', through }]);
    expect((await here.state(here.cloud.idOf('db-1')))?.state).toBe('open');
  });

  test('a public address: it is open, and where to connect is said not to be known', async () => {
    const human = await start(isConfigured);
    for (const group of ['web-1-nsg', 'subnet-web-nsg']) here.open(group);
    human.moveResource('publicIps', 'web-1-nic-ip', OTHER);
    expect([here.isIn(), (await here.state())?.state]).toEqual([true, 'open']);
    const { addresses, warnings } = await here.adapter.look(here.cloud.machine, never);
    expect(addresses?.filter(({ isPublic }) => isPublic)).toEqual([]);
    expect(warnings).toEqual([
      'The public address web-1-nic-ip could not be read: Drawbridge cannot say that people connect to it.',
    ]);
  });

  test('machines: the others are listed, kept, and served, and it is said what could not be read', async () => {
    await start(isConfigured);
    const names = async () => (await here.adapter.machines(never)).all.map(({ name }) => name).sort();
    const expected = isConfigured ? [`subscription ${OTHER}`] : [];
    expect([await names(), (await here.adapter.machines(never)).unread]).toEqual([
      ['db-1', 'jump-1', 'web-1'],
      expected,
    ]);
    const calls = here.cloud.sim.log().length;
    expect(await names()).toHaveLength(3);
    expect(here.cloud.callsSince(calls)).toEqual([]);
    here.later();
    const { machines, unread } = await here.adapter.assess(never);
    expect([machines.length, unread]).toEqual([3, expected]);
    const found = Array.fromAsync(here.adapter.patrol(never));
    if (isConfigured) await expect(found).rejects.toMatchObject({ code: 'cloudDenied' });
    else expect(await found).toEqual([]);
    expect(await Array.fromAsync(here.adapter.misplaced(never))).toEqual([]);
  });
});
