import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import { go, never, placeOne } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness } from './harness.ts';

let aws: AwsHarness;
beforeEach(async () => {
  aws = await awsHarness();
});
afterEach(() => aws.stop());

describe('a rule for two leases', () => {
  const tagsNow = () =>
    aws.sim
      .state()
      .groups.flatMap(({ rules }) => rules)
      .find(({ tags }) => tags['drawbridge:mark'] !== undefined)?.tags ?? {};
  const openFor = async (until: number, ids: readonly string[]) => {
    const [request = '', ...others] = ids;
    const placement = await placeOne(aws);
    const note = {
      request,
      requester: `p-${request}`,
      approver: 'grace',
      others: others.map((one) => ({ request: one, requester: `p-${one}` })),
    };
    const [opened] = await aws.adapter.open([{ placement, until, now: aws.now(), note }], never, go);
    return opened;
  };

  test('names both in its tags, with the mark of the later end, and then the one that is left', async () => {
    const until = aws.now() + HOUR_MS;
    await openFor(until, ['r-1']);
    expect(tagsNow()).toMatchObject({ 'drawbridge:request': 'r-1', 'drawbridge:requester': 'p-r-1' });
    await openFor(2 * HOUR_MS + until, ['r-2', 'r-1']);
    expect(tagsNow()).toMatchObject({ 'drawbridge:request': 'r-2 r-1', 'drawbridge:requester': 'p-r-2 p-r-1' });
    const { ours } = await aws.adapter.observe(aws.machine, [await placeOne(aws)], never);
    expect(ours).toMatchObject([{ until: 2 * HOUR_MS + until, requests: ['r-2', 'r-1'] }]);
    expect((await openFor(2 * HOUR_MS + until, ['r-2']))?.outcome).toBe('remarked');
    expect(tagsNow()).toMatchObject({ 'drawbridge:request': 'r-2' });
    expect((await openFor(2 * HOUR_MS + until, ['r-2']))?.outcome).toBe('present');
  });

  test('whose tags cannot be written is open for both all the same', async () => {
    const until = aws.now() + HOUR_MS;
    await openFor(until, ['r-1']);
    aws.sim.faults.add('CreateTags', { kind: 'error', status: 403, code: 'UnauthorizedOperation' }, 1);
    expect((await openFor(until, ['r-1', 'r-2']))?.outcome).toBe('present');
    expect(aws.log.lines).toContain('the tags of a rule do not name all its requests yet');
  });
});
