import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { defaultMachines } from '../../../simulators/azure/machines.ts';
import { bestFirst, tracedAs } from '../../../src/core/machine/trace.ts';
import { never, rule } from '../../conformance/cloud-steps.ts';
import type { AzureHarness } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

const BRANCH = '172.20.0.9';
const FAR = '10.9.0.4';

let cloud: AzureHarness;
beforeEach(async () => {
  const vnets = [
    { name: 'vnet-prod', prefixes: ['10.0.0.0/16'] },
    { name: 'vnet-far', prefixes: ['10.9.0.0/16'] },
  ];
  cloud = await nsgHarness({ machines: defaultMachines, network: { vnets } });
  await cloud.adapter.unprotect(cloud.machine, never);
});
afterEach(() => cloud.stop());

const isIn = (from: string, machine = 'web-1') => cloud.sim.reachable({ from, machine, port: 22 });
/** Denies all private addresses that are not this network's, and lets the tag in: who is in the tag decides. */
const tagAlone = (source: string) => {
  for (const group of ['subnet-web-nsg', 'web-1-nsg']) {
    const deny = { access: 'Deny', ports: '22' } as const;
    cloud.sim.human.addRule(group, { ...deny, name: 'own', priority: 200, source: '10.0.0.0/16' });
    cloud.sim.human.addRule(group, { ...deny, name: 'probe', priority: 201, source: '168.63.129.16' });
    // The hub's own addresses, which its peering shows.
    cloud.sim.human.addRule(group, { ...deny, name: 'hub', priority: 202, source: '10.250.0.0/23' });
    cloud.sim.human.addRule(group, { name: 'tag', priority: 210, source, ports: '22' });
    cloud.sim.human.addRule(group, { ...deny, name: 'rest', priority: 220, source: '*' });
  }
};
/** What is around a machine is remembered for some seconds. */
async function state(machine = cloud.machine) {
  cloud.advance(11_000);
  const { effective } = await cloud.adapter.observe(machine, [], never);
  return effective.find(({ port }) => port.number === 22);
}
async function ways(source: string) {
  cloud.advance(11_000);
  const traced = await cloud.adapter.trace({ ...rule(cloud.machine), source }, never);
  return bestFirst(traced.ways).map((way) => `${way.to}: ${tracedAs(way)}, ${way.steps.at(-1)?.because}`);
}

describe('a virtual hub', () => {
  const hub = { name: 'hub-weu', branches: ['172.20.0.0/16'], sendsDefault: false };

  test('makes the tag of the network wider than its peerings: nobody can tell by how much', async () => {
    tagAlone('VirtualNetwork');
    expect([isIn(BRANCH), (await state())?.state]).toEqual([false, 'closed']);
    cloud.sim.human.connectToHub('vnet-prod', hub);
    expect(isIn(BRANCH)).toBe(true);
    expect(await state()).toMatchObject({
      state: 'unknown',
      through: expect.stringContaining('the route the virtual hub hub-weu'),
    });
  });

  test('may send answers away: it is named', async () => {
    for (const group of ['subnet-web-nsg', 'web-1-nsg'])
      cloud.sim.human.addRule(group, { name: 'office', priority: 300, source: '203.0.113.0/24', ports: '22' });
    const home = '203.0.113.7';
    expect([isIn(home), (await ways(`${home}/32`))[0]]).toEqual([true, expect.stringContaining(': open, ')]);
    cloud.sim.human.connectToHub('vnet-prod', { ...hub, sendsDefault: true });
    expect([isIn(home), (await ways(`${home}/32`))[0]]).toEqual([
      false,
      'public address 198.51.100.4: unknown, answers may leave through the virtual hub hub-weu',
    ]);
    const { warnings } = await cloud.adapter.look(cloud.machine, never);
    expect(warnings).toEqual([expect.stringContaining('answers may leave through the virtual hub hub-weu')]);
    // A route of the subnet's own goes before what a hub has sent.
    cloud.sim.human.setRoutes('web', [{ name: 'out', prefix: '0.0.0.0/0', nextHopType: 'Internet' }]);
    expect((await ways(`${home}/32`))[0]).toContain(': open, ');
  });
});

describe('a connectivity configuration of a network manager', () => {
  test('connects networks without a peering: nobody can tell which', async () => {
    tagAlone('VirtualNetwork');
    expect([isIn(FAR), (await state())?.state]).toEqual([false, 'closed']);
    cloud.sim.human.putConnectivity('all', ['vnet-prod', 'vnet-far'], { topology: 'Mesh', isDirect: true });
    expect(isIn(FAR)).toBe(true);
    const through = 'which networks the network manager manager connects with vnet-prod';
    expect(await state()).toMatchObject({ state: 'unknown', through });
    const { machines } = await cloud.adapter.assess(never);
    expect(machines.find(({ machine }) => machine.id === cloud.machine)?.verdict).not.toBe('healthy');
  });

  test('of hub and spoke does so where spokes reach each other', async () => {
    tagAlone('VirtualNetwork');
    cloud.sim.human.putConnectivity('all', ['vnet-prod', 'vnet-far'], { topology: 'HubAndSpoke', isDirect: false });
    expect((await state())?.state).toBe('closed');
    cloud.sim.human.putConnectivity('all', ['vnet-prod', 'vnet-far'], { topology: 'HubAndSpoke', isDirect: true });
    expect((await state())?.state).toBe('unknown');
  });

  test('that may not be read: nobody can tell', async () => {
    tagAlone('VirtualNetwork');
    const refused = { kind: 'error', status: 403, code: 'AuthorizationFailed' } as const;
    cloud.sim.faults.add('ListNetworkManagerEffectiveConnectivityConfigurations', refused, Number.POSITIVE_INFINITY);
    expect(await state()).toMatchObject({
      state: 'unknown',
      through: 'which networks a network manager connects with vnet-prod, as that could not be read',
    });
  });
});
