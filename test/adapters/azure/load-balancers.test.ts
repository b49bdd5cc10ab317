import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { servedAddresses } from '../../../src/core/machine/address.ts';
import { bestFirst, tracedAs } from '../../../src/core/machine/trace.ts';
import { never, rule } from '../../conformance/cloud-steps.ts';
import type { AzureHarness } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

const STRANGER = '203.0.113.99';
const FRONTEND = '198.51.100.80';
const NAT = { protocol: 'Tcp', frontendPort: 50_022, backendPort: 22 } as const;
const front = { name: 'front', publicIp: FRONTEND };

let cloud: AzureHarness;
beforeEach(async () => {
  cloud = await nsgHarness();
  await cloud.adapter.unprotect(cloud.machine, never);
});
afterEach(() => cloud.stop());

const isIn = (from = STRANGER) => cloud.sim.reachable({ from, machine: 'web-1', port: 22 });
const both = (rule: Parameters<AzureHarness['sim']['human']['addRule']>[1]) => {
  for (const group of ['subnet-web-nsg', 'web-1-nsg']) cloud.sim.human.addRule(group, rule);
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
  return bestFirst(traced.ways).map((way) => `${way.to}: ${tracedAs(way)}`);
}

describe('a floating IP', () => {
  beforeEach(() => {
    // Whoever closes only the private address leaves the frontend's open.
    both({ name: 'own', priority: 300, access: 'Deny', source: '*', destination: '10.0.0.4', ports: '22' });
    both({ name: 'web', priority: 310, source: 'Internet', ports: '22' });
  });

  test('keeps a port open that the groups close at the private address', async () => {
    expect([isIn(), (await state())?.state]).toEqual([false, 'closed']);
    cloud.sim.human.putLoadBalancer({
      name: 'lb',
      frontends: [front],
      pools: [{ name: 'pool', nics: ['web-1-nic'] }],
      rules: [{ ...NAT, name: 'ssh', frontend: 'front', pool: 'pool', frontendPort: 22, floating: true }],
    });
    expect([isIn(), await state()]).toMatchObject([true, { state: 'open', through: 'web' }]);
    expect(await ways('203.0.113.99/32')).toContain(`load balancer ${FRONTEND}:22: open`);
  });

  test('does so for a pool that names the address alone', async () => {
    cloud.sim.human.putLoadBalancer({
      name: 'lb',
      frontends: [front],
      pools: [{ name: 'pool', ips: ['10.0.0.4'] }],
      rules: [{ ...NAT, name: 'ssh', frontend: 'front', pool: 'pool', frontendPort: 22, floating: true }],
    });
    expect([isIn(), (await state())?.state]).toEqual([true, 'open']);
  });

  test('of which the address may not be read: nobody can tell', async () => {
    cloud.sim.human.putLoadBalancer({
      name: 'lb',
      frontends: [front],
      natRules: [{ ...NAT, name: 'ssh', frontend: 'front', nic: 'web-1-nic', frontendPort: 22, floating: true }],
    });
    cloud.sim.faults.add('PublicIPAddresses_ListAll', refused, Number.POSITIVE_INFINITY);
    expect(await state()).toMatchObject({
      state: 'unknown',
      through: 'the rule ssh of the load balancer lb, which cannot be read',
    });
  });

  test('may be on a load balancer that cannot be read: nobody can tell', async () => {
    cloud.sim.faults.add('LoadBalancers_ListAll', refused, Number.POSITIVE_INFINITY);
    const through = `the load balancers of the subscription ${cloud.sim.subscriptionId}, which could not be read`;
    expect(await state()).toMatchObject({ state: 'unknown', through });
    expect(await ways('203.0.113.99/32')).toContain(`what could not be read: unknown`);
  });

  test('may be on one that cannot be read: it is closed all the same where the groups let nobody in at any address', async () => {
    cloud.sim.faults.add('LoadBalancers_ListAll', refused, Number.POSITIVE_INFINITY);
    both({ name: 'none', priority: 299, access: 'Deny', source: '*', ports: '22' });
    expect((await state())?.state).toBe('closed');
  });

  test('may be on a load balancer that the list does not hold: nobody can tell', async () => {
    cloud.sim.human.putLoadBalancer({
      name: 'lb',
      resourceGroup: 'rg-edge',
      frontends: [front],
      natRules: [{ ...NAT, name: 'ssh', frontend: 'front', nic: 'web-1-nic' }],
    });
    cloud.sim.behaviour.hiddenGroups = ['rg-edge'];
    expect(await state()).toMatchObject({
      state: 'unknown',
      through: 'the load balancer lb, which could not be read',
    });
    // Another one's machine is not touched by it.
    expect((await state(cloud.idOf('db-1')))?.through).not.toContain('load balancer');
  });
});

const refused = { kind: 'error', status: 403, code: 'AuthorizationFailed' } as const;

describe('an inbound NAT rule', () => {
  test('leads to the port behind it, and no other', async () => {
    both({ name: 'web', priority: 310, source: 'Internet', ports: '22' });
    cloud.sim.human.putLoadBalancer({
      name: 'lb',
      frontends: [front],
      natRules: [
        { ...NAT, name: 'ssh', frontend: 'front', nic: 'web-1-nic' },
        { ...NAT, name: 'rdp', frontend: 'front', nic: 'web-1-nic', frontendPort: 50_089, backendPort: 3389 },
      ],
    });
    expect(await ways('203.0.113.99/32')).toEqual([
      `load balancer ${FRONTEND}:50022: open`,
      'public address 198.51.100.4: open',
    ]);
  });

  test('of a pool gives every machine a port of its own', async () => {
    cloud.sim.human.putLoadBalancer({
      name: 'lb',
      frontends: [front],
      pools: [{ name: 'pool', nics: ['db-1-nic', 'web-1-nic'] }],
      natRules: [
        {
          name: 'ssh',
          frontend: 'front',
          pool: 'pool',
          protocol: 'Tcp',
          backendPort: 22,
          firstPort: 500,
          lastPort: 509,
        },
      ],
    });
    expect(await ways('203.0.113.99/32')).toContain(`load balancer ${FRONTEND}:501: blocked`);
  });

  test('behind a gateway load balancer: nobody can tell what its appliances let through', async () => {
    both({ name: 'web', priority: 310, source: 'Internet', ports: '22' });
    cloud.sim.human.putLoadBalancer({
      name: 'lb',
      frontends: [{ ...front, gatewayId: `${lb('inspect')}/frontendIPConfigurations/front` }],
      natRules: [{ ...NAT, name: 'ssh', frontend: 'front', nic: 'web-1-nic' }],
    });
    expect(await ways('203.0.113.99/32')).toContain(`load balancer ${FRONTEND}:50022: unknown`);
  });
});

const lb = (name: string) =>
  `/subscriptions/${cloud.sim.subscriptionId}/resourceGroups/rg-prod/providers/Microsoft.Network/loadBalancers/${name}`;

test('an internal load balancer is no way for the Internet', async () => {
  both({ name: 'web', priority: 310, source: '*', ports: '22' });
  cloud.sim.human.putLoadBalancer({
    name: 'lb',
    frontends: [{ name: 'front', privateIp: '10.0.0.100' }],
    pools: [{ name: 'pool', nics: ['web-1-nic'] }],
    rules: [{ name: 'all', frontend: 'front', pool: 'pool', protocol: 'All', frontendPort: 0, backendPort: 0 }],
  });
  expect(await ways('203.0.113.99/32')).toEqual(['public address 198.51.100.4: open']);
  expect(await ways('10.0.1.4/32')).toEqual(['10.0.0.4, over the network: open', 'load balancer 10.0.0.100:22: open']);
});

test('the lists are read once for all that is asked in some seconds', async () => {
  cloud.advance(11_000);
  const since = cloud.sim.log().length;
  await cloud.adapter.look(cloud.machine, never);
  await cloud.adapter.look(cloud.idOf('db-1'), never);
  const lists = cloud.callsSince(since).filter((operation) => operation.startsWith('LoadBalancers_'));
  expect(lists).toEqual(['LoadBalancers_ListAll']);
});

describe('where people connect', () => {
  const places = async (source: string, numbers = [22]) => {
    cloud.advance(11_000);
    const { addresses = [] } = await cloud.adapter.look(cloud.machine, never);
    const ports = numbers.map((number) => ({ number, protocol: 'tcp' as const }));
    return servedAddresses(source, ports, addresses);
  };

  test('is said for the public address, the port of an inbound NAT rule, and the private address', async () => {
    expect(await places('203.0.113.7/32')).toEqual(['198.51.100.4']);
    cloud.sim.human.putLoadBalancer({
      name: 'lb',
      frontends: [front, { name: 'inside', privateIp: '10.0.0.100' }],
      natRules: [
        { ...NAT, name: 'ssh', frontend: 'front', nic: 'web-1-nic' },
        { ...NAT, name: 'rdp', frontend: 'inside', nic: 'web-1-nic', backendPort: 3389 },
        // What a rule for the private address does not open is not shown.
        { ...NAT, name: 'direct', frontend: 'front', nic: 'web-1-nic', frontendPort: 22, floating: true },
      ],
    });
    expect(await places('203.0.113.7/32')).toEqual(['198.51.100.4', `${FRONTEND}:50022`]);
    expect(await places('10.0.1.4/32', [22, 3389])).toEqual(['10.0.0.4', '10.0.0.100:50022 for 3389']);
  });

  test('is not said for a rule that leads to several machines', async () => {
    const balancing = (nics: readonly string[]) =>
      cloud.sim.human.putLoadBalancer({
        name: 'lb',
        frontends: [front],
        pools: [{ name: 'pool', nics }],
        rules: [{ ...NAT, name: 'ssh', frontend: 'front', pool: 'pool' }],
      });
    balancing(['web-1-nic']);
    expect(await places('203.0.113.7/32')).toContain(`${FRONTEND}:50022`);
    balancing(['web-1-nic', 'db-1-nic']);
    expect(await places('203.0.113.7/32')).toEqual(['198.51.100.4']);
  });
});
