import { afterEach, expect, it } from 'vitest';
import { never } from '../../conformance/cloud-steps.ts';
import { calls } from '../calls.ts';
import { type AwsHarness, awsHarness } from './harness.ts';

let aws: AwsHarness;
afterEach(() => aws.stop());

it('every call to EC2 is seen by its account and action, and so is how it ended', async () => {
  const seen = calls();
  aws = await awsHarness({ called: seen.watch });
  const sent = aws.sim.log().filter(({ action }) => !/^(?:AssumeRole|GetServiceQuota)$/.test(action));
  const wanted = sent.map(({ action }) => `aws ${aws.sim.accountId} ${action} done`);
  expect([...seen.lines()].sort()).toEqual(wanted.sort());
  expect(seen.lines().length).toBeGreaterThan(3);

  seen.forget();
  aws.sim.faults.add('DescribeInstances', { kind: 'throttle' }, 1);
  await aws.adapter.look(aws.machine, never).catch(() => undefined);
  aws.sim.faults.add('DescribeInstances', { kind: 'error', status: 403, code: 'UnauthorizedOperation' }, 1);
  await aws.adapter.look(aws.machine, never).catch(() => undefined);
  aws.sim.faults.add('DescribeInstances', { kind: 'error', status: 503, code: 'Unavailable' }, 5);
  await aws.adapter.look(aws.machine, never).catch(() => undefined);
  const ends = seen.lines().flatMap((line) => / DescribeInstances (\w+)$/.exec(line)?.[1] ?? []);
  for (const one of ['throttled', 'refused', 'failed']) expect(ends).toContain(one);
});
