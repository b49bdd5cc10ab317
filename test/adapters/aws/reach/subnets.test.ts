import type { EC2Client, NetworkAcl, Route } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import type { Client } from '../../../../adapters/aws/ec2/clients.ts';
import { Subnets } from '../../../../adapters/aws/reach/subnets.ts';
import { JitError } from '../../../../src/core/errors/errors.ts';
import { never } from '../../../conformance/cloud-steps.ts';

/** What it says where there is nothing. */
const NOTHING: Readonly<Record<string, object>> = {
  DescribeNetworkAcls: { NetworkAcls: [] },
  DescribeRouteTables: { RouteTables: [] },
  DescribeSubnets: { Subnets: [] },
  DescribeInternetGateways: { InternetGateways: [] },
  DescribeNetworkInterfaces: { NetworkInterfaces: [] },
};

/** EC2 that answers by the name of the call; of a name that it does not know there is nothing. */
function subnetsOf(replies: Readonly<Record<string, object | JitError>>) {
  const calls: string[] = [];
  const ec2 = {
    async send(command: object) {
      const name = command.constructor.name.replace(/Command$/, '');
      calls.push(name);
      const reply = replies[name] ?? NOTHING[name] ?? {};
      if (reply instanceof JitError) throw reply;
      return reply;
    },
  } as unknown as EC2Client;
  const client: Client = {
    account: '123456789012',
    region: 'eu-west-1',
    cloudNow: () => undefined,
    call: (abortSignal, send) => send(ec2, { abortSignal }),
    change: (_, { signal: abortSignal }, send) => send(ec2, { abortSignal }),
  };
  return { calls, subnets: new Subnets(client, () => 0) };
}

const ofSubnet = { VpcId: 'vpc-0a', Associations: [{ SubnetId: 'subnet-0a' }] };
const read = (replies: Readonly<Record<string, object | JitError>>) =>
  subnetsOf(replies).subnets.of('subnet-0a', 'vpc-0a', never);
const readAcl = async (Entries: NetworkAcl['Entries']) =>
  (await read({ DescribeNetworkAcls: { NetworkAcls: [{ NetworkAclId: 'acl-0a', ...ofSubnet, Entries }] } })).acl;
const readRoutes = async (...Routes: readonly Route[]) =>
  (await read({ DescribeRouteTables: { RouteTables: [{ RouteTableId: 'rtb-0a', ...ofSubnet, Routes }] } })).routes;

const UNREAD = { unknown: 'the network ACL of its subnet' };

describe('the network ACL of a subnet, as EC2 tells it', () => {
  test('has entries of both directions and families, with ports or without', async () => {
    const rest = { Protocol: '6', RuleAction: 'allow' } as const;
    expect(
      await readAcl([
        { ...rest, RuleNumber: 100, Egress: false, CidrBlock: '203.0.113.0/24', PortRange: { From: 22, To: 25 } },
        { ...rest, RuleNumber: 110, Egress: false, Ipv6CidrBlock: '::/0', PortRange: { From: -1, To: -1 } },
        { ...rest, RuleNumber: 32_767, Egress: true, CidrBlock: '0.0.0.0/0', RuleAction: 'deny', Protocol: '-1' },
      ]),
    ).toEqual({
      is: {
        id: 'acl-0a',
        inbound: [
          { number: 100, allows: true, protocol: '6', cidr: '203.0.113.0/24', from: 22, to: 25 },
          { number: 110, allows: true, protocol: '6', cidr: '::/0' },
        ],
        outbound: [{ number: 32_767, allows: false, protocol: '-1', cidr: '0.0.0.0/0' }],
      },
    });
  });

  const whole = {
    RuleNumber: 100,
    Egress: false,
    CidrBlock: '0.0.0.0/0',
    RuleAction: 'allow',
    Protocol: '-1',
  } as const;
  test.each([
    ['number', { RuleNumber: undefined }],
    ['prefix', { CidrBlock: undefined }],
    ['prefix that is one', { CidrBlock: 'pl-0a' }],
    ['action', { RuleAction: undefined }],
    ['protocol', { Protocol: undefined }],
  ])('is unknown where an entry has no %s', async (_, less) => {
    expect(await readAcl([whole])).not.toEqual(UNREAD);
    expect(await readAcl([whole, { ...whole, ...less }])).toEqual(UNREAD);
  });

  test('is unknown where EC2 shows none, or none of its entries', async () => {
    expect((await read({ DescribeNetworkAcls: { NetworkAcls: [] } })).acl).toEqual(UNREAD);
    expect(await readAcl(undefined)).toEqual(UNREAD);
  });
});

describe('the routes of a subnet, as EC2 tells them', () => {
  test.each<[string, Route]>([
    ['local', { GatewayId: 'local' }],
    ['igw-0a', { GatewayId: 'igw-0a' }],
    ['eni-0a', { InstanceId: 'i-0a', NetworkInterfaceId: 'eni-0a' }],
    ['pcx-0a', { VpcPeeringConnectionId: 'pcx-0a' }],
    ['eigw-0a', { EgressOnlyInternetGatewayId: 'eigw-0a' }],
    ['arn:aws:networkmanager::1:core-network/0a', { CoreNetworkArn: 'arn:aws:networkmanager::1:core-network/0a' }],
    ['something that Drawbridge does not know', { IpAddress: '10.0.0.9' }],
  ])('name %s', async (target, route) => {
    const told = await readRoutes({ ...route, DestinationCidrBlock: '0.0.0.0/0', State: 'active' });
    expect(told).toEqual({ is: [{ destination: '0.0.0.0/0', target, isDead: false }] });
  });

  test('are dead unless they are active, and propagated ones come after static ones', async () => {
    const to = { DestinationCidrBlock: '10.9.0.0/16' };
    const told = await readRoutes(
      { ...to, GatewayId: 'vgw-0a', Origin: 'EnableVgwRoutePropagation', State: 'active' },
      { ...to, TransitGatewayId: 'tgw-0a', Origin: 'CreateRoute', State: 'blackhole' },
      { DestinationPrefixListId: 'pl-0a', GatewayId: 'vpce-0a' },
    );
    expect(told).toMatchObject({
      is: [
        { target: 'tgw-0a', isDead: true },
        { destination: 'pl-0a', target: 'vpce-0a', isDead: false },
        { target: 'vgw-0a', isDead: false },
      ],
    });
  });
});

test('what may not be read is unknown, and kept; what may be had later is thrown, and asked again', async () => {
  const denied = new JitError('cloudDenied', { cloud: 'AWS', code: 'UnauthorizedOperation' });
  const { subnets, calls } = subnetsOf({ DescribeNetworkAcls: denied, DescribeSubnets: denied });
  const first = await subnets.of('subnet-0a', 'vpc-0a', never);
  expect(first).toMatchObject({ acl: UNREAD, prefixes: { unknown: 'the addresses of its subnet' } });
  expect(await subnets.of('subnet-0a', 'vpc-0a', never)).toBe(first);
  expect(calls.filter((name) => name === 'DescribeNetworkAcls')).toHaveLength(1);
  const busy = subnetsOf({
    DescribeSubnets: new JitError('cloudBusy', { cloud: 'AWS' }),
  });
  for (const _ of [1, 2])
    await expect(busy.subnets.of('subnet-0a', 'vpc-0a', never)).rejects.toMatchObject({ code: 'cloudBusy' });
  expect(busy.calls.filter((name) => name === 'DescribeSubnets')).toHaveLength(2);
});
