import { afterEach, beforeEach, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/language/instant.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import { go, never, openOne, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness, realRules } from './harness.ts';

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness({ strategy: 'perRequest' });
});
afterEach(() => aws.stop());

const leaseGroups = () => aws.sim.state().groups.filter(({ name }) => /^drawbridge-test-i-[0-9a-f]+-/.test(name));
const nic = () => {
  const found = aws.sim.state().interfaces.find(({ instanceId }) => aws.machine.endsWith(instanceId));
  if (!found) throw new Error('no interface');
  return found;
};
const attached = () => leaseGroups().filter(({ id }) => nic().groups.includes(id));
const until = () => aws.now() + HOUR_MS;
const close = (...placements: readonly Placement[]) => aws.adapter.close(placements, never, go);
const sweep = () => Array.fromAsync(aws.adapter.patrol(never));

test('a lease is a group of its own, without a way out, which goes with it', async () => {
  const groups = nic().groups;
  const before = aws.mutations();
  const { placement } = await openOne(aws, await placeOne(aws), until());
  const [group] = attached();
  expect(realRules(group?.rules)).toMatchObject([
    { direction: 'ingress', fromPort: 22, toPort: 22, source: '203.0.113.7/32' },
  ]);
  expect(nic().groups).toEqual([...groups, group?.id]);
  await close(placement);
  expect(leaseGroups()).toEqual([]);
  expect(nic().groups).toEqual(groups);
  // Create, strip, tell apart, authorize, attach; revoke, detach, delete.
  expect(aws.mutations() - before).toBe(8);
});

test('a whole lease in the machine’s own group costs two', async () => {
  const dedicated = await awsHarness();
  try {
    const before = dedicated.mutations();
    const { placement } = await openOne(dedicated, await placeOne(dedicated), dedicated.now() + HOUR_MS);
    await dedicated.adapter.close([placement], never, go);
    // The second look at an ended lease.
    dedicated.advance(MINUTE_MS);
    await dedicated.adapter.close([placement], never, go);
    expect(dedicated.mutations() - before).toBe(2);
  } finally {
    await dedicated.stop();
  }
});

test('several ports from one source are in one group, and the last one takes it away', async () => {
  const ssh = (await openOne(aws, await placeOne(aws), until())).placement;
  const rdp = (await openOne(aws, await placeOne(aws, rule(aws.machine, 3389)), until())).placement;
  expect(attached()).toHaveLength(1);
  await close(ssh);
  expect(realRules(attached()[0]?.rules)).toMatchObject([{ fromPort: 3389 }]);
  await close(rdp);
  expect(leaseGroups()).toEqual([]);
});

test('another source has another group', async () => {
  const one = (await openOne(aws, await placeOne(aws), until())).placement;
  await openOne(aws, await placeOne(aws, rule(aws.machine, 22, '203.0.113.9/32')), until());
  expect(attached()).toHaveLength(2);
  await close(one);
  expect(realRules(attached()[0]?.rules)).toMatchObject([{ source: '203.0.113.9/32' }]);
});

test.each([
  'CreateSecurityGroup',
  'RevokeSecurityGroupEgress',
  'AuthorizeSecurityGroupIngress',
  'ModifyNetworkInterfaceAttribute',
  'DeleteSecurityGroup',
])('gets over a lost reply to %s', async (action) => {
  aws.sim.faults.add(action, { kind: 'lostReply' }, 1);
  const { placement } = await openOne(aws, await placeOne(aws), until());
  expect(realRules(attached()[0]?.rules)).toHaveLength(1);
  await close(placement);
  expect(leaseGroups()).toEqual([]);
});

test('is opened again when somebody takes the group off', async () => {
  const placement = await placeOne(aws);
  const end = until();
  await openOne(aws, placement, end);
  aws.sim.human.editGroups(
    nic().id,
    nic().groups.filter((id) => id !== attached()[0]?.id),
  );
  const { ours } = await aws.adapter.observe(aws.machine, [placement], never);
  expect(ours).toMatchObject([{ mark: 'valid' }]);
  expect(ours[0]?.until).toBeUndefined();
  await openOne(aws, placement, end);
  expect(attached()).toHaveLength(1);
});

test('a group that somebody attached meanwhile stays', async () => {
  const { placement } = await openOne(aws, await placeOne(aws), until());
  aws.sim.human.editGroups(nic().id, [...nic().groups, 'launch-wizard-1']);
  const wizard = aws.sim.state().groups.find(({ name }) => name === 'launch-wizard-1');
  await close(placement);
  expect(nic().groups).toContain(wizard?.id);
});

test('closes without the machine, and leaves no group', async () => {
  const { placement } = await openOne(aws, await placeOne(aws), until());
  await aws.deleteMachine(aws.machine);
  await close(placement);
  expect(leaseGroups()).toEqual([]);
});

test('closes what a reading does not show yet, and leaves the empty group to the patrol', async () => {
  aws.sim.setReadLag(8_000);
  aws.advance(MINUTE_MS);
  const placement = await placeOne(aws);
  await openOne(aws, placement, until());
  aws.advance(MINUTE_MS);
  await close(placement);
  expect(realRules(leaseGroups().flatMap(({ rules }) => rules))).toEqual([]);
  aws.advance(MINUTE_MS);
  await sweep();
  aws.advance(3 * MINUTE_MS);
  await sweep();
  expect(leaseGroups()).toEqual([]);
});

test('what a crash left empty is swept, and nothing else', async () => {
  const { placement } = await openOne(aws, await placeOne(aws), until());
  await openOne(aws, await placeOne(aws, rule(aws.machine, 22, '203.0.113.9/32')), until());
  const rest = attached().find(({ rules }) => rules.some(({ id }) => id === placement.id));
  for (const { id } of rest?.rules ?? []) aws.sim.human.removeRule(id);
  await sweep();
  expect(attached()).toHaveLength(2);
  aws.advance(3 * MINUTE_MS);
  await sweep();
  expect(leaseGroups()).toHaveLength(1);
  expect(realRules(attached()[0]?.rules)).toMatchObject([{ source: '203.0.113.9/32' }]);
});

test('is refused before anything is made when the interface has no room', async () => {
  const full = await awsHarness({ strategy: 'perRequest', quotas: { groupsPerInterface: 3 } });
  try {
    await openOne(full, await placeOne(full), full.now() + HOUR_MS);
    const before = full.mutations();
    await expect(placeOne(full, rule(full.machine, 22, '203.0.113.9/32'))).rejects.toMatchObject({
      code: 'interfaceFull',
    });
    // From the same source there is a group already.
    await openOne(full, await placeOne(full, rule(full.machine, 3389)), full.now() + HOUR_MS);
    expect(full.mutations() - before).toBe(1);
  } finally {
    await full.stop();
  }
});

test('the patrol finds its rules, by their marks', async () => {
  const { placement } = await openOne(aws, await placeOne(aws), until());
  expect(await sweep()).toMatchObject([{ mark: 'valid', placement: { at: placement.at, id: placement.id } }]);
});
