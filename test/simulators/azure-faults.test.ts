import { describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS, raw, refusal, startAzure } from './azure-clients.ts';

describe('bad days', () => {
  it('throttles with Retry-After and does nothing', async () => {
    const { azure, credential, protect, initiate, allows } = await startAzure();
    await protect('web-1');
    azure.faults.add('JitNetworkAccessPolicies_Initiate', { kind: 'throttle', retryAfterSeconds: 17 });
    expect(await refusal(initiate('web-1'))).toBe('429 TooManyRequests');
    expect(allows('web-1-nsg')).toEqual([]);
    azure.faults.add('VirtualMachines_ListAll', { kind: 'throttle', retryAfterSeconds: 17 });
    const { token } = await credential.getToken('https://management.azure.com/.default');
    const path = `/subscriptions/${azure.subscriptionId}/providers/Microsoft.Compute/virtualMachines?api-version=2026-04-01`;
    const call = { path, headers: { authorization: `Bearer ${token}` } };
    expect((await raw(azure, call)).headers['retry-after']).toBe('17');
    const fine = await raw(azure, call);
    expect(fine.headers['x-ms-ratelimit-remaining-subscription-reads']).toBe('249');
  });

  it('refuses with the code that it is told to', async () => {
    const { azure, protect } = await startAzure();
    const code = 'RetryableErrorDueToAnotherOperation';
    azure.faults.add(/^JitNetworkAccessPolicies_/, { kind: 'error', status: 429, code });
    expect(await refusal(protect('web-1'))).toBe(`429 ${code}`);
    expect(azure.state().policies).toEqual([]);
  });

  it('fails to give a token', async () => {
    const { azure, credential } = await startAzure();
    const scope = 'https://management.azure.com/.default';
    azure.faults.add('Token', { kind: 'error', status: 400, code: 'invalid_request' });
    await expect(credential.getToken(scope)).rejects.toThrow(/invalid_request/);
    expect((await credential.getToken(scope)).token).toMatch(/^ey/);
  });

  it('keeps MSAL away from Entra for a while once it says 503', async () => {
    const { azure, credential } = await startAzure();
    const scope = 'https://management.azure.com/.default';
    azure.faults.add('Token', { kind: 'error', status: 503, code: 'temporarily_unavailable' });
    await expect(credential.getToken(scope)).rejects.toThrow(/temporarily_unavailable/);
    // NB. The second failure is MSAL's own: it does not ask again for a minute of real time.
    await expect(credential.getToken(scope)).rejects.toThrow(/temporarily_unavailable/);
    expect(azure.log().filter((l) => l.operation === 'Token')).toHaveLength(1);
  });

  it('does it and loses the reply', async () => {
    const { azure, protect, initiate, allows, statuses } = await startAzure();
    await protect('web-1');
    azure.faults.add('JitNetworkAccessPolicies_Initiate', { kind: 'lostReply' });
    await expect(initiate('web-1')).rejects.toThrow();
    expect(allows('web-1-nsg')).toHaveLength(1);
    expect(await statuses()).toEqual(['Initiated/UserRequested']);
  });

  it('cuts the connection before anything happens', async () => {
    const { azure, protect, initiate, allows } = await startAzure();
    await protect('web-1');
    azure.faults.add('JitNetworkAccessPolicies_Initiate', { kind: 'reset' });
    await expect(initiate('web-1')).rejects.toThrow();
    expect(allows('web-1-nsg')).toEqual([]);
    expect(azure.log().at(-1)).toMatchObject({ status: 0, fault: 'reset' });
  });

  it('answers slowly', async () => {
    const { azure, protect } = await startAzure();
    azure.faults.add('JitNetworkAccessPolicies_CreateOrUpdate', { kind: 'slow', ms: 40 });
    const before = performance.now();
    await protect('web-1');
    expect(performance.now() - before).toBeGreaterThanOrEqual(39);
  });

  it('lets a call land late, at the time when it lands', async () => {
    const { azure, clock, protect, initiate, network, rules, allows } = await startAzure();
    await protect('db-1');
    azure.faults.add('JitNetworkAccessPolicies_Initiate', { kind: 'lateLanding', ms: 10_000 });
    await expect(initiate('db-1')).rejects.toThrow();
    clock.advance(9999);
    expect(allows('subnet-db-nsg')).toEqual([]);
    clock.advance(1);
    expect(allows('subnet-db-nsg')).toHaveLength(1);
    expect(azure.log().at(-1)).toMatchObject({ method: 'LATE', status: 202 });

    azure.faults.add('SecurityRules_Delete', { kind: 'lateLanding', ms: 1000 });
    const name = allows('subnet-db-nsg')[0]?.name ?? '';
    await expect(network.securityRules.delete('rg-prod', 'subnet-db-nsg', name)).rejects.toThrow();
    expect(allows('subnet-db-nsg')).toHaveLength(1);
    clock.advance(1000);
    expect(allows('subnet-db-nsg')).toEqual([]);
    expect(rules('subnet-db-nsg')).toHaveLength(2);
  });

  it('refuses late what is no longer allowed when it lands', async () => {
    const { azure, clock, protect, initiate, allows } = await startAzure();
    await protect('db-1');
    azure.faults.add('JitNetworkAccessPolicies_Initiate', { kind: 'lateLanding', ms: 2 * HOUR_MS });
    await expect(initiate('db-1')).rejects.toThrow();
    clock.advance(2 * HOUR_MS);
    expect(allows('subnet-db-nsg')).toEqual([]);
    expect(azure.log().at(-1)).toMatchObject({ method: 'LATE', status: 400 });
  });

  it('reads what was', async () => {
    const { azure, clock, protect, initiate, network, statuses } = await startAzure();
    await protect('web-1');
    clock.advance(MINUTE_MS);
    await initiate('web-1');
    const stale = { kind: 'stale', ms: 1000 } as const;
    azure.faults.add('JitNetworkAccessPolicies_Get', stale);
    azure.faults.add('NetworkSecurityGroups_Get', stale);
    azure.faults.add('NetworkInterfaces_ListEffectiveNetworkSecurityGroups', stale);
    const rulesOf = async () => (await network.networkSecurityGroups.get('rg-prod', 'web-1-nsg')).securityRules?.length;
    const effective = async () => {
      const read = await network.networkInterfaces.listEffectiveNetworkSecurityGroups('rg-prod', 'web-1-nic');
      return read.value?.[1]?.effectiveSecurityRules?.filter((r) => r.priority === 100).length;
    };
    expect([await statuses(), await rulesOf(), await effective()]).toEqual([[], 2, 0]);
    expect([await statuses(), await rulesOf(), await effective()]).toEqual([['Initiated/UserRequested'], 3, 1]);
    clock.advance(HOUR_MS + 500);
    azure.faults.add('NetworkSecurityGroups_Get', stale);
    expect([await rulesOf(), await rulesOf()]).toEqual([3, 2]);
  });

  it('tells whoever listens of every call and every change', async () => {
    const { azure, protect } = await startAzure();
    let told = 0;
    const stop = azure.onChange(() => {
      told += 1;
    });
    await protect('web-1');
    expect(told).toBeGreaterThan(2);
    stop();
    const before = told;
    azure.human.stopVm('db-1');
    expect(told).toBe(before);
    expect(azure.log().map((l) => l.summary)).toContain('JitNetworkAccessPolicies_CreateOrUpdate default: web-1 → 200');
  });
});

describe('people with rights', () => {
  it('edit, add and remove rules, and wipe them as a deployment does', async () => {
    const { azure, clock, protect, initiate, rules, allows } = await startAzure();
    await protect('web-1');
    await initiate('web-1');
    const name = allows('web-1-nsg')[0]?.name ?? '';
    azure.human.editRule('web-1-nsg', name, { sourceAddressPrefix: '*' });
    expect(allows('web-1-nsg')[0]?.sources).toEqual(['*']);
    azure.human.addRule('web-1-nsg', { name: 'open', priority: 110, source: '*', ports: ['22', '3389'] });
    expect(rules('web-1-nsg').find((r) => r.name === 'open')).toMatchObject({
      writer: 'customer',
      ports: ['22', '3389'],
    });
    azure.human.removeRule('web-1-nsg', 'open');
    expect(rules('web-1-nsg').some((r) => r.name === 'open')).toBe(false);
    clock.advance(HOUR_MS);
    expect(allows('web-1-nsg')).toEqual([]);
    azure.human.replaceRules('web-1-nsg', [{ name: 'only', priority: 100, source: '*', ports: '443' }]);
    expect(rules('web-1-nsg').map((r) => r.name)).toEqual(['only']);
  });

  it('take a group off an interface, and the rules in it still go at their end', async () => {
    const { azure, clock, protect, initiate, allows, compute } = await startAzure();
    await protect('web-1');
    await initiate('web-1');
    azure.human.setNicNsg('web-1-nic', undefined);
    azure.human.setTags('web-1', { env: 'test' });
    expect((await compute.virtualMachines.get('rg-prod', 'web-1')).tags).toEqual({ env: 'test' });
    expect(azure.state().machines[0]?.nsgs).toEqual(['subnet-web-nsg']);
    clock.advance(HOUR_MS);
    expect(allows('web-1-nsg')).toEqual([]);
  });
});
