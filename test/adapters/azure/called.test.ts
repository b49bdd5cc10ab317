import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { operationOf, outcomeOf } from '../../../adapters/azure/arm/operation.ts';
import { inOnePiece, rankNow } from '../../../src/kit/rank.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { calls } from '../calls.ts';
import { type AzureHarness, azureHarness } from './harness.ts';

describe('the calls to Resource Manager', () => {
  let azure: AzureHarness;
  afterEach(() => azure.stop());

  it('are seen by their subscription and provider, and so is how they ended', async () => {
    const seen = calls();
    azure = await azureHarness({}, 'defender', seen.watch);
    expect(seen.lines().length).toBeGreaterThan(3);
    // There was no policy before.
    for (const line of seen.lines()) expect(line).toMatch(/^azure \S+ [A-Z]+ Microsoft\.\w+ (?:done|refused)$/);
    expect(seen.lines()).toContain(`azure ${azure.sim.subscriptionId} PUT Microsoft.Security done`);

    seen.forget();
    const faults = [
      { kind: 'throttle' },
      { kind: 'error', status: 403, code: 'AuthorizationFailed' },
      { kind: 'error', status: 503, code: 'ServerBusy' },
    ] as const;
    for (const fault of faults) {
      azure.sim.faults.add('VirtualMachines_Get', fault, 1);
      await azure.adapter.look(azure.machine, never).catch(() => undefined);
      azure.advance(60_000);
    }
    azure.sim.faults.add('VirtualMachines_Get', { kind: 'reset' }, 2);
    await azure.adapter.look(azure.machine, never).catch(() => undefined);
    const ends = seen.lines().flatMap((line) => / GET Microsoft.Compute (\w+)$/.exec(line)?.[1] ?? []);
    for (const one of ['throttled', 'refused', 'failed']) expect(ends).toContain(one);
  });
});

describe('what is read before something is changed', () => {
  it.each([true, false])('goes before all that opens where something is closed, and only there: %s', async (closes) => {
    const urgent = new Set<boolean>();
    const azure = await azureHarness({}, 'nsg', () => {
      urgent.add(rankNow().isUrgent);
      return () => {};
    });
    onTestFinished(() => azure.stop());
    urgent.clear();
    await inOnePiece(() => azure.adapter.observe(azure.machine, [], never, false), closes);
    expect([...urgent]).toEqual([closes]);
  });
});

describe('what a call is called', () => {
  const VM = '/subscriptions/s/resourceGroups/rg-secret/providers/microsoft.compute/virtualMachines/web-1';

  it.each([
    ['GET', `https://management.azure.com${VM}?api-version=1`, 'GET Microsoft.Compute'],
    ['PUT', `https://management.azure.com${VM}/providers/Microsoft.Security/x/y`, 'PUT Microsoft.Security'],
    ['GET', 'https://management.azure.com/subscriptions/s/providers/Evil.Provider/z', 'GET other'],
    ['GET', 'https://management.azure.com/subscriptions/s', 'GET other'],
  ])('holds nothing of its URL but a provider that is known', (method, url, name) => {
    expect(operationOf(method, url)).toBe(name);
  });

  it.each([
    [200, '', 'done'],
    [404, '', 'refused'],
    [429, '{"error":{"code":"TooManyRequests"}}', 'throttled'],
    [429, '{"error":{"code":"RetryableErrorDueToAnotherOperation"}}', 'refused'],
    [500, '', 'failed'],
  ] as const)('and ended as its status %i and code say', (status, bodyAsText, outcome) => {
    expect(outcomeOf({ status, bodyAsText })).toBe(outcome);
  });
});
