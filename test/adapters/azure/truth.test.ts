import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultMachines, type MachineSpec, type RuleSpec } from '../../../simulators/azure/machines.ts';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import { go, never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { often } from '../../setup/lane.ts';
import { governed, guarded } from '../../simulators/azure-firewalls.ts';
import { firewallHarness } from './firewall-harness.ts';
import { type AzureHarness, PROTECTION } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

const STRANGER = '203.0.113.99';
const INSIDE = '10.0.1.4';
const ADMIN = { priority: 10, protocol: 'Tcp', ports: ['22'] } as const;

let cloud: AzureHarness;
afterEach(() => cloud.stop());

const reachable = (from: string, machine = 'web-1') => cloud.sim.reachable({ from, machine, port: 22 });
/** What is around a machine is remembered for some seconds. */
const later = () => cloud.advance(11_000);
const ssh = async (machine = cloud.machine) => {
  later();
  const { standing } = await cloud.adapter.look(machine, never);
  return standing.filter(({ port }) => port.number === 22).map(({ source, through }) => `${source} ${through}`);
};
/** What is said of port 22, without ours. */
const state = async (placements: readonly Placement[] = [], machine = cloud.machine) => {
  later();
  const { effective } = await cloud.adapter.observe(machine, placements, never);
  return effective.find(({ port }) => port.number === 22);
};
const unreadable = { kind: 'error', status: 403, code: 'AuthorizationFailed' } as const;

describe('security admin rules of a network manager', () => {
  beforeEach(async () => {
    cloud = await nsgHarness();
  });

  test('that always allow are said to keep the port open, whatever groups deny', async () => {
    cloud.sim.human.putAdminRule({ ...ADMIN, name: 'ops', access: 'AlwaysAllow', sources: ['203.0.113.0/24'] });
    expect([reachable(STRANGER), reachable('198.51.100.77')]).toEqual([true, false]);
    expect(await ssh()).toEqual(['203.0.113.0/24 security admin rule ops of manager']);
    expect(await state()).toMatchObject({ state: 'open', source: '203.0.113.0/24' });
  });

  test('that deny keep out whom the groups let in', async () => {
    cloud.sim.human.addRule('web-1-nsg', { name: 'all', priority: 200, source: 'Internet', ports: '22' });
    cloud.sim.human.addRule('subnet-web-nsg', { name: 'all', priority: 200, source: 'Internet', ports: '22' });
    expect([reachable(STRANGER), (await ssh()).length]).toEqual([true, 1]);
    cloud.sim.human.putAdminRule({ ...ADMIN, name: 'no-ssh', access: 'Deny', sources: ['*'] });
    expect([reachable(STRANGER), await ssh()]).toEqual([false, []]);
  });

  test.each([
    ['may not be read', unreadable],
    ['are not there, it is said', { kind: 'error', status: 404, code: 'NotFound' }],
  ] as const)('that %s: nobody can tell', async (_, fault) => {
    cloud.sim.faults.add('ListNetworkManagerEffectiveSecurityAdminRules', fault, Number.POSITIVE_INFINITY);
    const because = 'the security admin rules of the virtual network vnet-prod, which could not be read';
    expect(await state()).toMatchObject({ state: 'unknown', through: because });
    expect(await ssh()).toEqual([` ${because}`]);
    later();
    const { machines } = await cloud.adapter.assess(never);
    const found = machines.find(({ machine }) => machine.id === cloud.machine);
    expect(found?.stillOpen).toEqual([`Drawbridge cannot tell whether 22, 3389 can be reached: ${because}.`]);
  });

  test('of a kind that nobody knows: nobody can tell', async () => {
    cloud.sim.human.putAdminRule({ ...ADMIN, name: 'odd', access: 'Perhaps' as 'Deny', sources: ['*'] });
    expect(await state()).toMatchObject({ state: 'unknown', through: expect.stringContaining('cannot be read') });
  });
});

describe('a group that is named and not found', () => {
  test('is not taken for one that is not there', async () => {
    cloud = await nsgHarness();
    const notFound = { kind: 'error', status: 404, code: 'NotFound' } as const;
    cloud.sim.faults.add('NetworkSecurityGroups_Get', notFound, 2);
    const said = await state();
    expect(said?.state).toBe('unknown');
    expect(said?.through).toMatch(/^the network security group .*, which could not be read/);
    // The one that was read denies whatever the other does.
    cloud.sim.faults.add('NetworkSecurityGroups_Get', notFound, 1);
    expect((await state())?.state).toBe('closed');
  });

  test('nor is an interface, nor a subnet', async () => {
    cloud = await nsgHarness();
    for (const operation of ['NetworkInterfaces_Get', 'Subnets_Get']) {
      cloud.sim.faults.add(operation, { kind: 'error', status: 404, code: 'NotFound' }, 1);
      expect([operation, (await state([], cloud.idOf('jump-1')))?.state]).toEqual([operation, 'unknown']);
    }
  });

  test('in the lists of a subscription: the machine is not called healthy', async () => {
    const elsewhere: MachineSpec = {
      name: 'far-1',
      resourceGroup: 'rg-far',
      interfaces: [{ privateIps: ['10.0.7.4'], subnet: 'far', nicNsg: 'far-nsg' }],
    };
    cloud = await nsgHarness({ machines: [...defaultMachines, elsewhere] });
    cloud.sim.human.moveGroup('far-nsg', 'rg-security');
    cloud.sim.behaviour.hiddenGroups = ['rg-security'];
    const { machines } = await cloud.adapter.assess(never);
    const far = machines.find(({ machine }) => machine.name === 'far-1');
    expect([far?.verdict, far?.reasons]).toEqual([
      'unknown',
      ['Drawbridge cannot tell: it could not read the network security group far-nsg.'],
    ]);
  });
});

describe('behind a firewall', () => {
  test('who is inside gets in by a rule that lets everybody in, before and after a lease', async () => {
    cloud = await firewallHarness('classic');
    for (const group of ['subnet-web-nsg', 'web-1-nsg'])
      cloud.sim.human.addRule(group, { name: 'wide', priority: 300, source: '*', ports: '22' });
    expect([reachable(INSIDE), reachable(STRANGER)]).toEqual([true, false]);
    expect(await ssh()).toEqual(['* wide']);
    const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
    await cloud.adapter.close([placement], never, go);
    expect(await state([placement])).toMatchObject({ state: 'open', through: 'wide' });
  });

  test('a parent policy in a subscription that is not configured spoils that machine alone', async () => {
    cloud = await nsgHarness({ machines: [...defaultMachines, guarded()], network: governed() });
    cloud.sim.human.setParent(
      'branch',
      '/subscriptions/99998888-7777-6666-5555-444433332222/resourceGroups/hub/providers/Microsoft.Network/firewallPolicies/base',
    );
    const because = 'firewall policy base, a parent that could not be read';
    const { machines } = await cloud.adapter.assess(never);
    expect(machines).toHaveLength(4);
    expect(machines.find(({ machine }) => machine.name === 'app-1')).toMatchObject({
      verdict: 'unknown',
      reasons: [`Drawbridge cannot tell: it could not read the ${because}.`],
    });
    const app = cloud.idOf('app-1');
    await cloud.adapter.protect(app, PROTECTION, never);
    expect(await state([], app)).toMatchObject({ state: 'unknown', through: because });
    expect(await ssh()).toEqual([]);
  });
});

describe('a default route to an appliance', () => {
  test.each([
    ['whole', ['0.0.0.0/0']],
    ['in halves', ['0.0.0.0/1', '128.0.0.0/1']],
  ])('makes the tag of the network as wide as the Internet (%s)', async (_, prefixes) => {
    cloud = await nsgHarness();
    await cloud.adapter.unprotect(cloud.machine, never);
    expect(await ssh()).toEqual(['VirtualNetwork AllowVnetInBound']);
    const hop = { nextHopType: 'VirtualAppliance', nextHopIp: '10.0.200.4' } as const;
    cloud.sim.human.setRoutes(
      'web',
      prefixes.map((prefix, i) => ({ name: `r${i}`, prefix, ...hop })),
    );
    expect(await ssh()).toEqual(['0.0.0.0/0 AllowVnetInBound', 'VirtualNetwork AllowVnetInBound']);
  });
});

/** A machine of both families with an address of its own on the Internet, and one more network that is connected. */
const open: MachineSpec = {
  name: 'open-1',
  interfaces: [
    {
      privateIps: ['10.0.6.4', 'fd00:db8:0:6::4'],
      publicIp: '198.51.100.6',
      subnet: 'open',
      subnetNsg: 'open-subnet-nsg',
      nicNsg: 'open-1-nsg',
    },
  ],
};
const PACKETS = [STRANGER, '198.51.100.77', INSIDE, '10.0.6.9', 'fd00:db8:0:6::9', 'fd00:db8:0:2::7'];

describe('what is said of what was read', () => {
  const WORDS = [
    '*',
    'Internet',
    'VirtualNetwork',
    'AzureLoadBalancer',
    '0.0.0.0/0',
    '::/0',
    '203.0.113.0/24',
    '10.0.0.0/8',
    '10.0.1.4',
    'fd00:db8::/32',
  ];
  const TO = ['*', 'Internet', 'VirtualNetwork', '10.0.6.4', '10.0.0.0/16', '0.0.0.0/0', 'fd00:db8:0:6::4'];
  const word = fc.constantFrom(...WORDS);
  const family = (text: string) => (text.includes(':') ? 6 : /^\d/.test(text) ? 4 : undefined);
  const anyRule = fc
    .record({
      access: fc.constantFrom<'Allow' | 'Deny'>('Allow', 'Deny'),
      source: word,
      destination: fc.constantFrom(...TO),
      ports: fc.constantFrom('22', '*', '20-25', '443'),
      protocol: fc.constantFrom<'Tcp' | 'Udp' | '*'>('Tcp', '*', 'Udp'),
    })
    .filter(({ source, destination }) => {
      const [a, b] = [family(source), family(destination)];
      return a === undefined || b === undefined || a === b;
    });
  const anyAdmin = fc.record({
    access: fc.constantFrom<'Allow' | 'Deny' | 'AlwaysAllow'>('Allow', 'Deny', 'AlwaysAllow'),
    source: word,
    ports: fc.constantFrom('22', '*', '443'),
  });
  const anyWorld = fc.record({
    subnet: fc.array(anyRule, { maxLength: 3 }),
    own: fc.array(anyRule, { maxLength: 3 }),
    admin: fc.array(anyAdmin, { maxLength: 2 }),
    routes: fc.constantFrom<readonly string[]>([], [], ['0.0.0.0/0'], ['0.0.0.0/1', '128.0.0.0/1'], ['10.0.0.0/8']),
  });

  test('is never that it is closed where a packet gets in', async () => {
    cloud = await nsgHarness({ machines: [...defaultMachines, open] });
    const machine = cloud.idOf('open-1');
    const { human } = cloud.sim;
    const said = { closed: 0, open: 0, unknown: 0, falselyOpen: 0 };
    let admins: readonly string[] = [];
    const clear = () => {
      for (const name of ['open-subnet-nsg', 'open-1-nsg'])
        for (const { name: one } of cloud.sim.state().nsgs.find((nsg) => nsg.name === name)?.rules ?? [])
          human.removeRule(name, one);
      for (const name of admins) human.removeAdminRule(name);
      admins = [];
      human.setRoute('open', undefined);
    };
    const spec = (one: Omit<RuleSpec, 'name' | 'priority'>, i: number): RuleSpec => ({
      ...one,
      name: `r${i}`,
      priority: 200 + i,
    });
    await fc.assert(
      fc.asyncProperty(anyWorld, async ({ subnet, own, admin, routes }) => {
        clear();
        for (const [i, one] of subnet.entries()) human.addRule('open-subnet-nsg', spec(one, i));
        for (const [i, one] of own.entries()) human.addRule('open-1-nsg', spec(one, i));
        for (const [i, { source, ports, access }] of admin.entries()) {
          admins = [...admins, `a${i}`];
          human.putAdminRule({
            name: `a${i}`,
            priority: 10 + i,
            protocol: '*',
            access,
            sources: [source],
            ports: [ports],
          });
        }
        const hop = { nextHopType: 'VirtualAppliance', nextHopIp: '10.0.200.4' } as const;
        if (routes.length > 0)
          human.setRoutes(
            'open',
            routes.map((prefix, i) => ({ name: `r${i}`, prefix, ...hop })),
          );
        const found = await state([], machine);
        const gotIn = PACKETS.filter((from) => reachable(from, 'open-1'));
        if (gotIn.length > 0) expect([gotIn, found?.state]).not.toEqual([gotIn, 'closed']);
        if (found) said[found.state] += 1;
        if (found?.state === 'open' && gotIn.length === 0) said.falselyOpen += 1;
      }),
      { numRuns: often(150, 5_000) },
    );
    // Every kind of answer was given; what is called open and lets none of these packets in lets in others.
    expect(said.closed).toBeGreaterThan(10);
    expect(said.open).toBeGreaterThan(10);
  });
});
