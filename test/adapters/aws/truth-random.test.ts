import fc from 'fast-check';
import { afterEach, expect, test } from 'vitest';
import type { MachineSpec } from '../../../simulators/aws/index.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { often } from '../../setup/lane.ts';
import { type AwsHarness, awsHarness } from './harness.ts';

let aws: AwsHarness;
afterEach(() => aws.stop());

const SSH: Port = { number: 22, protocol: 'tcp' };
/** One in the same subnet, one in another of the VPC, some on the Internet, of both families. */
const CLIENTS = [
  '10.1.0.77',
  '10.1.1.20',
  '203.0.113.99',
  '198.51.100.77',
  '2001:db8:1::77',
  '2001:db8:9::7',
  '2a00:1::1',
];
/** What clients connect from: whoever gets in from one of them is not kept out. */
const CLIENT_PORTS = [1_024, 20_000, 32_768, 50_000, 60_999, 65_535];

const open: MachineSpec = {
  name: 'open-1',
  privateIp: '10.1.0.60',
  publicIp: '198.51.100.60',
  ipv6: ['2001:db8:1::60'],
  groups: [{ name: 'open' }],
};
const others: readonly MachineSpec[] = ['api-1', 'legacy-1'].map((name, i) => ({
  name,
  privateIp: `10.1.0.${10 + i}`,
  groups: [{ name: 'api' }],
}));

const prefix = fc.constantFrom(
  '0.0.0.0/0',
  '0.0.0.0/1',
  '128.0.0.0/1',
  '10.0.0.0/8',
  '203.0.113.0/24',
  '198.51.100.77/32',
  '::/0',
  '2001:db8::/32',
  '2001:db8:9::/48',
);
const anyPorts = fc.constantFrom<readonly [number?, number?]>(
  [],
  [22, 22],
  [20, 25],
  [443, 443],
  [1_024, 65_535],
  [32_768, 60_999],
  [1_024, 40_000],
  [0, 65_535],
);
const anyEntry = fc.record({
  action: fc.constantFrom<'allow' | 'deny'>('allow', 'allow', 'deny'),
  egress: fc.boolean(),
  protocol: fc.constantFrom('6', '6', '-1', '17'),
  cidr: prefix,
  ports: anyPorts,
});
const anyRule = fc.record({
  protocol: fc.constantFrom('tcp', 'tcp', '-1', 'udp'),
  ports: fc.constantFrom<readonly [number, number]>([22, 22], [20, 25], [443, 443]),
  source: prefix,
});
const anyWorld = fc.record({
  entries: fc.array(anyEntry, { minLength: 1, maxLength: 7 }),
  rules: fc.array(anyRule, { maxLength: 3 }),
});

test('whoever is said to be kept out by a network ACL does not get in, and whoever gets in is not', async () => {
  aws = await awsHarness({ instances: [...others, open], asUser: true });
  const machine = aws.idOf('open-1');
  const { human } = aws.sim;
  const said = { in: 0, kept: 0, neither: 0 };
  await fc.assert(
    fc.asyncProperty(anyWorld, async ({ entries, rules }) => {
      for (const { id } of aws.sim.state().groups.find(({ name }) => name === 'open')?.rules ?? [])
        human.removeRule(id);
      for (const { protocol, ports, source } of new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values())
        human.addRule('open', { protocol, port: ports[0], toPort: ports[1], source });
      human.setAcl(
        'public',
        entries.map(({ ports: [fromPort, toPort], protocol, ...entry }, i) => ({
          ...entry,
          protocol,
          number: 100 + i,
          ...(fromPort === undefined || protocol === '-1' ? {} : { fromPort, toPort }),
        })),
      );
      const getsIn = (from: string) =>
        CLIENT_PORTS.some((fromPort) => aws.sim.reachable({ from, machine: 'open-1', port: 22, fromPort }));
      // What is around a machine is remembered for some seconds.
      aws.advance(11_000);
      const { keptOut } = await aws.adapter.look(machine, never);
      const isKept = (from: string) => keptOut?.(SSH, `${from}/${from.includes(':') ? 128 : 32}`) !== undefined;
      const gotInBefore = CLIENTS.filter(getsIn);
      expect(gotInBefore.filter(isKept)).toEqual([]);
      // Opened to each of them: it must get in unless it is said to be kept out, or some of its ports are.
      const opened = CLIENTS.map((from) => {
        const source = `${from}/${from.includes(':') ? 128 : 32}`;
        const id = human.addRule('open', { port: 22, source });
        const got = CLIENT_PORTS.filter((fromPort) =>
          aws.sim.reachable({ from, machine: 'open-1', port: 22, fromPort }),
        );
        human.removeRule(id);
        return { from, got, kept: isKept(from) };
      });
      for (const { from, got, kept } of opened) {
        expect([from, got.length > 0 && kept]).toEqual([from, false]);
        said[kept ? 'kept' : got.length > 0 ? 'in' : 'neither'] += 1;
      }
    }),
    { numRuns: often(150, 5_000) },
  );
  expect(said.in).toBeGreaterThan(100);
  expect(said.kept).toBeGreaterThan(100);
  // Nobody else is between: only that some ports of clients are let out may not be told.
  expect(said.neither / (said.in + said.kept)).toBeLessThan(0.02);
});
