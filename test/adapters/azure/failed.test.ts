import { afterEach, describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import { go, never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { firewallHarness } from './firewall-harness.ts';
import type { AzureHarness } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

/** A write that ended as failed tells nothing of what is in force ("Troubleshoot Microsoft.Network failed provisioning state"). */

let cloud: AzureHarness;
afterEach(() => cloud.stop());

const CLIENT = '203.0.113.7';
const reachable = () => cloud.sim.reachable({ from: CLIENT, machine: 'web-1', port: 22 });
const group = 'web-1-nsg';
const ruleNamed = (start: string) =>
  cloud.sim
    .state()
    .nsgs.flatMap(({ name, rules }) => (name === group ? rules : []))
    .find(({ name }) => name.startsWith(start))?.name ?? '';
async function state() {
  cloud.advance(11_000);
  const { effective } = await cloud.adapter.observe(cloud.machine, [], never);
  return effective.find(({ port }) => port.number === 22);
}

describe('a rule of a network security group whose last write failed', () => {
  it.each(['inForce', 'notInForce'] as const)('is written again where it is a lease’s (%s)', async (how) => {
    cloud = await nsgHarness();
    const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
    cloud.sim.human.failRule(group, ruleNamed('drawbridge-test-allow-'), how);
    expect(reachable()).toBe(how === 'inForce');
    const { ours } = await cloud.adapter.observe(cloud.machine, [placement], never);
    expect(ours).toMatchObject([{ mark: 'valid' }]);
    expect(ours[0]?.until).toBeUndefined();
    await openOne(cloud, placement, cloud.now() + HOUR_MS);
    expect(reachable()).toBe(true);
    expect((await cloud.adapter.observe(cloud.machine, [placement], never)).ours[0]?.until).toBeDefined();
    await cloud.adapter.close([placement], never, go);
    expect(reachable()).toBe(false);
  });

  it.each(['inForce', 'notInForce'] as const)('closes nothing for sure where it denies (%s)', async (how) => {
    cloud = await nsgHarness();
    for (const one of ['subnet-web-nsg', group])
      for (const [i, access] of (['Deny', 'Allow'] as const).entries())
        cloud.sim.human.addRule(one, { name: `${access} all`, access, priority: 150 + i, source: '*', ports: '22' });
    expect((await state())?.state).toBe('closed');
    for (const one of ['subnet-web-nsg', group]) cloud.sim.human.failRule(one, 'Deny all', how);
    expect(reachable()).toBe(how === 'notInForce');
    expect(await state()).toMatchObject({ state: 'unknown', through: expect.stringContaining('in force') });
  });

  it.each(['inForce', 'notInForce'] as const)('opens nothing for sure where it allows (%s)', async (how) => {
    cloud = await nsgHarness();
    for (const one of ['subnet-web-nsg', group])
      cloud.sim.human.addRule(one, { name: 'wide', priority: 150, source: '*', ports: '22' });
    expect((await state())?.state).toBe('open');
    cloud.sim.human.failRule(group, 'wide', how);
    expect(reachable()).toBe(how === 'inForce');
    expect(await state()).toMatchObject({ state: 'unknown', through: expect.stringContaining('wide') });
  });
});

it('a firewall whose last update failed is written again until what is over is out of force', async () => {
  cloud = await firewallHarness('classic');
  const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
  expect(reachable()).toBe(true);
  cloud.sim.human.failFirewall('edge', { nat: [], network: [] });
  const before = cloud.sim.log().length;
  await cloud.adapter.close([placement], never, go);
  expect(cloud.callsSince(before)).toContain('AzureFirewalls_CreateOrUpdate');
  expect(reachable()).toBe(false);
});
