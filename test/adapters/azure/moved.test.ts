import { afterEach, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import { go, never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import type { AzureHarness } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

let cloud: AzureHarness;
afterEach(() => cloud.stop());

/** As `az resource move` leaves a machine and what stands in front of it: nothing is at the old ids any more. */
async function movedAway() {
  cloud = await nsgHarness();
  const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
  expect(cloud.rulesLeft()).toHaveLength(1);
  const open = cloud.sim.state().nsgs.filter(({ rules }) => rules.some(({ name }) => name === placement.id));
  for (const { name } of open) cloud.sim.human.moveGroup(name, 'rg-elsewhere');
  cloud.sim.human.deleteVm(/[^/]+$/.exec(placement.rule.machine)?.[0] ?? '');
  return placement;
}

it('closes what it opened where a machine was moved to another resource group with its groups', async () => {
  const placement = await movedAway();
  await cloud.adapter.close([placement], never, go);
  expect(cloud.rulesLeft()).toEqual([]);
});

it('is not closed while nobody can tell which groups there are', async () => {
  const placement = await movedAway();
  cloud.sim.faults.add('NetworkSecurityGroups_ListAll', { kind: 'error', status: 403, code: 'AuthorizationFailed' }, 9);
  await expect(cloud.adapter.close([placement], never, go)).rejects.toThrow();
  expect(cloud.rulesLeft()).toHaveLength(1);
});
