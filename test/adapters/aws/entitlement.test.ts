import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Person } from '../../../src/core/people/person.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness } from './harness.ts';

const ACTION = 'ec2-instance-connect:OpenTunnel';
const ROLE = 'arn:aws:iam::123456789012:role/Engineer';
const ADA: Person = { id: 'ada', name: 'Ada', aws: 'arn:aws:iam::*:role/Engineer', groups: [] };

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness({ entitlement: ACTION });
});
afterEach(() => aws.stop());

const ask = (person: Person = ADA, machine = aws.machine) => aws.adapter.mayRequest?.(person, machine, never);
const tagged = (env: string) => {
  const instance = aws.sim.state().instances.find(({ id }) => aws.machine.endsWith(id));
  aws.sim.human.setTags(instance?.id ?? '', { Name: 'api-1', env });
};

describe('what IAM says of a person', () => {
  test('is not asked unless it is configured', async () => {
    const silent = await awsHarness();
    expect(silent.adapter.mayRequest).toBeUndefined();
    await silent.stop();
  });

  test.each([
    ['the action', [ACTION]],
    ['all of its service', ['ec2-instance-connect:*']],
    ['everything', ['*']],
  ])('lets ask who may do %s', async (_, actions) => {
    aws.sim.setPolicies(ROLE, [{ effect: 'Allow', actions }]);
    await expect(ask()).resolves.toBeUndefined();
  });

  test.each([
    ['another action', [{ effect: 'Allow', actions: ['ssm:StartSession'] }]],
    ['nothing', []],
    [
      'it, and is denied',
      [
        { effect: 'Allow', actions: ['*'] },
        { effect: 'Deny', actions: ['ec2-instance-connect:*'] },
      ],
    ],
    ['it on other machines', [{ effect: 'Allow', actions: ['*'], resources: ['arn:aws:ec2:*:*:instance/i-0other'] }]],
  ] as const)('refuses who may do %s', async (_, statements) => {
    aws.sim.setPolicies(ROLE, statements);
    await expect(ask()).rejects.toMatchObject({
      code: 'notEntitledInAws',
      kind: 'denied',
      say: expect.stringContaining(ACTION),
    });
  });

  test('is asked with the tags of the machine', async () => {
    aws.sim.setPolicies(ROLE, [{ effect: 'Allow', actions: [ACTION], tags: { env: 'prod' } }]);
    tagged('prod');
    await expect(ask()).resolves.toBeUndefined();
    tagged('lab');
    await expect(ask()).rejects.toMatchObject({ code: 'notEntitledInAws' });
  });

  test('is a no where a policy wants a tag that the machine does not have, and no forbidding by one that it has not', async () => {
    aws.sim.setPolicies(ROLE, [{ effect: 'Allow', actions: [ACTION], tags: { owner: 'ada' } }]);
    await expect(ask()).rejects.toMatchObject({ code: 'notEntitledInAws' });
    aws.sim.setPolicies(ROLE, [
      { effect: 'Allow', actions: [ACTION] },
      { effect: 'Deny', actions: [ACTION], tags: { secret: 'yes' } },
    ]);
    await expect(ask()).resolves.toBeUndefined();
  });

  test.each([
    ['allows', [{ effect: 'Allow', actions: [ACTION], also: { 'aws:SourceVpc': 'vpc-1' } }]],
    [
      'forbids',
      [
        { effect: 'Allow', actions: [ACTION] },
        { effect: 'Deny', actions: [ACTION], also: { 'aws:SourceVpc': 'vpc-1' } },
      ],
    ],
  ] as const)(
    'cannot be told where a policy %s by what only the person’s own call has, and refuses',
    async (_, policies) => {
      aws.sim.setPolicies(ROLE, policies);
      await expect(ask()).rejects.toMatchObject({
        code: 'entitlementUnclear',
        kind: 'unjudged',
        say: expect.stringContaining('aws:SourceVpc'),
      });
    },
  );

  test('counts the tags of a machine by each name that policies have for them', async () => {
    aws.sim.setPolicies(ROLE, [{ effect: 'Allow', actions: [ACTION], ssmTags: { env: 'prod' } }]);
    tagged('prod');
    await expect(ask()).resolves.toBeUndefined();
    tagged('lab');
    await expect(ask()).rejects.toMatchObject({ code: 'notEntitledInAws' });
  });

  test.each([
    ['a role that is not there', { ...ADA, aws: 'arn:aws:iam::*:role/Nobody' }, 'entitlementUnknown'],
    ['an account that is not ours', { ...ADA, aws: 'arn:aws:iam::999999999999:role/X' }, 'entitlementUnknown'],
    ['nobody in AWS', { id: 'bo', name: 'Bo', groups: [] }, 'noAwsPrincipal'],
  ])('cannot be told of %s, and refuses', async (_, person, code) => {
    await expect(ask(person)).rejects.toMatchObject({ code, kind: 'unjudged' });
  });

  test.each([
    ['denied', { kind: 'error', status: 403, code: 'AccessDenied' }, 'entitlementUnknown'],
    ['not heard', { kind: 'reset' }, 'cloudSilent'],
    ['too much', { kind: 'error', status: 400, code: 'Throttling' }, 'cloudBusy'],
  ] as const)('is no yes when the question is %s', async (_, fault, code) => {
    aws.sim.setPolicies(ROLE, [{ effect: 'Allow', actions: ['*'] }]);
    aws.sim.faults.add('SimulatePrincipalPolicy', fault, Number.POSITIVE_INFINITY);
    await expect(ask()).rejects.toMatchObject({ code });
  });

  test('is said of a machine that is gone, too', async () => {
    await expect(ask(ADA, aws.unknown)).rejects.toMatchObject({ code: 'machineGone' });
  });
});

describe('what Identity Center gives a person', () => {
  const BO: Person = { id: 'bo', name: 'Bo', identityCenter: 'bo@example.com', groups: [] };
  const account = '123456789012';
  beforeEach(async () => {
    await aws.stop();
    aws = await awsHarness({ entitlement: ACTION, identityCenter: true });
  });

  test('counts, whichever of the roles allows it', async () => {
    aws.sim.identityCenter.assign('bo@example.com', account, 'ReadOnly');
    const admin = aws.sim.identityCenter.assign('bo@example.com', account, 'Admin_v2');
    await expect(ask(BO)).rejects.toMatchObject({ code: 'notEntitledInAws' });
    aws.sim.setPolicies(admin, [{ effect: 'Allow', actions: [ACTION] }]);
    await expect(ask(BO)).resolves.toBeUndefined();
  });

  test('counts in that account alone, and nobody else’s', async () => {
    const role = aws.sim.identityCenter.assign('eve@example.com', account, 'Admin');
    aws.sim.setPolicies(role, [{ effect: 'Allow', actions: ['*'] }]);
    aws.sim.identityCenter.assign('bo@example.com', '999999999999', 'Admin');
    await expect(ask(BO)).rejects.toMatchObject({ code: 'notEntitledInAws' });
  });

  test('is not asked for who has a role of their own', async () => {
    aws.sim.setPolicies(ROLE, [{ effect: 'Allow', actions: [ACTION] }]);
    const since = aws.sim.log().length;
    await ask({ ...BO, aws: 'arn:aws:iam::*:role/Engineer' });
    expect(aws.actionsSince(since)).not.toContain('GetUserId');
  });

  test('cannot be told of a user who is not there, or when it is not answered', async () => {
    await expect(ask(BO)).rejects.toMatchObject({ code: 'entitlementUnknown' });
    aws.sim.identityCenter.assign('bo@example.com', account, 'Admin');
    for (const action of ['GetUserId', 'ListAccountAssignmentsForPrincipal', 'DescribePermissionSet', 'ListRoles']) {
      aws.sim.faults.add(action, { kind: 'error', status: 400, code: 'AccessDeniedException' }, 5);
      await expect(ask(BO)).rejects.toMatchObject({ code: 'entitlementUnknown', kind: 'unjudged' });
      aws.sim.faults.clear();
    }
  });
});
