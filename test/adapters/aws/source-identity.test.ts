import { afterEach, beforeEach, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import { never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness } from './harness.ts';

const WARNING = expect.stringContaining('cannot be assumed with a source identity');

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness();
});
afterEach(() => aws.stop());

const openers = () =>
  aws.sim
    .log()
    .filter(({ action }) => action === 'AuthorizeSecurityGroupIngress')
    .map(({ caller, sourceIdentity = 'none' }) => `${caller?.split('/').at(-1)} for ${sourceIdentity}`);
const warnings = () => aws.log.lines.filter((line) => line.includes('source identity'));

test('a role that takes one is no news at the start', async () => {
  await aws.adapter.check(never);
  expect(warnings()).toEqual([]);
});

test('a role that refuses one is a warning at the start, said once, and leases open by the session name', async () => {
  aws.sim.setRefusesIdentity(aws.sim.roleArn, true);
  await aws.adapter.check(never);
  await aws.adapter.check(never);
  expect(warnings()).toEqual([WARNING]);
  await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
  expect(openers()).toEqual(['drawbridge-r-1 for none']);
});

test('a role that refuses one since the start opens all the same', async () => {
  await aws.adapter.check(never);
  aws.sim.setRefusesIdentity(aws.sim.roleArn, true);
  await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
  expect(openers()).toEqual(['drawbridge-r-1 for none']);
  expect(warnings()).toEqual([WARNING]);
});

test('it is used again once the trust policy allows it', async () => {
  aws.sim.setRefusesIdentity(aws.sim.roleArn, true);
  await aws.adapter.check(never);
  aws.sim.setRefusesIdentity(aws.sim.roleArn, false);
  await aws.adapter.check(never);
  await openOne(aws, await placeOne(aws), aws.now() + HOUR_MS);
  expect(openers()).toEqual(['drawbridge-r-1 for ada.r-1']);
});

test('a role that cannot be assumed at all is refused as before, without that warning', async () => {
  const placement = await placeOne(aws);
  aws.sim.removeRole(aws.sim.roleArn);
  await expect(openOne({ ...aws, adapter: aws.restarted() }, placement, aws.now() + HOUR_MS)).rejects.toMatchObject({
    code: 'cloudDenied',
  });
  expect(warnings()).toEqual([]);
});
