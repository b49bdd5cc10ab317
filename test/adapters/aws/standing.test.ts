import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { never } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness } from './harness.ts';

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness();
});
afterEach(() => aws.stop());

const OFFICE = '192.0.2.0/24';
const groupId = (name: string) => aws.sim.state().groups.find((group) => group.name === name)?.id ?? '';
const denied = (calls: string) =>
  aws.sim.faults.add(calls, { kind: 'error', status: 403, code: 'UnauthorizedOperation' }, Number.POSITIVE_INFINITY);

/** What is said of port 22 without us, and by what. */
async function said(machine = aws.machine) {
  // What is around a machine is remembered for some seconds.
  aws.advance(11_000);
  const { effective, others } = await aws.adapter.observe(machine, [], never);
  const ssh = effective.find(({ port }) => port.number === 22);
  return { ...ssh, ways: others.filter(({ port }) => port.number === 22).map(({ source }) => source) };
}
const came = (from: string) => aws.sim.reachable({ from, machine: 'api-1', port: 22, oneWay: true });

describe('a port is closed where no packet gets in, whatever rules say', () => {
  test.each([
    [
      'the network ACL denies it',
      () =>
        void aws.sim.human.setAcl('public', [
          { number: 90, action: 'allow', cidr: '0.0.0.0/0', fromPort: 443, toPort: 443 },
        ]),
    ],
    ['VPC Block Public Access is on', () => aws.sim.human.setPublicAccess('public', { mode: 'block-ingress' })],
    ['the VPC has no Internet gateway', () => aws.sim.human.setGateway('public', false)],
  ])('%s', async (_, change) => {
    aws.sim.human.addRule('api', { port: 22, source: OFFICE });
    expect(await said()).toMatchObject({ state: 'open', source: OFFICE, through: 'api' });
    expect(came('192.0.2.7')).toBe(true);
    change();
    expect(came('192.0.2.7')).toBe(false);
    expect(await said()).toMatchObject({ state: 'closed', ways: [] });
  });

  test('a machine has no public address; it has one again when it starts', async () => {
    const machine = aws.exposed;
    aws.sim.human.removeRule(
      aws.sim
        .state()
        .groups.find(({ name }) => name === 'launch-wizard-1')
        ?.rules.find(({ direction }) => direction === 'ingress')?.id ?? '',
    );
    aws.sim.human.addRule('launch-wizard-1', { port: 22, source: OFFICE });
    expect(await said(machine)).toMatchObject({ state: 'closed' });
    aws.sim.human.stop(machine.slice(machine.lastIndexOf(':') + 1));
    expect(await said(machine)).toMatchObject({ state: 'open', source: OFFICE });
  });

  test('the interface is shut to the Internet', async () => {
    aws.sim.human.addRule('api', { port: 22, source: '2a00:1::/32' });
    expect(await said()).toMatchObject({ state: 'open' });
    const nic = aws.sim.state().interfaces.find(({ ipv6 }) => ipv6.includes('2001:db8:1::10'));
    aws.sim.human.setDeniesGateway(nic?.id ?? '', true);
    expect(came('2a00:1::1')).toBe(false);
    expect(await said()).toMatchObject({ state: 'closed', ways: [] });
  });
});

/** Of a machine that has no public address, and a rule for an office that uses public addresses. */
describe('who comes privately is not kept out by having no public address', () => {
  const CLOUD_WAN = 'arn:aws:networkmanager::123456789012:core-network/core-network-0a';
  const machine = () => aws.idOf('inner-1');
  const reached = () => aws.sim.reachable({ from: '192.0.2.7', machine: 'inner-1', port: 22, oneWay: true });
  const routes = (destination: string, target: string) =>
    aws.sim.human.setRoutes('private', [
      ...(destination.endsWith('/0') ? [] : [{ destination: '0.0.0.0/0', target: 'nat-0a' }]),
      { destination, target },
    ]);

  beforeEach(async () => {
    aws.sim.human.launch({ name: 'inner-1', privateIp: '10.1.1.60', groups: [{ name: 'inner' }] });
    aws.sim.human.addRule('inner', { port: 22, source: OFFICE });
    routes('172.16.0.0/12', 'tgw-0b');
    expect(reached()).toBe(false);
    expect(await said(machine())).toMatchObject({ state: 'closed', ways: [] });
  });

  test.each(['pcx-0b', 'tgw-0b', 'vgw-0b', 'lgw-0b', CLOUD_WAN])('a route leads to them by %s', async (target) => {
    routes(OFFICE, target);
    expect(reached()).toBe(true);
    expect(await said(machine())).toMatchObject({ state: 'open', source: OFFICE, through: 'inner' });
  });

  test.each([
    [OFFICE, 'eni-0b', 'eni-0b'],
    [OFFICE, 'vpce-0b', 'vpce-0b'],
    ['0.0.0.0/0', 'tgw-0b', 'tgw-0b'],
    ['0.0.0.0/0', CLOUD_WAN, 'core-network-0a'],
    ['pl-0123456789abcdef0', 'tgw-0b', 'tgw-0b'],
    // A network load balancer of a peered VPC keeps the addresses of its clients.
    ['10.9.0.0/16', 'pcx-0b', 'pcx-0b'],
  ])('nobody can tell who comes by a route for %s to %s', async (destination, target, name) => {
    routes(destination, target);
    expect(await said(machine())).toMatchObject({
      state: 'unknown',
      through: `who comes through ${name}`,
      ways: [OFFICE],
    });
  });

  test('nor whom an EC2 Instance Connect Endpoint hands on, which may keep the addresses of its clients', async () => {
    const description = 'EC2 Instance Connect Endpoint eice-0a';
    const type = 'ec2_instance_connect_endpoint';
    aws.sim.human.addService({ description, type, privateIp: '10.1.0.98', groups: ['api'] });
    expect(await said(machine())).toMatchObject({ state: 'unknown', through: `whom ${description} hands on to it` });
  });

  test('nor what the owner of a shared subnet has there, whose interfaces nobody else is told of', async () => {
    aws.sim.human.setOwner('private', '210987654321');
    expect(await said(machine())).toMatchObject({
      state: 'unknown',
      through: 'whom load balancers of the account 210987654321, which shares its subnet, hand on to it',
    });
  });
});

describe('a rule for a group', () => {
  test('lets its members in and nobody else, and the machine itself is none', async () => {
    aws.sim.human.addRule('api', { protocol: '-1', source: groupId('api') });
    expect(await said()).toMatchObject({ state: 'closed' });
    aws.sim.human.launch({ name: 'api-2', privateIp: '10.1.1.11', groups: [{ name: 'api' }] });
    expect(came('10.1.1.11')).toBe(true);
    expect(await said()).toMatchObject({ state: 'open', source: groupId('api'), sourceName: 'api', through: 'api' });
  });

  test('of a connection that is gone lets nobody in', async () => {
    const source = '210987654321/sg-0123456789abcdef0';
    aws.sim.human.addRule('api', { port: 22, source, peeringStatus: 'deleted' });
    expect(await said()).toMatchObject({ state: 'closed' });
  });

  test('of another account, or whose members may not be read, lets in nobody knows whom', async () => {
    aws.sim.human.addRule('api', { port: 22, source: '210987654321/sg-0123456789abcdef0', peeringStatus: 'active' });
    expect(await said()).toMatchObject({
      state: 'unknown',
      through: 'who bears the security group sg-0123456789abcdef0 of the account 210987654321',
      ways: ['sg-0123456789abcdef0'],
    });
  });
});

describe('a rule for a prefix list', () => {
  const list = () => aws.sim.state().prefixLists.find(({ name }) => name === 'office')?.id ?? '';

  test('is open to what the list holds now', async () => {
    aws.sim.human.addRule('api', { port: 22, source: list() });
    expect(await said()).toMatchObject({ state: 'open', source: OFFICE, through: `api (prefix list ${list()})` });
    aws.sim.human.setPrefixList('office', []);
    expect(await said()).toMatchObject({ state: 'closed' });
    aws.sim.human.setPrefixList('office', [OFFICE, '0.0.0.0/0']);
    expect(await said()).toMatchObject({ state: 'open', source: '0.0.0.0/0', ways: [OFFICE, '0.0.0.0/0'] });
  });

  test('that may not be read is unknown', async () => {
    aws.sim.human.addRule('api', { port: 22, source: list() });
    denied('GetManagedPrefixListEntries');
    expect(await said()).toMatchObject({
      state: 'unknown',
      through: `what the prefix list ${list()} holds`,
      ways: [list()],
    });
  });

  test('that holds everybody makes a machine unhealthy', async () => {
    aws.sim.human.setPrefixList('office', ['0.0.0.0/0']);
    aws.sim.human.launch({ name: 'front-1', privateIp: '10.1.0.77', groups: [{ name: 'front' }] });
    aws.sim.human.addRule('front', { port: 22, source: list() });
    const front = async () => {
      const { machines } = await aws.adapter.assess(never);
      return machines.find(({ machine }) => machine.name === 'front-1');
    };
    expect(await front()).toMatchObject({ verdict: 'unhealthy' });
    denied('GetManagedPrefixListEntries');
    expect(await front()).toMatchObject({
      verdict: 'unknown',
      reasons: [`Drawbridge cannot tell: it could not read what the prefix list ${list()} holds.`],
    });
  });
});

describe('nobody can tell', () => {
  test.each([
    ['DescribeNetworkAcls', 'the network ACL of its subnet'],
    ['DescribeInternetGateways', 'whether its VPC has an Internet gateway'],
    ['DescribeVpcBlockPublicAccessOptions', 'whether VPC Block Public Access keeps the Internet out'],
  ])('where %s is denied', async (call, because) => {
    aws.sim.human.addRule('api', { port: 22, source: OFFICE });
    denied(call);
    expect(await said()).toMatchObject({ state: 'unknown', through: because, ways: [OFFICE] });
  });

  test('what a group lets in that is not shared any more, and stays on the machine', async () => {
    aws.sim.human.launch({ name: 'inner-1', privateIp: '10.1.1.60', groups: [{ name: 'inner' }] });
    aws.sim.human.addRule('inner', { port: 22, source: '10.0.0.0/8' });
    const machine = aws.idOf('inner-1');
    expect(await said(machine)).toMatchObject({ state: 'open', source: '10.0.0.0/8' });
    aws.sim.human.unshare('inner');
    expect(aws.sim.reachable({ from: '10.1.0.10', machine: 'inner-1', port: 22 })).toBe(true);
    const through = 'the security group inner, which could not be read';
    expect(await said(machine)).toMatchObject({ state: 'unknown', through });
  });

  test('what an appliance at the gateway lets through', async () => {
    aws.sim.human.addRule('api', { port: 22, source: OFFICE });
    aws.sim.human.setEdgeRoutes('public', [{ destination: '10.1.0.0/24', target: 'vpce-0b' }]);
    expect(await said()).toMatchObject({ state: 'unknown', through: 'what vpce-0b lets through' });
  });

  test('whom a network load balancer hands on', async () => {
    aws.sim.human.addRule('api', { port: 22, source: OFFICE });
    aws.sim.human.setPublicAccess('public', { mode: 'block-ingress' });
    const front = { description: 'ELB net/front/50dc6c49', type: 'network_load_balancer', privateIp: '10.1.0.99' };
    aws.sim.human.addService({ ...front, groups: ['launch-wizard-1'] });
    expect(await said()).toMatchObject({ state: 'unknown', through: 'whom ELB net/front/50dc6c49 hands on to it' });
  });
});
