import { afterEach, describe, expect, it } from 'vitest';
import { never } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness, SESSIONS_DOCUMENT } from './harness.ts';
import { DEPLOYED, makeReady } from './sessions-harness.ts';

const DENIED = { kind: 'error', status: 403, code: 'UnauthorizedOperation' } as const;

describe('AWS is looked through', () => {
  let aws: AwsHarness;
  afterEach(() => aws.stop());

  async function verdicts() {
    const found = await aws.adapter.examine([], never);
    return Object.fromEntries(found.map(({ what, verdict }) => [what, verdict]));
  }

  it('and all is fine; the dry runs change nothing', async () => {
    aws = await awsHarness();
    const before = aws.sim.state();
    expect(await verdicts()).toEqual({
      'sign-in and reading': 'fine',
      clock: 'fine',
      'right to open': 'fine',
      'right to close': 'fine',
      'right to protect': 'fine',
      'right to tag': 'fine',
      'right to add egress rules': 'fine',
      'right to remove egress rules': 'fine',
      'right to unprotect': 'fine',
      'right to attach': 'fine',
    });
    expect(aws.sim.state()).toEqual(before);
  });

  it.each([
    ['AuthorizeSecurityGroupIngress', 'right to open'],
    ['RevokeSecurityGroupIngress', 'right to close'],
    ['CreateSecurityGroup', 'right to protect'],
    ['CreateTags', 'right to tag'],
    ['AuthorizeSecurityGroupEgress', 'right to add egress rules'],
    ['RevokeSecurityGroupEgress', 'right to remove egress rules'],
    ['DeleteSecurityGroup', 'right to unprotect'],
    ['ModifyNetworkInterfaceAttribute', 'right to attach'],
  ])('for a right that is missing, with the remedy: %s', async (action, what) => {
    aws = await awsHarness();
    aws.sim.faults.add(action, DENIED, 1);
    const found = await aws.adapter.examine([], never);
    expect(found.filter(({ verdict }) => verdict !== 'fine')).toEqual([
      expect.objectContaining({
        what,
        verdict: 'fault',
        remedy: expect.stringContaining('manifests/aws/roles.yaml'),
      }),
    ]);
  });

  it('for whether IAM may be asked, where it is', async () => {
    aws = await awsHarness({ entitlement: 'ssm:StartSession' });
    const fine = await verdicts();
    expect(fine['right to ask IAM']).toBe('fine');
    aws.sim.faults.add('SimulatePrincipalPolicy', { ...DENIED, code: 'AccessDenied' }, 1);
    expect((await verdicts())['right to ask IAM']).toBe('fault');
  });

  it('for what cutting sessions takes: the document of this version, and the rights to read', async () => {
    aws = await awsHarness({ cutSessions: true });
    const sessions = async () => {
      const found = await aws.adapter.examine([], never);
      return found.filter(({ what }) => /sessions|agents|commands/.test(what));
    };
    const [document] = await sessions();
    expect(document).toMatchObject({
      what: 'document that cuts sessions',
      verdict: 'fault',
      means: 'It is not there.',
      remedy: expect.stringContaining('manifests/aws/sessions.yaml'),
    });
    makeReady(aws);
    const verdictsOf = async () => Object.fromEntries((await sessions()).map(({ what, verdict }) => [what, verdict]));
    const fine = {
      'document that cuts sessions': 'fine',
      'right to read agents': 'fine',
      'right to read commands': 'fine',
      'right to cut sessions': 'fine',
    };
    aws.sim.setPolicies(aws.sim.roleArn, [{ effect: 'Allow', actions: ['ssm:SendCommand'] }]);
    expect(await verdictsOf()).toEqual(fine);
    const denied = { kind: 'error', status: 400, code: 'AccessDeniedException' } as const;
    for (const [action, what] of [
      ['GetDocument', 'document that cuts sessions'],
      ['DescribeInstanceInformation', 'right to read agents'],
      ['ListCommands', 'right to read commands'],
    ] as const) {
      aws.sim.faults.add(action, denied, 1);
      expect(await verdictsOf()).toEqual({ ...fine, [what]: 'fault' });
    }
    expect(aws.sim.systemsManager.commands()).toEqual([]);
    const where = { account: aws.sim.accountId, region: aws.sim.region };
    aws.sim.systemsManager.putDocument(where, SESSIONS_DOCUMENT, { ...DEPLOYED, description: 'edited' });
    expect(await verdictsOf()).toEqual({ ...fine, 'document that cuts sessions': 'fault' });
  });

  describe('for the right to run the document that cuts sessions', () => {
    const send = { effect: 'Allow', actions: ['ssm:SendCommand'] } as const;
    const onDocument = { ...send, resources: [`arn:aws:ssm:*:*:document/${SESSIONS_DOCUMENT}`] };
    const onMachines = { ...send, resources: ['arn:aws:ec2:*:*:instance/*'] };
    const tagged = (installation: string) => ({ ...onMachines, ssmTags: { 'drawbridge:cut-sessions': installation } });
    const deny = { effect: 'Deny', actions: ['ssm:*'] } as const;

    const right = async () => {
      const found = await aws.adapter.examine([], never);
      return found.find(({ what }) => what === 'right to cut sessions');
    };

    it.each([
      ['as in the manifest', [onDocument, tagged('test')], 'fine', ''],
      ['on no machine', [onDocument], 'fault', 'on machines with the tag drawbridge:cut-sessions: no policy allows it'],
      ['on machines of another installation', [onDocument, tagged('other')], 'fault', 'no policy allows it'],
      ['of another document', [onMachines], 'fault', 'document/'],
      ['that is denied', [onDocument, onMachines, deny], 'fault', 'a policy denies it'],
    ] as const)('%s', async (_, policies, verdict, means) => {
      aws = await awsHarness({ cutSessions: true });
      aws.sim.setPolicies(aws.sim.roleArn, policies);
      const found = await right();
      expect(found?.verdict).toBe(verdict);
      if (found?.verdict === 'fine') return;
      expect(found).toMatchObject({
        means: expect.stringContaining(means),
        remedy: expect.stringContaining('CutSessions='),
      });
    });

    it('cannot be told where IAM may not be asked, and where no role is set', async () => {
      aws = await awsHarness({ cutSessions: true });
      aws.sim.faults.add('SimulatePrincipalPolicy', { ...DENIED, code: 'AccessDenied' }, 1);
      expect(await right()).toMatchObject({
        verdict: 'unknown',
        remedy: expect.stringContaining('lets the role ask IAM about itself'),
      });
      await aws.stop();
      aws = await awsHarness({ cutSessions: true, asUser: true });
      expect(await right()).toMatchObject({ verdict: 'unknown', means: expect.stringContaining('No role') });
    });
  });

  it('for a sign-in that is refused, and says no more of that place', async () => {
    aws = await awsHarness();
    aws.sim.faults.add('DescribeSecurityGroups', DENIED, 9);
    expect(await verdicts()).toEqual({ 'sign-in and reading': 'fault' });
  });
});
