import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultMachines, type MachineSpec } from '../../../simulators/azure/machines.ts';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import { go, never, openOne, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { edge, governed, guarded } from '../../simulators/azure-firewalls.ts';
import { firewallHarness } from './firewall-harness.ts';
import { type AzureHarness, azureHarness, PROTECTION } from './harness.ts';
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

  test('that deny a source refuse it when it is asked for, and nobody else', async () => {
    cloud.sim.human.putAdminRule({ ...ADMIN, name: 'no-ssh', access: 'Deny', sources: ['Internet'] });
    later();
    const { keptOut } = await cloud.adapter.look(cloud.machine, never);
    const [ssh, https] = [22, 443].map((number) => ({ number, protocol: 'tcp' as const }));
    expect(ssh && keptOut?.(ssh, '203.0.113.7/32')).toMatchObject({
      code: 'deniedByManager',
      say: 'The security admin rule manager/collection/no-ssh keeps 203.0.113.7/32 from 22 of web-1, whatever is opened.',
    });
    expect(ssh && keptOut?.(ssh, '10.0.1.4/32')).toBeUndefined();
    expect(https && keptOut?.(https, '203.0.113.7/32')).toBeUndefined();
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

const withoutSubnet = (key: string, value: unknown) => (key === 'subnet' ? null : value);

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

  test.each([
    ['without addresses', () => null],
    ['in no subnet', (all: readonly object[]) => all.map((one) => JSON.parse(JSON.stringify(one, withoutSubnet)))],
  ])('nor is an interface %s one that nobody gets to', async (_, change) => {
    cloud = await nsgHarness();
    const edit = (nic: unknown) => {
      const { properties } = nic as { readonly properties: { readonly ipConfigurations: readonly object[] } };
      return {
        ...(nic as object),
        properties: { ...properties, ipConfigurations: change(properties.ipConfigurations) },
      };
    };
    cloud.sim.human.answerOddly('NetworkInterfaces_Get', edit);
    expect(await state()).toMatchObject({
      state: 'unknown',
      through: 'the addresses of the network interface web-1-nic, which could not be read',
    });
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
    // Where the groups let the firewall in nobody can tell whom it brings; where they do not, it brings nobody.
    const { others } = await cloud.adapter.observe(app, [], never);
    expect(others).toContainEqual({ port: { number: 22, protocol: 'tcp' }, source: '', through: because });
    await cloud.adapter.protect(app, PROTECTION, never);
    expect(await state([], app)).toMatchObject({ state: 'closed' });
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
    const { warnings } = await cloud.adapter.look(cloud.machine, never);
    expect(warnings).toEqual([
      'People on the Internet may not get in: answers leave through 10.0.200.4, and Drawbridge does not know what is there.',
    ]);
    expect(reachable(STRANGER)).toBe(false);
  });
});

test('Defender opens nothing behind a firewall that the default route leads to in halves', async () => {
  cloud = await azureHarness({ machines: [...defaultMachines, guarded()], network: edge() });
  const app = cloud.idOf('app-1');
  await cloud.adapter.protect(app, PROTECTION, never);
  const hop = { nextHopType: 'VirtualAppliance', nextHopIp: '10.0.250.4' } as const;
  cloud.sim.human.setRoutes('app', [
    { name: 'low', prefix: '0.0.0.0/1', ...hop },
    { name: 'high', prefix: '128.0.0.0/1', ...hop },
  ]);
  await expect(placeOne(cloud, rule(app))).rejects.toMatchObject({ code: 'behindFirewall' });
});
