import { afterEach, describe, expect, it } from 'vitest';
import type { AzureOptions } from '../../../simulators/azure/index.ts';
import { HOUR_MS, MINUTE_MS } from '../../../src/core/language/instant.ts';
import { go, never, openOne, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { type AzureHarness, azureHarness } from './harness.ts';

/** Groups that are put in front of a machine, or taken off it, while somebody has access through Defender. */

let cloud: AzureHarness;
afterEach(() => cloud.stop());

const FROM = '203.0.113.7';
const reachable = () => cloud.sim.reachable({ from: FROM, machine: 'web-1', port: 22 });
const human = () => cloud.sim.human;
const rulesIn = (group: string) => cloud.allowsIn(group).length;
/** What the patrol does: it reads first, and then looks where groups are. */
async function patrolled() {
  await Array.fromAsync(cloud.adapter.patrol(never));
  return Array.fromAsync(cloud.adapter.misplaced(never));
}

async function opened(options: AzureOptions = {}, before: () => void = () => undefined) {
  cloud = await azureHarness(options);
  before();
  const until = cloud.now() + HOUR_MS;
  const { placement } = await openOne(cloud, await placeOne(cloud), until);
  expect(reachable()).toBe(true);
  cloud.advance(MINUTE_MS);
  return { placement, until };
}

describe.each(['revoke', 'keep'] as const)(
  'where a later request leads Defender to %s the earlier one',
  (onReplace) => {
    it.each<[string, () => void, (() => void)?]>([
      ['the group of its interface is swapped', () => human().setNicNsg('web-1-nic', 'subnet-db-nsg')],
      ['the group of its subnet is swapped', () => human().setSubnetNsg('web', 'subnet-db-nsg')],
      [
        'a group is added at the other level',
        () => human().setNicNsg('web-1-nic', 'subnet-db-nsg'),
        () => human().setNicNsg('web-1-nic', undefined),
      ],
      [
        'a second interface is added',
        () => human().addNic('web-1', 'web-1-nic', { privateIp: '10.0.0.77', nsg: 'subnet-db-nsg' }),
      ],
    ])('%s: that is noticed, and Defender is asked once more', async (_, happen, before) => {
      const { placement, until } = await opened({ onReplace }, before);
      expect(await patrolled()).toEqual([]);
      happen();
      const [found, ...more] = await patrolled();
      expect(more).toEqual([]);
      expect(found).toMatchObject({
        what: 'missing',
        machine: cloud.machine,
        at: placement.at,
        name: 'subnet-db-nsg',
        isRepairable: true,
        placements: [
          { backend: 'defender', detail: { groups: expect.arrayContaining([expect.stringMatching(/db-nsg$/)]) } },
        ],
        error: { code: 'groupsChanged', say: expect.stringContaining('subnet-db-nsg') },
      });
      if (!found) return;
      await cloud.adapter.putRight(found, never);
      expect([reachable(), rulesIn('subnet-db-nsg') > 0]).toEqual([true, true]);
      cloud.advance(MINUTE_MS);
      expect(await patrolled()).toEqual([]);
      const { ours } = await cloud.adapter.observe(cloud.machine, [placement], never);
      expect(ours).toMatchObject([{ mark: 'valid', until }]);
      await cloud.adapter.close([placement], never, go);
      expect([cloud.rulesLeft(), reachable()]).toEqual([[], false]);
      // Its record says until its end that it is open: who knows the leases knows better.
      cloud.advance(MINUTE_MS);
      expect((await patrolled()).filter(({ only }) => !only)).toEqual([]);
    });
  },
);

it('a group that was deleted with all rules of the access is noticed, and Defender is asked once more', async () => {
  const { placement, until } = await opened();
  human().setNicNsg('web-1-nic', 'subnet-db-nsg');
  human().setSubnetNsg('web', undefined);
  for (const group of ['web-1-nsg', 'subnet-web-nsg']) human().deleteNsg(group);
  const [found, ...more] = await patrolled();
  expect([more, reachable()]).toEqual([[], false]);
  expect(found).toMatchObject({ what: 'missing', machine: cloud.machine, at: placement.at, only: placement.rule });
  if (!found) return;
  await cloud.adapter.putRight(found, never);
  expect([reachable(), rulesIn('subnet-db-nsg') > 0]).toEqual([true, true]);
  cloud.advance(MINUTE_MS);
  expect(await patrolled()).toEqual([]);
  const { ours } = await cloud.adapter.observe(cloud.machine, [placement], never);
  expect(ours).toMatchObject([{ mark: 'valid', until }]);
  await cloud.adapter.close([placement], never, go);
  expect([cloud.rulesLeft(), reachable()]).toEqual([[], false]);
});

it('a swap that nobody noticed: the end is proven on the groups of now and on those of the lease', async () => {
  const { placement } = await opened();
  human().setNicNsg('web-1-nic', 'subnet-db-nsg');
  const observe = () => cloud.adapter.observe(cloud.machine, [placement], never);
  // What is not in all groups opens nothing.
  expect((await observe()).ours).toMatchObject([{ mark: 'valid', placement: { at: placement.at } }]);
  expect((await observe()).ours[0]).not.toHaveProperty('until');
  await cloud.adapter.close([placement], never, go);
  expect([rulesIn('web-1-nsg'), rulesIn('subnet-web-nsg'), rulesIn('subnet-db-nsg')]).toEqual([0, 0, 0]);
  human().setNicNsg('web-1-nic', 'web-1-nsg');
  const { ours, effective } = await observe();
  expect([ours, effective.map(({ state }) => state), reachable()]).toEqual([[], ['closed'], false]);
});

it('what stands open in the new group is never proven closed', async () => {
  const { placement } = await opened();
  human().addRule('subnet-db-nsg', { name: 'wide', priority: 150, source: '*', ports: '22' });
  human().setNicNsg('web-1-nic', 'subnet-db-nsg');
  human().setSubnetNsg('web', 'subnet-db-nsg');
  await cloud.adapter.close([placement], never, go);
  const { effective } = await cloud.adapter.observe(cloud.machine, [placement], never);
  expect([reachable(), effective]).toMatchObject([true, [{ state: 'open', through: 'wide' }]]);
});

it.each<[string, () => void]>([
  ['the group of its interface', () => human().setNicNsg('web-1-nic', undefined)],
  ['the group of its subnet', () => human().setSubnetNsg('web', undefined)],
])('%s is taken off: it still gets in by the other, and nobody is asked', async (_, happen) => {
  const { placement } = await opened();
  happen();
  expect([reachable(), await patrolled()]).toEqual([true, []]);
  await cloud.adapter.close([placement], never, go);
  expect([rulesIn('web-1-nsg'), rulesIn('subnet-web-nsg')]).toEqual([0, 0]);
});

it('shortly before its end Defender takes no request any more: the refusal is told', async () => {
  await opened({ minimumMinutes: 5 });
  cloud.advance(57 * MINUTE_MS);
  await cloud.adapter.check(never);
  human().setNicNsg('web-1-nic', 'subnet-db-nsg');
  const [found] = await patrolled();
  expect(found).toBeDefined();
  if (found) await expect(cloud.adapter.putRight(found, never)).rejects.toMatchObject({ code: 'tooLittleLeft' });
});

it('what was closed early, and what is over, is not missed', async () => {
  const { placement } = await opened();
  const other = await openOne(cloud, await placeOne(cloud, rule(cloud.machine, 3389)), cloud.now() + HOUR_MS);
  await cloud.adapter.close([placement], never, go);
  cloud.advance(MINUTE_MS);
  human().setNicNsg('web-1-nic', 'subnet-db-nsg');
  const [found, ...more] = await patrolled();
  expect(found?.placements?.map(({ rule: { port } }) => port.number)).toEqual([3389]);
  // Its record tells no early end from rules that were deleted: whoever knows the leases does.
  expect(more.map(({ only }) => only)).toEqual([placement.rule]);
  if (found) await cloud.adapter.putRight(found, never);
  expect(reachable()).toBe(false);
  cloud.advance(2 * HOUR_MS);
  await cloud.adapter.check(never);
  expect(await patrolled()).toEqual([]);
  expect(other.placement.rule.port.number).toBe(3389);
});

it('a closing takes the rules where they were placed, while the machine is still being read', async () => {
  const { placement } = await opened();
  cloud.sim.faults.add('VirtualMachines_Get', { kind: 'slow', ms: 300 }, 1);
  const before = cloud.sim.log().length;
  await cloud.adapter.close([placement], never, go);
  const calls = cloud.callsSince(before);
  expect(calls.indexOf('SecurityRules_Delete')).toBeGreaterThan(-1);
  expect(calls.indexOf('SecurityRules_Delete')).toBeLessThan(calls.indexOf('NetworkInterfaces_Get'));
  expect(reachable()).toBe(false);
});
