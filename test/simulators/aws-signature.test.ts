import { request } from 'node:http';
import { EC2 } from '@aws-sdk/client-ec2';
import { fromTemporaryCredentials } from '@aws-sdk/credential-providers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Aws, codeOf, startAws, tamper, tcp } from './aws-clients.ts';

const MINUTE_MS = 60_000;

/** What the clients need of an answer to AssumeRole. */
async function assume({ sts, simulator }: Aws, more: object = {}) {
  const { roleArn: RoleArn, externalId: ExternalId } = simulator;
  const { Credentials } = await sts.assumeRole({ RoleArn, ExternalId, RoleSessionName: 'drawbridge', ...more });
  return {
    accessKeyId: Credentials?.AccessKeyId ?? '',
    secretAccessKey: Credentials?.SecretAccessKey ?? '',
    sessionToken: Credentials?.SessionToken ?? '',
  };
}

describe('the AWS simulator, signatures', () => {
  it('knows who signed', async () => {
    const { sts, simulator } = await startAws();
    expect(await sts.getCallerIdentity({})).toMatchObject({
      Account: '123456789012',
      Arn: 'arn:aws:iam::123456789012:user/drawbridge',
    });
    expect(simulator.log()[0]).toMatchObject({ action: 'GetCallerIdentity', mutating: false, status: 200 });
  });

  it('refuses wrong keys, in the words of each service', async () => {
    const { clients, simulator } = await startAws();
    const { accessKeyId, secretAccessKey } = simulator;
    const secret = clients({ credentials: { accessKeyId, secretAccessKey: `${secretAccessKey}x` } });
    expect(await codeOf(secret.ec2.describeInstances({}))).toBe('AuthFailure');
    expect(await codeOf(secret.sts.getCallerIdentity({}))).toBe('SignatureDoesNotMatch');
    const unknown = clients({ credentials: { accessKeyId: 'AKIAAAAAAAAAAAAAAAAA', secretAccessKey } });
    expect(await codeOf(unknown.ec2.describeInstances({}))).toBe('AuthFailure');
    expect(await codeOf(unknown.sts.getCallerIdentity({}))).toBe('InvalidClientTokenId');
    const token = clients({ credentials: { accessKeyId, secretAccessKey, sessionToken: 'none' } });
    expect(await codeOf(token.ec2.describeInstances({}))).toBe('AuthFailure');
    expect(await codeOf(token.sts.getCallerIdentity({}))).toBe('InvalidClientTokenId');
    const elsewhere = clients({ region: 'us-east-1' });
    expect(await codeOf(elsewhere.ec2.describeInstances({}))).toBe('AuthFailure');
    await elsewhere.sts.getCallerIdentity({});
    expect(simulator.log().filter((call) => call.status === 200)).toHaveLength(1);
  });

  it.each<[string, string, (sent: { body: string; headers: Record<string, string> }) => void]>([
    [
      'a body changed on the way',
      'AuthFailure',
      (sent) => (sent.body = sent.body.replace('203.0.113.7', '203.0.113.8')),
    ],
    [
      'a signed header changed on the way',
      'AuthFailure',
      ({ headers }) => (headers['content-type'] += '; charset=utf-8'),
    ],
    ['an unsigned header of Amazon', 'AuthFailure', ({ headers }) => (headers['x-amz-extra'] = 'x')],
    [
      'another signature',
      'AuthFailure',
      ({ headers }) => (headers.authorization = `${headers.authorization?.slice(0, -64)}${'0'.repeat(64)}`),
    ],
    [
      'half a header',
      'IncompleteSignature',
      ({ headers }) => (headers.authorization = `${headers.authorization?.split(', Signature')[0]}`),
    ],
    ['no header', 'MissingAuthenticationToken', ({ headers }) => delete headers.authorization],
  ])('refuses %s', async (_, code, change) => {
    const { ec2, group, simulator } = await startAws();
    tamper(ec2, 'after signing', change);
    const call = ec2.authorizeSecurityGroupIngress({ GroupId: group('batch'), IpPermissions: [tcp('203.0.113.7/32')] });
    expect(await codeOf(call)).toBe(code);
    expect(simulator.state().groups.flatMap((one) => one.rules.filter((rule) => rule.fromPort === 22))).toHaveLength(1);
  });

  it('takes nothing but a form posted to its root', async () => {
    const { simulator } = await startAws();
    const status = await new Promise((resolve, reject) => {
      request(`${simulator.url}/elsewhere?Action=DescribeInstances`, (reply) => resolve(reply.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(404);
  });

  it('refuses dates more than 15 minutes off its clock, and the client learns the time from that', async () => {
    const { ec2, sts, clients, clock } = await startAws();
    clock.advance(14 * MINUTE_MS);
    await ec2.describeRegions({});
    clock.advance(40 * MINUTE_MS);
    expect(await codeOf(sts.getCallerIdentity({}))).toBe('SignatureDoesNotMatch');
    expect(await codeOf(ec2.describeRegions({}))).toBe('RequestExpired');
    await ec2.describeRegions({});
    const patient = await clients({ maxAttempts: 2 }).ec2.describeRegions({});
    expect(patient.$metadata.attempts).toBe(2);
    clock.advance(-80 * MINUTE_MS);
    expect(await codeOf(ec2.describeRegions({}))).toBe('RequestExpired');
  });
});

describe('the AWS simulator, roles', () => {
  it('gives sessions that work until they expire', async () => {
    const aws = await startAws({
      accounts: [
        { id: '123456789012', regions: ['eu-west-1'] },
        { id: '210987654321', regions: ['eu-west-1', 'eu-west-3'] },
      ],
    });
    const { clients, clock, simulator } = aws;
    const RoleArn = simulator.roleArn.replace('123456789012', '210987654321');
    const Tags = [{ Key: 'request', Value: 'r1' }];
    const credentials = await assume(aws, { RoleArn, SourceIdentity: 'ada', DurationSeconds: 900, Tags });
    const session = clients({ credentials, region: 'eu-west-3' });
    expect(await session.sts.getCallerIdentity({})).toMatchObject({
      Account: '210987654321',
      Arn: 'arn:aws:sts::210987654321:assumed-role/drawbridge-operator/drawbridge',
    });
    const vpcs = await session.ec2.describeVpcs({});
    expect(vpcs.Vpcs?.[0]?.OwnerId).toBe('210987654321');
    expect((await session.ec2.describeRegions({})).Regions).toHaveLength(2);
    expect((await session.ec2.describeInstances({})).Reservations).toEqual([]);
    expect(simulator.log().at(-1)).toMatchObject({
      account: '210987654321',
      region: 'eu-west-3',
      sourceIdentity: 'ada',
    });

    const { accessKeyId, secretAccessKey } = credentials;
    const bare = clients({ credentials: { accessKeyId, secretAccessKey } });
    expect(await codeOf(bare.ec2.describeVpcs({}))).toBe('AuthFailure');
    clock.advance(14 * MINUTE_MS + 59_000);
    await session.ec2.describeVpcs({});
    await session.sts.getCallerIdentity({});
    clock.advance(1000);
    expect(await codeOf(session.ec2.describeVpcs({}))).toBe('RequestExpired');
    expect(await codeOf(session.sts.getCallerIdentity({}))).toBe('ExpiredToken');
  });

  it('works with the provider of temporary credentials', async () => {
    const { simulator } = await startAws();
    const { accessKeyId, secretAccessKey, region, url: endpoint, roleArn, externalId } = simulator;
    const credentials = fromTemporaryCredentials({
      masterCredentials: { accessKeyId, secretAccessKey },
      params: { RoleArn: roleArn, RoleSessionName: 'drawbridge', ExternalId: externalId, SourceIdentity: 'ada' },
      clientConfig: { region, endpoint },
    });
    const ec2 = new EC2({ region, endpoint, credentials });
    onTestFinished(() => ec2.destroy());
    await ec2.describeVpcs({});
    await ec2.describeVpcs({});
    expect(simulator.log().map((call) => call.action)).toEqual(['AssumeRole', 'DescribeVpcs', 'DescribeVpcs']);
  });

  it.each([
    ['another external id', { ExternalId: 'guessed' }, 'AccessDenied'],
    ['no external id', { ExternalId: undefined }, 'AccessDenied'],
    ['a role that is not there', { RoleArn: 'arn:aws:iam::123456789012:role/admin' }, 'AccessDenied'],
    ['no ARN of a role', { RoleArn: 'arn:aws:iam::123456789012:user/drawbridge' }, 'ValidationError'],
    ['a session name with a space', { RoleSessionName: 'a b' }, 'ValidationError'],
    ['a source identity of one letter', { SourceIdentity: 'a' }, 'ValidationError'],
    ['a session too short', { DurationSeconds: 899 }, 'ValidationError'],
    ['a session too long', { DurationSeconds: 43_201 }, 'ValidationError'],
    ['a policy, which it does not know', { Policy: '{}' }, 'ValidationError'],
    [
      'equal tags',
      {
        Tags: [
          { Key: 'a', Value: '1' },
          { Key: 'A', Value: '2' },
        ],
      },
      'InvalidParameterValue',
    ],
  ])('refuses %s', async (_, more, code) => {
    expect(await codeOf(assume(await startAws(), more))).toBe(code);
  });

  it('keeps the source identity through a chain, which lasts an hour at most', async () => {
    const aws = await startAws();
    const { sts } = aws.clients({ credentials: await assume(aws, { SourceIdentity: 'ada' }) });
    const chain = { ...aws, sts };
    expect(await codeOf(assume(chain, { SourceIdentity: 'grace' }))).toBe('AccessDenied');
    expect(await codeOf(assume(chain, { DurationSeconds: 3601 }))).toBe('ValidationError');
    await assume(chain);
    expect(aws.simulator.log().at(-1)?.sourceIdentity).toBe('ada');
    aws.simulator.removeRole(aws.simulator.roleArn);
    expect(await codeOf(assume(aws))).toBe('AccessDenied');
    await sts.getCallerIdentity({});
  });
});
