import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import { defaultMachines, type MachineSpec, type RuleSpec } from '../../../simulators/azure/machines.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { often } from '../../setup/lane.ts';
import type { AzureHarness } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

const STRANGER = '203.0.113.99';
const INSIDE = '10.0.1.4';
const FRONTEND = '198.51.100.80';

let cloud: AzureHarness;
afterEach(() => cloud.stop());

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
const PACKETS = [
  STRANGER,
  '20.33.50.7',
  '2603:1020::7',
  '198.51.100.77',
  INSIDE,
  '10.0.6.9',
  'fd00:db8:0:6::9',
  'fd00:db8:0:2::7',
];

const WORDS = [
  '*',
  'Internet',
  'VirtualNetwork',
  'AzureLoadBalancer',
  'AzureCloud',
  'Storage.WestEurope',
  '0.0.0.0/0',
  '::/0',
  '203.0.113.0/24',
  '10.0.0.0/8',
  '10.0.1.4',
  'fd00:db8::/32',
];
const TO = [
  '*',
  'Internet',
  'VirtualNetwork',
  'Storage',
  '10.0.6.4',
  FRONTEND,
  '10.0.0.0/16',
  '0.0.0.0/0',
  'fd00:db8:0:6::4',
];
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
/** A load balancer that leads to the machine by its interface, by its address, or by an inbound NAT rule. */
const anyBalancer = fc.record({
  by: fc.constantFrom('nics', 'ips', 'nat'),
  isPublic: fc.boolean(),
  protocol: fc.constantFrom<'Tcp' | 'Udp'>('Tcp', 'Tcp', 'Udp'),
  frontendPort: fc.constantFrom(22, 50_022),
  backendPort: fc.constantFrom(22, 22, 443),
  floating: fc.boolean(),
});
const anyWorld = fc.record({
  balancer: fc.option(anyBalancer, { nil: undefined }),
  subnet: fc.array(anyRule, { maxLength: 3 }),
  own: fc.array(anyRule, { maxLength: 3 }),
  admin: fc.array(anyAdmin, { maxLength: 2 }),
  routes: fc.constantFrom<readonly string[]>([], [], ['0.0.0.0/0'], ['0.0.0.0/1', '128.0.0.0/1'], ['10.0.0.0/8']),
});

type Balancer = typeof anyBalancer extends fc.Arbitrary<infer T> ? T : never;

function specOf({ by, isPublic, ...rule }: Balancer) {
  const frontend = { name: 'front', ...(isPublic ? { publicIp: FRONTEND } : { privateIp: '10.0.6.100' }) };
  const leading = { ...rule, name: 'ssh', frontend: 'front' };
  return {
    name: 'lb',
    frontends: [frontend],
    ...(by === 'nat'
      ? { natRules: [{ ...leading, nic: 'open-1-nic' }] }
      : {
          pools: [{ name: 'pool', ...(by === 'nics' ? { nics: ['open-1-nic'] } : { ips: ['10.0.6.4'] }) }],
          rules: [{ ...leading, pool: 'pool' }],
        }),
  };
}

test('what was read is never said to be closed where a packet gets in', async () => {
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
    human.putLoadBalancer({ name: 'lb', frontends: [] });
  };
  const spec = (one: Omit<RuleSpec, 'name' | 'priority'>, i: number): RuleSpec => ({
    ...one,
    name: `r${i}`,
    priority: 200 + i,
  });
  await fc.assert(
    fc.asyncProperty(anyWorld, async ({ subnet, own, admin, routes, balancer }) => {
      clear();
      if (balancer) human.putLoadBalancer(specOf(balancer));
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
      // What is around a machine is remembered for some seconds.
      cloud.advance(11_000);
      const { effective } = await cloud.adapter.observe(machine, [], never);
      const found = effective.find(({ port }) => port.number === 22);
      const gotIn = PACKETS.filter((from) => cloud.sim.reachable({ from, machine: 'open-1', port: 22 }));
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
