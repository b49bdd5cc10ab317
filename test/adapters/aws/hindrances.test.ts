import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Port } from '../../../src/core/rule/port.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness } from './harness.ts';

const SSH: Port = { number: 22, protocol: 'tcp' };
const HTTPS: Port = { number: 443, protocol: 'tcp' };
const HOME = '203.0.113.7/32';
const allow = (number: number, cidr = '0.0.0.0/0', egress = false) =>
  ({ number, action: 'allow', protocol: '-1', cidr, egress }) as const;
const deny = (number: number, cidr: string, port: number) =>
  ({ number, action: 'deny', cidr, fromPort: port, toPort: port }) as const;

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness();
  // What is around a machine is remembered for some seconds.
  aws.advance(11_000);
});
afterEach(() => aws.stop());

const looked = async () => {
  const { keptOut = () => undefined, warnings = [] } = await aws.adapter.look(aws.machine, never);
  return { keptOut: (source: string, port = SSH) => keptOut(port, source)?.say, warnings };
};
const denied = (calls: string) =>
  aws.sim.faults.add(calls, { kind: 'error', status: 403, code: 'UnauthorizedOperation' }, Number.POSITIVE_INFINITY);

describe('the network ACL of the subnet', () => {
  test('that every subnet has at first keeps nobody out', async () => {
    const { keptOut, warnings } = await looked();
    expect([keptOut(HOME), keptOut('2001:db8:9::/48'), keptOut('10.1.1.20/32'), warnings]).toEqual([
      undefined,
      undefined,
      undefined,
      [],
    ]);
  });

  test('refuses whom it denies, by its name, and nobody else', async () => {
    const acl = aws.sim.human.setAcl('public', [
      deny(90, '203.0.113.0/24', 22),
      allow(100),
      allow(100, '0.0.0.0/0', true),
    ]);
    const { keptOut } = await looked();
    const says = `The network ACL ${acl} of the subnet keeps 203.0.113.7 from port 22 of api-1, whatever is opened.`;
    expect(keptOut(HOME)).toBe(says);
    expect(keptOut(HOME, HTTPS)).toBeUndefined();
    expect(keptOut('198.51.100.7/32')).toBeUndefined();
    // Some of these get in.
    expect(keptOut('203.0.112.0/23')).toBeUndefined();
    // IPv6 has entries of its own, and here it has none.
    expect(keptOut('2001:db8:9::/48')).toContain(acl);
  });

  test('is not asked between machines of one subnet, and is between two', async () => {
    aws.sim.human.setAcl('public', [deny(90, '10.0.0.0/8', 22), allow(100), allow(100, '0.0.0.0/0', true)]);
    const { keptOut } = await looked();
    expect(keptOut('10.1.0.30/32')).toBeUndefined();
    expect(keptOut('10.1.1.20/32')).toContain('keeps 10.1.1.20 from port 22 of api-1');
    // Some of them are in the subnet.
    expect(keptOut('10.1.0.0/16')).toBeUndefined();
  });

  test.each([
    ['drops them all', [{ ...allow(100, '0.0.0.0/0', true), protocol: '6', fromPort: 80, toPort: 443 }], true],
    [
      'lets some ports out',
      [{ ...allow(100, '0.0.0.0/0', true), protocol: '6', fromPort: 50_000, toPort: 60_000 }],
      false,
    ],
    ['lets them out to somebody else', [allow(100, '198.51.100.0/24', true)], true],
  ] as const)('that %s of the answers', async (_, out, isKept) => {
    aws.sim.human.setAcl('public', [allow(100), ...out]);
    const { keptOut } = await looked();
    expect(keptOut(HOME) !== undefined).toBe(isKept);
    expect(aws.sim.reachable({ from: '203.0.113.7', machine: 'api-1', port: 443, fromPort: 40_000 })).toBe(false);
  });

  test('refuses on every interface that the machine is opened on, or not at all', async () => {
    const id = aws.sim.human.launch({
      name: 'two-legs',
      privateIp: '10.1.1.50',
      groups: [{ name: 'front' }],
      moreInterfaces: [{ privateIp: '10.1.1.51', publicIp: '198.51.100.51', groups: [{ name: 'back' }] }],
    });
    const acl = aws.sim.human.setAcl('private', []);
    const machine = `aws:${aws.sim.accountId}:${aws.sim.region}:${id}` as const;
    const { keptOut } = await aws.adapter.look(machine, never);
    expect(keptOut?.(SSH, HOME)).toMatchObject({ code: 'deniedByAcl', say: expect.stringContaining(acl) });
  });

  test('that cannot be understood refuses nobody', async () => {
    aws.sim.human.setAcl('public', [{ ...deny(90, '0.0.0.0/0', 22), action: 'perhaps' as 'deny' }]);
    const { keptOut, warnings } = await looked();
    expect(keptOut(HOME)).toBeUndefined();
    expect(warnings).toEqual(['Cannot tell who is kept out: the network ACL of its subnet could not be read.']);
    // AWS may have more words one day.
    aws.replies.forget();
  });

  test('that may not be read is a warning', async () => {
    aws.sim.human.setAcl('public', []);
    denied('DescribeNetworkAcls');
    const { keptOut, warnings } = await looked();
    expect(keptOut(HOME)).toBeUndefined();
    expect(warnings).toEqual(['Cannot tell who is kept out: the network ACL of its subnet could not be read.']);
  });

  test('keeps nobody out for sure while the addresses of the subnet may not be read', async () => {
    aws.sim.human.setAcl('public', []);
    denied('DescribeSubnets');
    const { keptOut, warnings } = await looked();
    expect(keptOut(HOME)).toBeUndefined();
    expect(warnings).toEqual([
      'Cannot tell who is kept out: the addresses of its subnet could not be read.',
      expect.stringContaining('VPC Block Public Access'),
    ]);
  });
});

describe('the Internet gateway', () => {
  const publicAccess = (mode: 'off' | 'block-ingress' | 'block-bidirectional') =>
    aws.sim.human.setPublicAccess('public', { mode });
  const six = '2001:db8:1::10';

  test.each([
    [
      'with VPC Block Public Access',
      () => publicAccess('block-ingress'),
      'VPC Block Public Access keeps the Internet out',
    ],
    [
      'with an exclusion for what leaves alone',
      () => {
        publicAccess('block-bidirectional');
        aws.sim.human.setExclusion('public', { mode: 'allow-egress' });
      },
      'VPC Block Public Access keeps the Internet out',
    ],
    ['that is not there', () => aws.sim.human.setGateway('public', false), 'its VPC has no Internet gateway'],
  ])('%s keeps the Internet out', async (_, change, because) => {
    aws.sim.human.addRule('api', { port: 22, source: '0.0.0.0/0' });
    const came = () => aws.sim.reachable({ from: '203.0.113.7', machine: 'api-1', port: 22, oneWay: true });
    expect(came()).toBe(true);
    change();
    expect(came()).toBe(false);
    const { keptOut, warnings } = await looked();
    expect(keptOut(HOME)).toBe(`203.0.113.7 does not get to api-1 over the Internet, whatever is opened: ${because}.`);
    expect(keptOut('10.1.1.20/32')).toBeUndefined();
    // Some of these are in the VPC.
    expect(keptOut('0.0.0.0/0')).toBeUndefined();
    expect(warnings).toEqual(
      ['198.51.100.10', six].map((to) => `People on the Internet do not get to ${to}: ${because}.`),
    );
  });

  test.each([
    ['of the subnet', { mode: 'allow-bidirectional' }],
    ['of its VPC', { mode: 'allow-bidirectional', ofVpc: true }],
    ['that was changed', { mode: 'allow-bidirectional', state: 'update-complete' }],
  ] as const)('lets people in by an exclusion %s', async (_, exclusion) => {
    publicAccess('block-bidirectional');
    aws.sim.human.setExclusion('public', exclusion);
    const { keptOut, warnings } = await looked();
    expect([keptOut(HOME), warnings]).toEqual([undefined, []]);
  });

  test.each([
    ['changes', () => aws.sim.human.setPublicAccess('public', { mode: 'block-ingress', state: 'update-in-progress' })],
    [
      'has an exclusion that is being made',
      () => {
        publicAccess('block-ingress');
        aws.sim.human.setExclusion('public', { mode: 'allow-bidirectional', state: 'create-in-progress' });
      },
    ],
    ['may not be read', () => denied('DescribeVpcBlockPublicAccessOptions')],
  ])('refuses nobody while VPC Block Public Access %s, and says that it cannot tell', async (_, change) => {
    change();
    const { keptOut, warnings } = await looked();
    expect(keptOut(HOME)).toBeUndefined();
    expect(warnings).toEqual([
      'Cannot tell whether people on the Internet get in, as it is not known whether VPC Block Public Access keeps the Internet out.',
    ]);
  });

  test.each([
    ['a network load balancer', 'network_load_balancer', 'ELB net/front/50dc6c49'],
    ['an accelerator', 'global_accelerator_managed', 'Global Accelerator'],
    ['an EC2 Instance Connect Endpoint', 'ec2_instance_connect_endpoint', 'EC2 Instance Connect Endpoint eice-0a'],
  ])('refuses nobody whom %s may hand on', async (_, type, description) => {
    publicAccess('block-ingress');
    const front = { description, type, privateIp: '10.1.0.99' };
    aws.sim.human.addService({ ...front, groups: ['api'] });
    expect((await looked()).keptOut(HOME)).toBeUndefined();
  });

  test('with an appliance behind it: what that lets through nobody can tell', async () => {
    aws.sim.human.setEdgeRoutes('public', [{ destination: '10.1.0.0/24', target: 'vpce-0b' }]);
    const { keptOut, warnings } = await looked();
    expect(keptOut(HOME)).toBeUndefined();
    expect(warnings).toEqual([
      'Cannot tell whether people on the Internet get in, as it is not known what vpce-0b lets through.',
    ]);
  });

  test('does not get to the IPv6 address of an interface that is shut to it', async () => {
    const nic = aws.sim.state().interfaces.find(({ ipv6 }) => ipv6.includes(six));
    aws.sim.human.setDeniesGateway(nic?.id ?? '', true);
    const { keptOut, warnings } = await looked();
    const because = `its network interface ${nic?.id} is shut to the Internet (DenyAllIgwTraffic)`;
    expect(keptOut('2a00:1::/64')).toContain(because);
    expect(keptOut(HOME)).toBeUndefined();
    expect(warnings).toEqual([`People on the Internet do not get to ${six}: ${because}.`]);
  });
});

describe('the routes of the subnet', () => {
  const GATEWAY = 'igw-0123456789abcdef0';
  const six = { destination: '::/0', target: GATEWAY };
  const from = '198.51.100.10';

  test.each([
    ['none back', [six], 'its subnet has no route back to the client'],
    ['one to a NAT gateway', [six, { destination: '0.0.0.0/0', target: 'nat-0a' }], 'answers leave through nat-0a'],
    [
      'a gateway that is gone',
      [six, { destination: '0.0.0.0/0', target: GATEWAY, isBlackhole: true }],
      `the route to ${GATEWAY} leads nowhere`,
    ],
    ['an appliance', [six, { destination: '0.0.0.0/0', target: 'vpce-0b' }], 'answers leave through vpce-0b'],
  ])('with %s are a warning', async (_, routes, because) => {
    aws.sim.human.setRoutes('public', routes);
    const { keptOut, warnings } = await looked();
    expect(warnings).toEqual([`People on the Internet may get no answer from ${from}: ${because}.`]);
    expect(keptOut(HOME)).toBeUndefined();
    aws.sim.human.addRule('api', { port: 22, source: '0.0.0.0/0' });
    expect(aws.sim.reachable({ from: '203.0.113.7', machine: 'api-1', port: 22 })).toBe(false);
  });

  test('say nothing of networks that are connected, nor of machines without a public address', async () => {
    const all = { destination: '0.0.0.0/0', target: GATEWAY };
    aws.sim.human.setRoutes('public', [six, all, { destination: '198.18.0.0/15', target: 'pcx-0c' }]);
    aws.sim.human.setRoutes('private', []);
    expect((await looked()).warnings).toEqual([]);
    const id = aws.sim.human.launch({ name: 'inner', privateIp: '10.1.1.60', groups: [{ name: 'front' }] });
    const inner = await aws.adapter.look(`aws:${aws.sim.accountId}:${aws.sim.region}:${id}`, never);
    expect(inner.warnings).toBeUndefined();
  });

  test('that may not be read are a warning', async () => {
    denied('DescribeRouteTables');
    const { warnings } = await looked();
    expect(warnings).toEqual([
      'Cannot tell whether people on the Internet get answers: the route table of its subnet could not be read.',
    ]);
  });

  test('are read once for all who look in ten seconds', async () => {
    const since = aws.sim.log().length;
    await Promise.all([looked(), looked(), looked()]);
    await aws.adapter.look(aws.exposed, never);
    const reads = aws.actionsSince(since).filter((action) => /Acls|RouteTables|Subnets/.test(action));
    expect(reads.sort()).toEqual([
      'DescribeNetworkAcls',
      // All of its VPC: the subnet's own, the main one, and that of the Internet gateway.
      'DescribeRouteTables',
      'DescribeSubnets',
    ]);
    aws.advance(11_000);
    await looked();
    expect(aws.actionsSince(since).filter((action) => action === 'DescribeNetworkAcls')).toHaveLength(2);
  });
});
