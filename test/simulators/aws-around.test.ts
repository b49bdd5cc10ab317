import { describe, expect, it } from 'vitest';
import { codeOf, startAws } from './aws-clients.ts';

const HOME = '203.0.113.7';
const ssh = (from: string, fromPort?: number) => ({
  from,
  machine: 'legacy-1',
  port: 22,
  ...(fromPort === undefined ? {} : { fromPort }),
});

describe('the AWS simulator, around machines', () => {
  it('shows the default network ACL and the main route table as EC2 does', async () => {
    const { ec2, vpcId } = await startAws();
    const { NetworkAcls } = await ec2.describeNetworkAcls({ Filters: [{ Name: 'default', Values: ['true'] }] });
    expect(NetworkAcls).toMatchObject([
      {
        VpcId: vpcId,
        IsDefault: true,
        Entries: expect.arrayContaining([
          { RuleNumber: 100, Protocol: '-1', RuleAction: 'allow', Egress: false, CidrBlock: '0.0.0.0/0' },
          { RuleNumber: 32_767, Protocol: '-1', RuleAction: 'deny', Egress: true, CidrBlock: '0.0.0.0/0' },
          { RuleNumber: 32_768, Protocol: '-1', RuleAction: 'deny', Egress: true, Ipv6CidrBlock: '::/0' },
        ]),
      },
    ]);
    expect(NetworkAcls?.[0]?.Associations).toHaveLength(2);
    const main = [{ Name: 'association.main', Values: ['true'] }];
    const { RouteTables } = await ec2.describeRouteTables({ Filters: main });
    expect(RouteTables).toMatchObject([
      {
        VpcId: vpcId,
        Associations: [{ Main: true, AssociationState: { State: 'associated' } }],
        Routes: expect.arrayContaining([
          { DestinationCidrBlock: '10.1.0.0/16', GatewayId: 'local', State: 'active', Origin: 'CreateRouteTable' },
          expect.objectContaining({ DestinationCidrBlock: '0.0.0.0/0', GatewayId: expect.stringMatching(/^igw-/) }),
          expect.objectContaining({ DestinationIpv6CidrBlock: '::/0' }),
        ]),
      },
    ]);
    const { Subnets } = await ec2.describeSubnets({ Filters: [{ Name: 'cidr-block', Values: ['10.1.0.0/24'] }] });
    const six = [{ Ipv6CidrBlock: '2001:db8:1::/64', Ipv6CidrBlockState: { State: 'associated' } }];
    expect(Subnets).toMatchObject([{ Ipv6CidrBlockAssociationSet: six }]);
  });

  it('knows a route table of a subnet only where it has one of its own', async () => {
    const { ec2, simulator } = await startAws();
    const { Subnets } = await ec2.describeSubnets({ Filters: [{ Name: 'tag:Name', Values: ['public'] }] });
    const Filters = [{ Name: 'association.subnet-id', Values: [Subnets?.[0]?.SubnetId ?? ''] }];
    expect((await ec2.describeRouteTables({ Filters })).RouteTables).toEqual([]);
    simulator.human.setRoutes('public', [
      { destination: '0.0.0.0/0', target: 'nat-0a', isBlackhole: true },
      { destination: 'pl-0a', target: 'vpce-0a' },
    ]);
    const [own] = (await ec2.describeRouteTables({ Filters })).RouteTables ?? [];
    expect(own?.Routes?.slice(2)).toMatchObject([
      { DestinationCidrBlock: '0.0.0.0/0', NatGatewayId: 'nat-0a', State: 'blackhole' },
      { DestinationPrefixListId: 'pl-0a', GatewayId: 'vpce-0a', State: 'active' },
    ]);
    simulator.human.setRoutes('public');
    expect((await ec2.describeRouteTables({ Filters })).RouteTables).toEqual([]);
  });

  it('refuses filters that it does not know, and pages that are too long', async () => {
    const { ec2 } = await startAws();
    const Filters = [{ Name: 'no-such-filter', Values: ['x'] }];
    expect(await codeOf(ec2.describeNetworkAcls({ Filters }))).toBe('InvalidParameterValue');
    expect(await codeOf(ec2.describeRouteTables({ Filters }))).toBe('InvalidParameterValue');
    expect(await codeOf(ec2.describeRouteTables({ MaxResults: 101 }))).toBe('InvalidParameterValue');
    expect(await codeOf(ec2.describeNetworkAcls({ NetworkAclIds: ['acl-0a'] }))).toBe('InvalidNetworkAclID.NotFound');
  });

  it('judges packets by the network ACL in the order of its numbers, both ways, but not within a subnet', async () => {
    const { simulator } = await startAws();
    const any = { protocol: '-1', cidr: '0.0.0.0/0' };
    expect([HOME, '10.1.0.10', '192.168.1.1'].map((from) => simulator.reachable(ssh(from)))).toEqual([
      true,
      true,
      false,
    ]);
    simulator.human.setAcl('public', [
      { ...any, number: 100, action: 'allow' },
      { number: 90, action: 'deny', cidr: '203.0.113.0/24', fromPort: 20, toPort: 25 },
      { number: 100, egress: true, action: 'allow', cidr: '0.0.0.0/0', fromPort: 32_768, toPort: 60_999 },
    ]);
    expect(simulator.reachable(ssh(HOME))).toBe(false);
    expect(simulator.reachable(ssh('198.51.100.7'))).toBe(true);
    expect(simulator.reachable(ssh('198.51.100.7', 20_000))).toBe(false);
    expect(simulator.reachable(ssh('10.1.0.10', 20_000))).toBe(true);
    simulator.human.putAclEntry('public', { ...any, number: 90, action: 'allow' });
    expect(simulator.reachable(ssh(HOME))).toBe(true);
  });

  it('judges packets by groups, and answers by the longest route', async () => {
    const { simulator, group, instance } = await startAws();
    const [all, lost] = ['igw-0a', 'nat-0a'].map((target) => ({ destination: '0.0.0.0/0', target }));
    if (!all || !lost) throw new Error('no routes');
    const reached = () => simulator.reachable(ssh(HOME));
    simulator.human.setRoutes('public', [lost]);
    expect(reached()).toBe(false);
    simulator.human.setRoutes('public', [lost, { destination: '203.0.113.0/24', target: 'igw-0a' }]);
    expect(reached()).toBe(true);
    simulator.human.setRoutes('public', [{ ...all, isBlackhole: true }]);
    expect(reached()).toBe(false);
    simulator.human.setRoutes('public', [all, { destination: '192.168.0.0/16', target: 'pcx-0a' }]);
    expect([reached(), simulator.reachable(ssh('192.168.1.1'))]).toEqual([true, true]);
    // A group stands for private addresses of its members, and never for a public one.
    expect(simulator.reachable({ from: '10.1.1.20', machine: 'api-1', port: 9000 })).toBe(false);
    simulator.human.addRule('api', { port: 9000, source: group('batch') });
    expect(simulator.reachable({ from: '10.1.1.20', machine: 'api-1', port: 9000 })).toBe(true);
    expect(simulator.reachable({ from: '10.1.1.21', machine: 'api-1', port: 9000 })).toBe(false);
    simulator.human.stop(instance('legacy-1'));
    expect(reached()).toBe(false);
  });
});
