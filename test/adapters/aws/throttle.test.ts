import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Throttle } from '../../../adapters/aws/ec2/throttle.ts';
import { ManualClock } from '../../../simulators/shared/clock.ts';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import { urgently } from '../../../src/kit/rank.ts';
import { go, never, openOne, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { type AwsHarness, awsHarness } from './harness.ts';

let clock: ManualClock;
let throttle: Throttle;
beforeEach(() => {
  clock = new ManualClock(1_000_000);
  throttle = new Throttle({ now: clock.now, pause: async (ms) => clock.advance(ms) });
});

/** A call that is answered at once. */
function called(action: string): Promise<void> {
  return throttle.inTurn(action, never, async () => {});
}

async function passed(action: string, ms: number): Promise<number> {
  const end = clock.now() + ms;
  for (let count = 0; ; count += 1) {
    await called(action);
    if (clock.now() > end) return count;
  }
}

describe('the quotas of an account in a region', () => {
  it.each([
    ['AuthorizeSecurityGroupIngress', 50 + 5 * 60],
    ['RevokeSecurityGroupIngress', 50 + 5 * 60],
    ['ModifyNetworkInterfaceAttribute', 100 + 5 * 60],
    ['CreateTags', 100 + 10 * 60],
    ['DescribeSecurityGroupRules', 100 + 20 * 60],
  ])('are kept for %s over a minute', async (action, most) => {
    const count = await passed(action, 60_000);
    expect(count).toBeLessThanOrEqual(most);
    expect(count).toBeGreaterThan(most * 0.8);
  });

  it('are each action’s own', async () => {
    await urgently(async () => {
      for (let i = 0; i < 50; i += 1) await called('AuthorizeSecurityGroupIngress');
    });
    const at = clock.now();
    await called('RevokeSecurityGroupIngress');
    expect(clock.now()).toBe(at);
  });

  it('let closing pass where the rest must wait', async () => {
    await urgently(async () => {
      for (let i = 0; i < 45; i += 1) await called('CreateTags');
      for (let i = 0; i < 45; i += 1) await called('CreateTags');
    });
    const at = clock.now();
    await urgently(() => called('CreateTags'));
    expect(clock.now()).toBe(at);
    await called('CreateTags');
    expect(clock.now()).toBeGreaterThan(at);
  });

  it('send away who would have to wait for long', async () => {
    throttle.exhausted('RevokeSecurityGroupIngress');
    await expect(called('RevokeSecurityGroupIngress')).rejects.toMatchObject({
      code: 'cloudBusy',
      retryAfterMs: 1_200,
    });
  });
});

describe('a throttled EC2', () => {
  let aws: AwsHarness;
  afterEach(() => aws.stop());

  it('is never asked for more than it gives', async () => {
    aws = await awsHarness({ throttling: true, paced: true, quotas: { rulesPerGroup: 1_000 } });
    const opened = [];
    for (let i = 0; i < 80; i += 1) {
      const placement = await placeOne(aws, rule(aws.machine, 22, `203.0.113.${i}/32`));
      opened.push((await openOne(aws, placement, aws.now() + HOUR_MS)).placement);
    }
    await aws.adapter.close(opened, never, go);
    expect(aws.rulesLeft()).toEqual([]);
    expect(aws.sim.log().filter(({ code }) => code === 'RequestLimitExceeded')).toEqual([]);
  });
});
