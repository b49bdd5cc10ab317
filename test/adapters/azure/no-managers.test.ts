import { afterEach, beforeEach, expect, test } from 'vitest';
import { bestFirst } from '../../../src/core/machine/trace.ts';
import { never, rule } from '../../conformance/cloud-steps.ts';
import type { AzureHarness } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

let cloud: AzureHarness;
let told: AzureHarness['adapter'];
beforeEach(async () => {
  cloud = await nsgHarness();
  told = cloud.adapterFor({ ...cloud.settings, networkManagers: 'none' });
});
afterEach(() => cloud.stop());

const fail = (status: number, code: string) =>
  cloud.sim.faults.add(/^ListNetworkManager/, { kind: 'error', status, code }, Number.POSITIVE_INFINITY);
const state = async (adapter = told) => {
  const { effective } = await adapter.observe(cloud.machine, [], never);
  return effective.find(({ port }) => port.number === 22)?.state;
};
const because = async () => {
  const { ways } = await told.trace({ ...rule(cloud.machine), source: '203.0.113.7/32' }, never);
  return bestFirst(ways)[0]?.steps.map((step) => step.because);
};

test('what may not be read of network managers is taken not to be there where the configuration says so', async () => {
  fail(403, 'AuthorizationFailed');
  expect([await state(cloud.adapterFor(cloud.settings)), await state()]).toEqual(['unknown', 'closed']);
  expect(await because()).toContain(
    'drawbridge.yaml says that there are none (azure.networkManagers); they may not be read',
  );
});

test('what can be read counts all the same', async () => {
  cloud.sim.human.putAdminRule({
    name: 'ops',
    priority: 10,
    protocol: 'Tcp',
    ports: ['22'],
    access: 'AlwaysAllow',
    sources: ['203.0.113.0/24'],
  });
  expect(await state()).toBe('open');
  expect(await because()).toEqual(['manager/collection/ops always allows it']);
});

test('what is said not to be there is cannot tell: only a missing right is what the configuration is about', async () => {
  fail(404, 'NotFound');
  expect(await state()).toBe('unknown');
});
