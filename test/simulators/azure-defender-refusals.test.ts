import { describe, expect, it } from 'vitest';
import { call, MINUTE_MS, port22, refusal, START_MS, startAzure } from './azure-clients.ts';

type Body = Record<string, unknown>;

const policyPath =
  '/resourceGroups/rg-prod/providers/Microsoft.Security/locations/westeurope/jitNetworkAccessPolicies/default';
const policyOf = (vmId: string, port: Body = port22()) => ({
  kind: 'Basic',
  properties: { virtualMachines: [{ id: vmId, ports: [port] }] },
});

describe('a policy', () => {
  it.each([
    ['a port out of range', { number: 70_000 }],
    ['a protocol that is none', { protocol: 'ICMP' }],
    ['less than five minutes', { maxRequestAccessDuration: 'PT4M' }],
    ['more than a day', { maxRequestAccessDuration: 'P1DT1S' }],
    ['a duration that is none', { maxRequestAccessDuration: '3h' }],
    ['both kinds of sources', { allowedSourceAddressPrefixes: ['203.0.113.0/24'] }],
    ['no source', { allowedSourceAddressPrefix: undefined }],
    ['a source that is none', { allowedSourceAddressPrefix: '203.0.113.1/24' }],
    ['an unknown property', { mappedPort: 1 }],
  ])('is refused with %s', async (_, change) => {
    const all = await startAzure();
    const body = policyOf(all.vmId('web-1'), { ...port22(), ...change });
    const { status } = await call(all, 'PUT', `${policyPath}?api-version=2020-01-01`, body);
    expect(status).toBe(400);
    expect(all.azure.state().policies).toEqual([]);
  });

  it('is refused for machines that are unknown, elsewhere, taken, or without a group', async () => {
    const all = await startAzure();
    const { azure, jit, protect, vmId } = all;
    const put = (location: string, name: string, id: string) =>
      refusal(jit.createOrUpdate('rg-prod', location, name, { virtualMachines: [{ id, ports: [port22()] }] }));
    expect(await put('westeurope', 'default', `${vmId('web-1')}0`)).toBe('400 ResourceNotFound');
    expect(await put('northeurope', 'default', vmId('web-1'))).toBe('400 BadRequest');
    await protect('web-1');
    expect(await put('westeurope', 'second', vmId('web-1'))).toBe('400 BadRequest');
    azure.human.deleteNsg('jump-1-nsg');
    expect(await put('westeurope', 'second', vmId('jump-1'))).toBe('400 BadRequest');
  });

  it('is refused when its name and the machine’s are longer than 56 characters together', async () => {
    const { jit, vmId } = await startAzure();
    const put = (name: string) =>
      jit.createOrUpdate('rg-prod', 'westeurope', name, {
        virtualMachines: [{ id: vmId('web-1'), ports: [port22()] }],
      });
    expect(await refusal(put('p'.repeat(52)))).toBe('400 BadRequest');
    expect((await put('p'.repeat(51))).name).toHaveLength(51);
  });

  it('needs Defender for Servers Plan 2', async () => {
    const { azure, protect, initiate, jit } = await startAzure();
    await protect('web-1');
    for (const setPlan of [() => azure.human.setPlan('Free'), () => azure.human.setPlan('Standard', 'P1')]) {
      setPlan();
      expect(await refusal(protect('web-1'))).toBe('403 Forbidden');
      expect(await refusal(initiate('web-1'))).toBe('403 Forbidden');
      expect(await refusal(jit.list().next())).toBe('403 Forbidden');
    }
  });
});

describe('an initiate', () => {
  const at = (minutes: number) => new Date(START_MS + minutes * MINUTE_MS).toISOString();
  const good = { number: 22, allowedSourceAddressPrefix: '203.0.113.7', endTimeUtc: at(60) };
  it.each<[string, Body]>([
    ['a port that is not in the policy', { number: 3389 }],
    ['a source outside the policy', { allowedSourceAddressPrefix: '198.51.100.1' }],
    ['a wider source than the policy', { allowedSourceAddressPrefix: '203.0.0.0/16' }],
    ['any source where the policy names one', { allowedSourceAddressPrefix: '*' }],
    ['an end after the longest time', { endTimeUtc: at(181) }],
    ['an end that is too near', { endTimeUtc: at(4) }],
    ['an end in the past', { endTimeUtc: at(-1) }],
    ['no end', { endTimeUtc: undefined }],
    ['an end and a duration', { duration: 'PT1H' }],
    ['an unknown property', { protocol: 'TCP' }],
    ['no source, when the caller’s own address is not allowed', { allowedSourceAddressPrefix: undefined }],
  ])('is refused with %s', async (_, change) => {
    const all = await startAzure();
    const id = all.vmId('web-1');
    const put = policyOf(id, port22({ allowedSourceAddressPrefix: '203.0.113.0/24' }));
    expect((await call(all, 'PUT', `${policyPath}?api-version=2020-01-01`, put)).status).toBe(200);
    const body = { virtualMachines: [{ id, ports: [{ ...good, ...change }] }] };
    const { status } = await call(all, 'POST', `${policyPath}/initiate?api-version=2020-01-01`, body);
    expect(status).toBe(400);
    expect(all.allows('web-1-nsg')).toEqual([]);
  });

  it('may be as short as it likes with a minimum of 0, but not already over', async () => {
    const { protect, initiate, allows } = await startAzure({ minimumMinutes: 0 });
    await protect('web-1');
    expect(await refusal(initiate('web-1', '203.0.113.7', 0))).toBe('400 BadRequest');
    await initiate('web-1', '203.0.113.7', 0.05);
    expect(allows('web-1-nsg')).toHaveLength(1);
  });

  it('is refused for a machine that is not in the policy or deleted, without a policy, and from IPv6', async () => {
    const { azure, jit, protect, initiate, vmId } = await startAzure();
    expect(await refusal(initiate('web-1'))).toBe('404 ResourceNotFound');
    await protect('web-1');
    expect(await refusal(initiate('db-1'))).toBe('400 BadRequest');
    expect(await refusal(initiate('web-1', '2001:db8:7::1'))).toBe('400 SecurityRuleInvalidAddressPrefix');
    const id = vmId('web-1');
    azure.human.deleteVm('web-1');
    const endTimeUtc = new Date(START_MS + 60 * MINUTE_MS);
    const ports = [{ number: 22, endTimeUtc, allowedSourceAddressPrefix: '203.0.113.7' }];
    const late = jit.initiate('rg-prod', 'westeurope', 'default', { virtualMachines: [{ id, ports }] });
    expect(await refusal(late)).toBe('404 ResourceNotFound');
  });

  it('is the only verb: there is no revoke', async () => {
    const all = await startAzure();
    await all.protect('web-1');
    const { status, code } = await call(all, 'POST', `${policyPath}/revoke?api-version=2020-01-01`, {});
    expect(`${status} ${code}`).toBe('404 InvalidResourceType');
  });
});

describe('a security rule', () => {
  const rulePath = (nsg = 'web-1-nsg', name = 'mine') =>
    `/resourceGroups/rg-prod/providers/Microsoft.Network/networkSecurityGroups/${nsg}/securityRules/${name}?api-version=2026-01-01`;
  const properties = {
    protocol: 'Tcp',
    sourcePortRange: '*',
    destinationPortRange: '22',
    sourceAddressPrefix: '203.0.113.7/32',
    destinationAddressPrefix: '10.0.0.4',
    access: 'Allow',
    priority: 150,
    direction: 'Inbound',
  };
  it.each<[string, Body, string]>([
    ['a priority below the range', { priority: 99 }, '400 SecurityRuleInvalidPriority'],
    ['a priority that is taken', { priority: 200 }, '400 SecurityRuleConflict'],
    ['a bad port', { destinationPortRange: '22-21' }, '400 SecurityRuleInvalidPortRange'],
    ['a bad address', { sourceAddressPrefix: '203.0.113.7/33' }, '400 SecurityRuleInvalidAddressPrefix'],
    ['both families', { sourceAddressPrefix: '2001:db8::/64' }, '400 SecurityRuleInvalidAddressPrefix'],
    ['both forms', { sourceAddressPrefixes: ['10.0.0.0/8'] }, '400 SecurityRuleInvalidParameter'],
    ['a long description', { description: 'x'.repeat(141) }, '400 InvalidParameter'],
    ['an unknown property', { owner: 'me' }, '400 InvalidRequestContent'],
    ['no direction', { direction: undefined }, '400 InvalidRequestContent'],
  ])('is refused with %s', async (_, change, expected) => {
    const all = await startAzure();
    const { status, code } = await call(all, 'PUT', rulePath(), { properties: { ...properties, ...change } });
    expect(`${status} ${code}`).toBe(expected);
    expect(all.rules('web-1-nsg')).toHaveLength(1);
  });

  it('is refused with a bad name, in an unknown group, and under a stale etag', async () => {
    const all = await startAzure();
    const put = (path: string) => call(all, 'PUT', path, { properties });
    expect((await put(rulePath('web-1-nsg', '-x'))).code).toBe('InvalidResourceName');
    expect((await put(rulePath('none'))).code).toBe('ResourceNotFound');
    const headers = { 'if-match': 'W/"old"' };
    const stale = all.network.securityRules.createOrUpdate(
      'rg-prod',
      'web-1-nsg',
      'mine',
      { ...properties },
      { requestOptions: { headers } },
    );
    expect(await refusal(stale)).toBe('412 PreconditionFailed');
    expect(await refusal(all.network.securityRules.get('rg-prod', 'web-1-nsg', 'mine'))).toBe('404 NotFound');
  });

  it('is refused while another write to its group is under way', async () => {
    const all = await startAzure({ operationMs: 5000 });
    const put = (name: string, priority: number) =>
      call(all, 'PUT', rulePath('web-1-nsg', name), { properties: { ...properties, priority } });
    expect((await put('one', 150)).status).toBe(201);
    expect(await put('two', 151)).toMatchObject({ status: 429, code: 'RetryableErrorDueToAnotherOperation' });
    expect((await all.network.securityRules.get('rg-prod', 'web-1-nsg', 'one')).provisioningState).toBe('Updating');
    all.clock.advance(5000);
    expect((await put('two', 151)).status).toBe(201);
  });

  it('has no effective form while the machine is stopped or gone', async () => {
    const { azure, network } = await startAzure();
    const read = () => network.networkInterfaces.listEffectiveNetworkSecurityGroups('rg-prod', 'web-1-nic');
    azure.human.stopVm('web-1');
    expect(await refusal(read())).toBe('409 OperationNotAllowed');
    azure.human.startVm('web-1');
    expect((await read()).value).toHaveLength(2);
    azure.human.deleteVm('web-1');
    expect(await refusal(read())).toBe('409 OperationNotAllowed');
  });
});
