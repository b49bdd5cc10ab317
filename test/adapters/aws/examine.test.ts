import { afterEach, describe, expect, it } from 'vitest';
import { never } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness } from './harness.ts';

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
      'right to unprotect': 'fine',
    });
    expect(aws.sim.state()).toEqual(before);
  });

  it('for a right that is missing, with the remedy', async () => {
    aws = await awsHarness();
    aws.sim.faults.add('RevokeSecurityGroupIngress', DENIED, 1);
    const found = await aws.adapter.examine([], never);
    expect(found.filter(({ verdict }) => verdict !== 'fine')).toEqual([
      expect.objectContaining({
        what: 'right to close',
        verdict: 'fault',
        remedy: expect.stringContaining('manifests/aws/roles.yaml'),
      }),
    ]);
  });

  it('for a sign-in that is refused, and says no more of that place', async () => {
    aws = await awsHarness();
    aws.sim.faults.add('DescribeSecurityGroups', DENIED, 9);
    expect(await verdicts()).toEqual({ 'sign-in and reading': 'fault' });
  });
});
