import { afterEach, describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import type { Placement } from '../../../src/core/rule/rule.ts';
import { go, never, openOne, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { type FirewallHarness, firewallHarness } from './firewall-harness.ts';

let cloud: FirewallHarness;
afterEach(() => cloud.stop());

type Body = { readonly etag: string };

async function twoOpen(kind: 'classic' | 'policy'): Promise<readonly [Placement, Placement]> {
  cloud = await firewallHarness(kind);
  const ssh = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
  const rdp = await openOne(cloud, await placeOne(cloud, rule(cloud.machine, 3389)), cloud.now() + HOUR_MS);
  return [ssh.placement, rdp.placement];
}

describe.each(['classic', 'policy'] as const)('a firewall that is written whole (%s), without the lock', (kind) => {
  const reading = kind === 'classic' ? 'AzureFirewalls_Get' : 'FirewallPolicyRuleCollectionGroups_List';
  const each = (edit: (body: Body) => unknown) => (body: Body | { readonly value: Body[] }) =>
    'value' in body ? { ...body, value: body.value.map(edit) } : edit(body);

  test('never brings back what somebody else removed meanwhile: the write is refused, and made again on a fresh reading', async () => {
    const [ssh, rdp] = await twoOpen(kind);
    let isOld = true;
    cloud.sim.human.answerOddly(
      reading,
      each((one) => (isOld ? { ...one, etag: '"of-before"' } : one)),
    );
    // What the first reading showed is written on its condition, and refused.
    const removing = cloud.restarted().remove(
      [rdp],
      () => {
        setImmediate(() => {
          isOld = false;
        });
        return true;
      },
      never,
    );
    const other = cloud.restarted().remove([ssh], () => true, never);
    await Promise.all([removing, other]);
    expect(cloud.rulesLeft()).toEqual([]);
  });

  test('is not written without a condition: that is said, and what a group holds back is closed', async () => {
    const [ssh, rdp] = await twoOpen(kind);
    cloud.sim.human.answerOddly(
      reading,
      each(({ etag: _, ...one }) => one),
    );
    const before = cloud.rulesOfOthers();
    const removed = cloud.restarted().remove([ssh, rdp], () => true, never);
    await expect(removed).rejects.toMatchObject({ code: 'unconditional' });
    expect(cloud.rulesOfOthers()).toBe(before);
    const behind = cloud.sim.state().nsgs.flatMap((nsg) => nsg.rules.map(({ name }) => name));
    expect(behind.filter((name) => name.startsWith('drawbridge-test-behind-'))).toEqual([]);
    await cloud.adapter.close([ssh, rdp], never, go);
    expect(cloud.rulesLeft()).toEqual([]);
  });
});
