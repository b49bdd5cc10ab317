import { afterEach, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import { go, never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import type { AzureHarness } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

/** Groups that are put in front of a machine, or taken off it, while somebody has access. */

let cloud: AzureHarness;
afterEach(() => cloud.stop());

const FROM = '203.0.113.7';
const misplaced = () => Array.fromAsync(cloud.adapter.misplaced(never));
const reachable = () => cloud.sim.reachable({ from: FROM, machine: 'web-1', port: 22 });
const human = () => cloud.sim.human;
/** What the patrol does: it reads first, and then looks where groups are. */
async function patrolled() {
  await Array.fromAsync(cloud.adapter.patrol(never));
  return misplaced();
}

async function opened(before: () => void = () => undefined) {
  cloud = await nsgHarness();
  before();
  const until = cloud.now() + HOUR_MS;
  const { placement } = await openOne(cloud, await placeOne(cloud), until);
  expect(reachable()).toBe(true);
  return { placement, until };
}

describe('while somebody has access', () => {
  it.each<[string, () => void, string, (() => void)?]>([
    ['the group of its interface is swapped', () => human().setNicNsg('web-1-nic', 'subnet-db-nsg'), 'subnet-db-nsg'],
    ['the group of its subnet is swapped', () => human().setSubnetNsg('web', 'subnet-db-nsg'), 'subnet-db-nsg'],
    [
      'a group is added at the other level',
      () => human().setNicNsg('web-1-nic', 'subnet-db-nsg'),
      'subnet-db-nsg',
      () => human().setNicNsg('web-1-nic', undefined),
    ],
    [
      'a second interface is added',
      () => human().addNic('web-1', 'web-1-nic', { privateIp: '10.0.0.77', nsg: 'subnet-db-nsg' }),
      'subnet-db-nsg',
    ],
  ])('%s: that is noticed, and it is opened there once', async (_, happen, name, before) => {
    const { placement, until } = await opened(before);
    expect(await patrolled()).toEqual([]);
    happen();
    const [found, ...more] = await patrolled();
    expect(more).toEqual([]);
    expect(found).toMatchObject({
      what: 'missing',
      machine: cloud.machine,
      at: placement.at,
      name,
      isRepairable: true,
      placements: [{ detail: { groups: expect.arrayContaining([expect.stringMatching(/subnet-db-nsg$/)]) } }],
      error: { code: 'groupsChanged', say: expect.stringContaining(name) },
    });
    if (!found) return;
    await cloud.adapter.putRight(found, never);
    expect(reachable()).toBe(true);
    expect(await patrolled()).toEqual([]);
    const { ours } = await cloud.adapter.observe(cloud.machine, [placement], never);
    expect(ours).toMatchObject([{ mark: 'valid', until }]);
    await cloud.adapter.close([placement], never, go);
    expect(cloud.rulesLeft()).toEqual([]);
    expect((await cloud.adapter.observe(cloud.machine, [placement], never)).ours).toEqual([]);
  });

  it.each<[string, () => void]>([
    ['the group of its interface', () => human().setNicNsg('web-1-nic', undefined)],
    ['the group of its subnet', () => human().setSubnetNsg('web', undefined)],
  ])('%s is taken off: it still gets in by the other, and nothing is written', async (_, happen) => {
    const { placement } = await opened();
    happen();
    expect(reachable()).toBe(true);
    expect(await patrolled()).toEqual([]);
    await cloud.adapter.close([placement], never, go);
    expect(cloud.rulesLeft()).toEqual([]);
  });

  it('a group that leaves no place before its deny refuses', async () => {
    await opened();
    human().addRule('subnet-db-nsg', { name: 'first', priority: 100, source: '*', ports: '22', access: 'Deny' });
    human().setNicNsg('web-1-nic', 'subnet-db-nsg');
    const [found] = await patrolled();
    expect(reachable()).toBe(false);
    if (found) await expect(cloud.adapter.putRight(found, never)).rejects.toMatchObject({ code: 'azureInTheWay' });
    expect(found).toBeDefined();
  });
});

it('what is over is not missed', async () => {
  await opened();
  human().setNicNsg('web-1-nic', 'subnet-db-nsg');
  const [found] = await patrolled();
  cloud.advance(2 * HOUR_MS);
  await cloud.adapter.check(never);
  if (found) await cloud.adapter.putRight(found, never);
  expect(JSON.stringify(cloud.sim.state().nsgs.find(({ name }) => name === 'subnet-db-nsg'))).not.toContain('-allow-');
  expect(await misplaced()).toEqual([]);
});
