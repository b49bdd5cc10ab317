import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { HOUR_MS } from '../../../src/core/instant.ts';
import { go, never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness, PROTECTION } from './harness.ts';

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: unknown;
}

const text = readFileSync(new URL('../../../manifests/aws/roles.yaml', import.meta.url), 'utf8');
// CloudFormation knows no aliases.
const { Resources } = parse(text, { maxAliasCount: 0 }) as {
  Resources: Record<string, { Properties: { PolicyDocument?: { Statement: readonly Statement[] } } }>;
};

const statements = (policy: string) => Resources[policy]?.Properties.PolicyDocument?.Statement ?? [];
const granted = (policy: string) =>
  [...new Set(statements(policy).flatMap(({ Action }) => Action))].map((action) => action.replace('ec2:', '')).sort();

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness();
});
afterEach(() => aws.stop());

const called = (since: number) => new Set(aws.actionsSince(since).filter((action) => action !== 'AssumeRole'));

test('the operator may do what a lease takes, and nothing else', async () => {
  const since = aws.sim.log().length;
  await aws.adapter.machines(never);
  await aws.adapter.look(aws.machine, never);
  const { placement } = await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
  await openOne(aws, placement, aws.now() + 2 * HOUR_MS);
  await aws.adapter.observe(aws.machine, [placement], never);
  for await (const _ of aws.adapter.patrol(never));
  await aws.adapter.close([placement], never, go);
  expect([...called(since)].sort()).toEqual(granted('OpenAndClose'));
});

test('the onboarder may do what protecting takes besides, and nothing else', async () => {
  const since = aws.sim.log().length;
  await aws.adapter.protect(aws.exposed, PROTECTION, never);
  const dns = { port: { number: 53, protocol: 'udp' as const }, sources: [], longestMs: HOUR_MS };
  await aws.adapter.protect(aws.exposed, { ports: [dns] }, never);
  await aws.adapter.unprotect(aws.exposed, never);
  const more = [...called(since)].filter((action) => !action.startsWith('Describe'));
  expect(more.sort()).toEqual(granted('Protect'));
});

test('whatever changes a security group is fenced by our tag', () => {
  const all = [...statements('OpenAndClose'), ...statements('Protect')];
  const onGroups = all.filter(({ Resource }) => JSON.stringify(Resource).endsWith(':security-group/*"}'));
  expect(onGroups.length).toBeGreaterThan(3);
  for (const { Condition } of onGroups)
    expect(JSON.stringify(Condition)).toMatch(/drawbridge:installation|CreateSecurityGroup/);
  expect(all.every(({ Effect }) => Effect === 'Allow')).toBe(true);
});
