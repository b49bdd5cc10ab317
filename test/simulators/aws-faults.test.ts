import { describe, expect, it } from 'vitest';
import { type Aws, codeOf, startAws, tcp } from './aws-clients.ts';

const open = ({ ec2, group }: Pick<Aws, 'ec2' | 'group'>, cidr = '203.0.113.7/32') =>
  ec2.authorizeSecurityGroupIngress({ GroupId: group('batch'), IpPermissions: [tcp(cidr)] });

/** Sources that are really open on port 22 of `batch`. */
const openNow = ({ simulator }: Aws): string[] =>
  simulator
    .state()
    .groups.filter((one) => one.name === 'batch')
    .flatMap((one) => one.rules.filter((rule) => rule.fromPort === 22).map((rule) => rule.source));

const openSeen = async ({ ec2, group }: Aws): Promise<(string | undefined)[]> => {
  const Filters = [{ Name: 'group-id', Values: [group('batch')] }];
  const read = await ec2.describeSecurityGroupRules({ Filters });
  return (read.SecurityGroupRules ?? []).filter((rule) => rule.FromPort === 22).map((rule) => rule.CidrIpv4);
};

describe('the AWS simulator, faults', () => {
  it('loses a reply: the retry of the client finds its own rule', async () => {
    const aws = await startAws();
    aws.simulator.faults.add('AuthorizeSecurityGroupIngress', { kind: 'lostReply' });
    const { ec2 } = aws.clients({ maxAttempts: 2 });
    const error: unknown = await open({ ...aws, ec2 }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'InvalidPermission.Duplicate', $metadata: { attempts: 2 } });
    expect(openNow(aws)).toEqual(['203.0.113.7/32']);
    expect(aws.simulator.log().map((call) => [call.status, call.fault ?? call.code])).toEqual([
      [200, 'lostReply'],
      [400, 'InvalidPermission.Duplicate'],
    ]);
  });

  it('resets a connection and does nothing; the retry does it', async () => {
    const aws = await startAws();
    aws.simulator.faults.add('AuthorizeSecurityGroupIngress', { kind: 'reset' });
    await expect(open(aws)).rejects.toThrow();
    expect(openNow(aws)).toEqual([]);
    aws.simulator.faults.add('AuthorizeSecurityGroupIngress', { kind: 'reset' });
    const { ec2 } = aws.clients({ maxAttempts: 2 });
    expect((await open({ ...aws, ec2 })).$metadata.attempts).toBe(2);
    expect(openNow(aws)).toEqual(['203.0.113.7/32']);
  });

  it('throttles in the words of each service, as often as it is told', async () => {
    const aws = await startAws();
    aws.simulator.faults.add(/./, { kind: 'throttle' }, 2);
    const error: unknown = await open(aws).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'RequestLimitExceeded', $metadata: { httpStatusCode: 503 } });
    expect(await codeOf(aws.sts.getCallerIdentity({}))).toBe('Throttling');
    expect(openNow(aws)).toEqual([]);
    await open(aws);
  });

  it('answers with any error', async () => {
    const aws = await startAws();
    aws.simulator.faults.add('AuthorizeSecurityGroupIngress', {
      kind: 'error',
      status: 403,
      code: 'UnauthorizedOperation',
    });
    const error: unknown = await open(aws).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'UnauthorizedOperation', $metadata: { httpStatusCode: 403 } });
    expect(openNow(aws)).toEqual([]);
  });

  it('takes its time to answer, not to act', async () => {
    const aws = await startAws();
    aws.simulator.faults.add('AuthorizeSecurityGroupIngress', { kind: 'slow', ms: 40 });
    let seenBeforeReply: string[] = [];
    aws.simulator.onChange(() => {
      seenBeforeReply = openNow(aws);
    });
    const started = performance.now();
    await open(aws);
    expect(performance.now() - started).toBeGreaterThan(35);
    expect(seenBeforeReply).toEqual(['203.0.113.7/32']);
  });

  it('lets a call land late, at its instant on the clock', async () => {
    const aws = await startAws();
    aws.simulator.faults.add('AuthorizeSecurityGroupIngress', { kind: 'lateLanding', ms: 5000 });
    await expect(open(aws)).rejects.toThrow();
    aws.clock.advance(4999);
    expect(openNow(aws)).toEqual([]);
    aws.clock.advance(1);
    expect(openNow(aws)).toEqual(['203.0.113.7/32']);
    expect(aws.simulator.log().map((call) => call.status)).toEqual([0, 200]);
  });

  it('reads the past where it is told to, and writes in the present', async () => {
    const aws = await startAws();
    aws.clock.advance(10_000);
    await open(aws);
    aws.simulator.faults.add('DescribeSecurityGroupRules', { kind: 'stale', ms: 5000 });
    expect(await openSeen(aws)).toEqual([]);
    expect(await openSeen(aws)).toEqual(['203.0.113.7/32']);
    aws.clock.advance(1000);
    await aws.ec2.revokeSecurityGroupIngress({ GroupId: aws.group('batch'), IpPermissions: [tcp('203.0.113.7/32')] });
    aws.simulator.faults.add(/./, { kind: 'stale', ms: 500 }, 2);
    expect(await openSeen(aws)).toEqual(['203.0.113.7/32']);
    await open(aws);
    expect(await openSeen(aws)).toEqual(['203.0.113.7/32']);
  });
});

describe('the AWS simulator, lagging reads', () => {
  it('shows every write after the lag, and the start at once', async () => {
    const aws = await startAws({ readLagMs: 3000 });
    const { ec2, clock, vpcId, simulator } = aws;
    expect((await ec2.describeInstances({})).Reservations).toHaveLength(3);
    await open(aws);
    expect(await codeOf(open(aws))).toBe('InvalidPermission.Duplicate');
    clock.advance(2999);
    expect(await openSeen(aws)).toEqual([]);
    clock.advance(1);
    expect(await openSeen(aws)).toEqual(['203.0.113.7/32']);

    const { GroupId } = await ec2.createSecurityGroup({ GroupName: 'jit', Description: 'text', VpcId: vpcId });
    const use = () => ec2.authorizeSecurityGroupIngress({ GroupId, IpPermissions: [tcp('203.0.113.7/32')] });
    expect(await codeOf(use())).toBe('InvalidGroup.NotFound');
    expect(await codeOf(ec2.describeSecurityGroups({ GroupIds: [GroupId ?? ''] }))).toBe('InvalidGroup.NotFound');
    const names = { Filters: [{ Name: 'group-name', Values: ['jit'] }] };
    expect((await ec2.describeSecurityGroups(names)).SecurityGroups).toEqual([]);
    clock.advance(3000);
    await use();
    expect((await ec2.describeSecurityGroups(names)).SecurityGroups?.[0]?.IpPermissions).toEqual([]);
    simulator.setReadLag(0);
    expect((await ec2.describeSecurityGroups(names)).SecurityGroups?.[0]?.IpPermissions).toHaveLength(1);
  });

  it('does not delete a group whose detachment it does not see', async () => {
    const { ec2, clock, eni, group } = await startAws({ readLagMs: 3000 });
    const NetworkInterfaceId = eni('api-1');
    await ec2.modifyNetworkInterfaceAttribute({ NetworkInterfaceId, Groups: [group('default')] });
    const GroupId = group('api');
    expect(await codeOf(ec2.deleteSecurityGroup({ GroupId }))).toBe('DependencyViolation');
    clock.advance(3000);
    await ec2.deleteSecurityGroup({ GroupId });
  });
});

describe('the AWS simulator, token buckets', () => {
  it('has one for each action and region, refilled on the clock', async () => {
    const accounts = [{ id: '123456789012', regions: ['eu-west-1', 'eu-west-3'] }];
    const { ec2, clients, clock } = await startAws({ throttling: true, accounts });
    const until = async (call: () => Promise<unknown>) => {
      for (let n = 0; ; n += 1)
        if (
          await call().then(
            () => false,
            (error: Error) => error.name === 'RequestLimitExceeded',
          )
        )
          return n;
    };
    const Filters = [{ Name: 'tag:k', Values: ['v'] }];
    expect(await until(() => ec2.describeVpcs({ DryRun: false }))).toBe(100);
    expect(await until(() => ec2.describeSecurityGroups({}))).toBe(50);
    expect(await until(() => ec2.describeSecurityGroups({ Filters }))).toBe(100);
    clock.advance(1000);
    expect(await until(() => ec2.describeVpcs({}))).toBe(20);
    expect(await until(() => ec2.describeSecurityGroups({}))).toBe(10);
    await clients({ region: 'eu-west-3' }).ec2.describeVpcs({});
  });
});
