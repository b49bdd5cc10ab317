import { afterEach, expect, it } from 'vitest';
import { MINUTE_MS } from '../../../src/core/language/instant.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { type AzureHarness, azureHarness } from './harness.ts';

let cloud: AzureHarness;
afterEach(() => cloud.stop());

async function start() {
  cloud = await azureHarness();
  const { sim, settings } = cloud;
  const adapter = cloud.adapterFor({ ...settings, units: true });
  const above = (...names: readonly string[]) => {
    sim.behaviour.managementGroups = { [sim.subscriptionId.toLowerCase()]: names };
  };
  return { adapter, above, root: sim.tenantId };
}

it('are the management groups above the subscription, up to the root', async () => {
  const { adapter, above, root } = await start();
  above('MG-Payments', 'mg-prod', root);
  const { all } = await adapter.machines(never);
  expect(all.map(({ units }) => units)).toEqual(all.map(() => ['mg-payments', 'mg-prod', root]));
  above('mg-test', root);
  expect((await adapter.look(cloud.machine, never)).machine.units).toEqual(['mg-payments', 'mg-prod', root]);
  cloud.advance(10 * MINUTE_MS);
  expect((await adapter.look(cloud.machine, never)).machine.units).toEqual(['mg-test', root]);
});

it('are not known where they are not shown up to the root, or not at all', async () => {
  const { adapter, above, root } = await start();
  above('mg-payments', 'mg-prod');
  expect((await adapter.look(cloud.machine, never)).machine.units).toBeUndefined();
  cloud.sim.behaviour.managementGroups = { [cloud.sim.subscriptionId.toLowerCase()]: null };
  cloud.advance(10 * MINUTE_MS);
  expect((await adapter.look(cloud.machine, never)).machine.units).toBeUndefined();
  expect(cloud.log.lines.join()).toContain('are not shown up to the root');
  above('mg-payments', root);
  cloud.sim.faults.add('Resources', { kind: 'error', status: 403, code: 'AccessDenied' }, 1_000);
  cloud.advance(10 * MINUTE_MS);
  expect((await adapter.look(cloud.machine, never)).machine.units).toBeUndefined();
  const found = async () => (await adapter.examine([], never)).find(({ what }) => what === 'management groups');
  expect(await found()).toMatchObject({ verdict: 'fault' });
  cloud.sim.faults.clear();
  expect(await found()).toMatchObject({ verdict: 'fine' });
});

it('are not asked for where nobody wants them', async () => {
  await start();
  const since = cloud.sim.log().length;
  expect((await cloud.adapter.look(cloud.machine, never)).machine.units).toBeUndefined();
  expect(cloud.callsSince(since)).not.toContain('Resources');
});
