import { afterEach, describe, expect, test } from 'vitest';
import { groupName } from '../../../adapters/aws/ec2/security-group.ts';
import { leaseGroupName } from '../../../adapters/aws/lease/per-request/group.ts';
import { isLeaseGroup, STRATEGIES, strategyIn, strategyOf } from '../../../adapters/aws/lease/strategies.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/language/instant.ts';
import { go, never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness, INSTALLATION } from './harness.ts';

const names = ['dedicated', 'perRequest'] as const;
const INSTANCE = 'i-0123456789abcdef0';

describe('the strategies', () => {
  test('are told by what they record, which is never the same', () => {
    const backends = Object.values(STRATEGIES).map(({ backend }) => backend);
    expect(Object.keys(STRATEGIES)).toEqual(names);
    // What is open in somebody's account is recorded by these: they never change.
    expect(backends).toEqual(['securityGroup', 'securityGroupPerRequest']);
    for (const one of Object.values(STRATEGIES)) expect(strategyOf(one)).toBe(one);
    expect(strategyOf({ backend: 'of a version to come' })).toBe(STRATEGIES.dedicated);
  });

  test.each([
    [groupName('test', INSTANCE), STRATEGIES.dedicated, false],
    [leaseGroupName('test', INSTANCE, '203.0.113.7/32'), STRATEGIES.perRequest, true],
    [groupName('other', INSTANCE), undefined, false],
    [`${groupName('test', INSTANCE)}-copy`, undefined, false],
    ['launch-wizard-1', undefined, false],
    ['', undefined, false],
  ])('are told by the name of the group that a rule is in: %s', (name, strategy, isOfLease) => {
    expect(strategyIn('test', name)).toBe(strategy);
    expect(isLeaseGroup('test', name, INSTANCE)).toBe(isOfLease);
    expect(isLeaseGroup('test', name, 'i-0fedcba9876543210')).toBe(false);
  });
});

describe('a rule of either strategy', () => {
  let aws: AwsHarness;
  afterEach(() => aws.stop());

  test.each(names.map((name) => [name, names.find((one) => one !== name) ?? name] as const))(
    'opened as %s is found, extended, closed and tidied up where the setting is %s by now',
    async (before, after) => {
      aws = await awsHarness({ strategy: before });
      const until = aws.now() + HOUR_MS;
      const { placement } = await openOne(aws, await placeOne(aws), until);
      const adapter = aws.restarted(after);
      const seen = await adapter.observe(aws.machine, [placement], never);
      expect(seen.ours).toMatchObject([{ mark: 'valid', until, placement: { at: placement.at, id: placement.id } }]);
      expect(await Array.fromAsync(adapter.patrol(never))).toMatchObject([{ mark: 'valid', until }]);
      const note = { request: 'r-1', requester: 'ada', approver: 'grace' };
      const later = [{ placement, until: until + MINUTE_MS, now: aws.now(), note }];
      expect(await adapter.open(later, never, go)).toMatchObject([{ outcome: 'remarked' }]);
      await adapter.close([placement], never, go);
      expect(aws.rulesLeft()).toEqual([]);
      const ours = aws.sim.state().groups.filter(({ name }) => name.startsWith(`drawbridge-${INSTALLATION}-`));
      // The group that protects the machine, and none of a lease.
      expect(ours.length).toBe(1);
      const [next] = await adapter.locate([placement.rule], never);
      expect(next?.backend).toBe(STRATEGIES[after].backend);
    },
  );
});
