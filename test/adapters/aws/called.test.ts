import { afterEach, expect, it, vi } from 'vitest';
import { MINUTE_MS } from '../../../src/core/language/instant.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { calls } from '../calls.ts';
import { type AwsHarness, awsHarness } from './harness.ts';
import { makeReady } from './sessions-harness.ts';

let aws: AwsHarness;
afterEach(() => aws.stop());

it('every call to EC2, STS, and Service Quotas is seen by its account and action, and so is how it ended', async () => {
  const seen = calls();
  aws = await awsHarness({ called: seen.watch });
  const wanted = aws.sim.log().map(({ action }) => `aws ${aws.sim.accountId} ${action} done`);
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

it('a role is assumed again before its session ends, time after time, and after that did not work, and all of it is seen', async () => {
  const seen = calls();
  // Its sessions have three minutes left when they begin: too few for the SDK, which asks for another one each time.
  aws = await awsHarness({ called: seen.watch, clock: () => Date.now() - 57 * MINUTE_MS });
  seen.forget();
  for (let i = 0; i < 3; i += 1) await aws.adapter.look(aws.machine, never);
  const assumed = () => seen.lines().filter((line) => line.includes(' AssumeRole '));
  expect(assumed().length).toBeGreaterThan(2);
  aws.sim.faults.add('AssumeRole', { kind: 'error', status: 503, code: 'ServiceUnavailable' }, 4);
  await expect(aws.adapter.look(aws.machine, never)).rejects.toMatchObject({ code: expect.stringMatching(/^cloud/) });
  await vi.waitFor(() => aws.adapter.look(aws.machine, never));
  // Each of them once.
  const answered = aws.sim.log().filter(({ action, status }) => action === 'AssumeRole' && status === 200);
  expect(assumed().filter((line) => line.endsWith(' done')).length).toBeLessThanOrEqual(answered.length);
});

it('so is what is asked of IAM, Systems Manager, CloudTrail, and SQS', async () => {
  const seen = calls();
  aws = await awsHarness({ called: seen.watch, entitlement: 'ec2:StartInstances', cutSessions: true, watching: true });
  seen.forget();
  makeReady(aws);
  const ada = { id: 'ada', name: 'Ada', aws: 'arn:aws:iam::*:role/ada' };
  await aws.adapter.mayRequest?.(ada as never, aws.machine, never).catch(() => undefined);
  await aws.adapter.look(aws.machine, never);
  const [log] = await aws.adapter.logs(never);
  await aws.adapter.written(log?.name ?? '', { from: aws.now() - 60_000, to: aws.now() }, never);
  const waiting = new AbortController();
  const polled = aws.adapter.changed?.(waiting.signal).catch(() => undefined);
  const actions = () => new Set(seen.lines().map((line) => line.split(' ')[2]));
  // SQS is asked once it is signed in there, and answers only when something changed.
  await vi.waitFor(() => expect(aws.sim.log().some(({ action }) => action === 'ReceiveMessage')).toBe(true));
  waiting.abort();
  await polled;
  for (const one of ['SimulatePrincipalPolicy', 'DescribeInstanceInformation', 'LookupEvents', 'ReceiveMessage'])
    expect(actions()).toContain(one);
});
