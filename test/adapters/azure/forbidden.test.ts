import { afterEach, expect, test } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/language/instant.ts';
import { go, never, openOne, placeOne } from '../../conformance/cloud-steps.ts';
import { type AzureHarness, azureHarness } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

const RULES = 'Microsoft.Network/networkSecurityGroups/securityRules';
const EVERYBODY = [{ id: '00000000-0000-0000-0000-000000000000', type: 'SystemDefined' }];

let azure: AzureHarness;
afterEach(() => azure.stop());

const open = async () => openOne(azure, await placeOne(azure), azure.now() + HOUR_MS);
const getsIn = () => azure.sim.reachable({ from: '203.0.113.7', machine: 'web-1', port: 22 });
const denies = () =>
  azure.sim.state().nsgs.flatMap(({ rules }) => rules.filter(({ description }) => description.includes('Over;')));
const deny = (actions: readonly string[]) =>
  azure.sim.human.deny({
    name: 'managed stack',
    scope: `/subscriptions/${azure.sim.subscriptionId}/resourceGroups/rg-prod`,
    permissions: [{ actions }],
    principals: EVERYBODY,
  });

test('a policy that forbids our rule is named, and nothing is open', async () => {
  azure = await nsgHarness();
  const when = (properties: Readonly<Record<string, unknown>>) => properties.access === 'Allow';
  azure.sim.human.assignPolicy({ name: 'no-ssh', effect: 'deny', type: RULES, when });
  await expect(open()).rejects.toMatchObject({
    code: 'policyForbids',
    say: 'The Azure Policy assignment no-ssh forbids this.',
  });
  expect(getsIn()).toBe(false);
});

test('a deny assignment is named with what it forbids, whether Defender or a rule of ours is asked for', async () => {
  azure = await azureHarness();
  deny(['Microsoft.Security/*']);
  await expect(open()).rejects.toMatchObject({
    code: 'denyAssignment',
    say: 'The deny assignment managed stack forbids Drawbridge Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action.',
  });
  expect(getsIn()).toBe(false);
});

test.each([
  ['a policy', () => azure.sim.human.assignPolicy({ name: 'keep', effect: 'denyAction', type: RULES })],
  ['a deny assignment', () => deny([`${RULES}/delete`])],
])('what %s forbids to delete is closed all the same', async (_, forbid) => {
  azure = await nsgHarness();
  const { placement } = await open();
  expect(getsIn()).toBe(true);
  forbid();
  await azure.adapter.close([placement], never, go);
  expect(getsIn()).toBe(false);
  // Whether it is still forbidden nobody is told: the patrol tries once a day.
  const patrol = () => Array.fromAsync(azure.adapter.patrol(never));
  expect(await patrol()).toEqual([]);
  azure.advance(DAY_MS);
  const again = async () => {
    const [found] = await patrol();
    expect(found).toMatchObject({ mark: 'valid', placement: { rule: { machine: azure.machine } } });
    if (found) await azure.adapter.close([found.placement], never, go);
  };
  await again();
  expect([await patrol(), denies().length]).toEqual([[], 2]);
  expect(azure.log.lines).toContain('a rule that is over denies now, as Azure forbids deleting it');
  azure.sim.human.unassignPolicy('keep');
  azure.sim.human.undeny('managed stack');
  azure.advance(DAY_MS);
  await again();
  expect([await patrol(), denies().length]).toEqual([[], 0]);
});
