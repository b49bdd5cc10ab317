import { describe, expect, it } from 'vitest';
import { people } from '../../simulators/world.ts';
import { HOUR_MS, MINUTE_MS, port22, raw, START_MS, startAzure } from './azure-clients.ts';

const denyName = /^MicrosoftDefenderForCloud-JITRule_-?\d+_[0-9A-F]{32}$/;
const allowName = /^MicrosoftDefenderForCloud-JITRule--?\d+-[0-9A-F]{32}$/;

describe('the subscription through the real clients', () => {
  it('lists machines page by page, with the resource group in capitals, and says whether they run', async () => {
    const { azure, compute } = await startAzure({ pageSize: 1 });
    const listed = [];
    for await (const vm of compute.virtualMachines.listAll({ expand: 'instanceView' })) listed.push(vm);
    expect(listed.map((vm) => vm.name)).toEqual(['web-1', 'db-1', 'jump-1']);
    expect(listed[0]?.id).toContain('/resourceGroups/RG-PROD/');
    expect(listed[0]?.tags).toEqual({ env: 'prod', team: 'web' });
    expect(listed[0]?.instanceView?.statuses?.[1]?.code).toBe('PowerState/running');
    expect(azure.log().filter((l) => l.operation === 'VirtualMachines_ListAll')).toHaveLength(3);
    azure.human.stopVm('web-1');
    const view = await compute.virtualMachines.instanceView('rg-prod', 'web-1');
    expect(view.statuses?.[1]?.code).toBe('PowerState/deallocated');
  });

  it('leads from a machine to its groups and its public address', async () => {
    const { compute, network } = await startAzure();
    const vm = await compute.virtualMachines.get('RG-PROD', 'WEB-1');
    const nicName = vm.networkProfile?.networkInterfaces?.[0]?.id?.split('/').at(-1) ?? '';
    const nic = await network.networkInterfaces.get('rg-prod', nicName);
    const config = nic.ipConfigurations?.[0];
    expect(config?.privateIPAddress).toBe('10.0.0.4');
    expect(nic.networkSecurityGroup?.id).toMatch(/web-1-nsg$/);
    const [vnet = '', , subnetName = ''] = config?.subnet?.id?.split('/').slice(-3) ?? [];
    const subnet = await network.subnets.get('rg-prod', vnet, subnetName);
    expect(subnet.networkSecurityGroup?.id).toMatch(/subnet-web-nsg$/);
    const ip = await network.publicIPAddresses.get('rg-prod', config?.publicIPAddress?.id?.split('/').at(-1) ?? '');
    expect(ip.ipAddress).toBe('198.51.100.4');
    const nsg = await network.networkSecurityGroups.get('rg-prod', 'web-1-nsg');
    expect(nsg.securityRules?.map((r) => r.name)).toEqual(['allow-https']);
    expect(nsg.defaultSecurityRules).toHaveLength(6);
  });

  it('knows people and their managers', async () => {
    const { azure, credential } = await startAzure();
    const { token } = await credential.getToken('https://graph.microsoft.com/.default');
    const headers = { authorization: `Bearer ${token}` };
    const path = `/graph/v1.0/users/${people.requester.entraId}`;
    const user = await raw(azure, { path, headers });
    expect(user.body).toMatchObject({ mail: 'ada@example.com', displayName: 'Ada Okafor' });
    const manager = await raw(azure, { path: `${path}/manager?$select=id`, headers });
    expect(manager.body.id).toBe(people.manager.entraId);
    const none = await raw(azure, { path: `/graph/v1.0/users/${people.manager.email}/manager`, headers });
    expect(none).toMatchObject({ status: 404, body: { error: { code: 'Request_ResourceNotFound' } } });
  });

  it('tells the time of its clock', async () => {
    const { azure, clock } = await startAzure();
    clock.advance(MINUTE_MS);
    const { headers } = await raw(azure, { path: '/common/discovery/instance' });
    expect(headers.date).toBe(new Date(START_MS + MINUTE_MS).toUTCString());
  });
});

describe('a life through Defender', () => {
  it('denies, opens in both groups, and closes at the end', async () => {
    const { clock, protect, initiate, network, jit, rules, allows, statuses } = await startAzure();
    const policy = await protect('web-1');
    expect(policy).toMatchObject({ name: 'default', kind: 'Basic', provisioningState: 'Succeeded', requests: [] });
    for (const nsg of ['web-1-nsg', 'subnet-web-nsg']) {
      const deny = rules(nsg).find((r) => r.access === 'Deny');
      expect(deny?.name).toMatch(denyName);
      expect(deny).toMatchObject({
        priority: 4096,
        sources: ['*'],
        destinations: ['10.0.0.4'],
        ports: ['22'],
        description: "MDC JIT Network Access rule for policy 'default' of VM 'web-1'.",
      });
    }

    const request = await initiate('web-1');
    expect(request).toMatchObject({ justification: 'deploy', startTimeUtc: new Date(START_MS) });
    expect(request.virtualMachines[0]?.ports[0]).toMatchObject({
      status: 'Initiating',
      allowedSourceAddressPrefix: '203.0.113.7',
      endTimeUtc: new Date(START_MS + HOUR_MS),
    });
    expect(await statuses()).toEqual(['Initiated/UserRequested']);
    const [allow] = allows('web-1-nsg');
    expect(allow?.name).toMatch(allowName);
    expect(allow).toMatchObject({ priority: 100, sources: ['203.0.113.7'], destinations: ['10.0.0.4'], ports: ['22'] });
    expect(allow?.description).toBe(
      "MDC JIT Network Access rule created by an initiation request for policy 'default' of VM 'web-1'.",
    );

    const effective = await network.networkInterfaces.listEffectiveNetworkSecurityGroups('rg-prod', 'web-1-nic');
    expect(effective.value).toHaveLength(2);
    for (const group of effective.value ?? []) {
      const rule = group.effectiveSecurityRules?.find((r) => r.priority === 100);
      expect(rule).toMatchObject({
        protocol: 'Tcp',
        access: 'Allow',
        sourceAddressPrefix: '203.0.113.7/32',
        destinationAddressPrefix: '10.0.0.4/32',
        destinationPortRange: '22-22',
      });
    }

    clock.advance(HOUR_MS - 1);
    expect(allows('subnet-web-nsg')).toHaveLength(1);
    clock.advance(1);
    expect([...allows('subnet-web-nsg'), ...allows('web-1-nsg')]).toEqual([]);
    expect(await statuses()).toEqual(['Revoked/Expired']);
    expect((await jit.get('rg-prod', 'westeurope', 'default')).virtualMachines).toHaveLength(1);
  });

  it('closes early when the rule is deleted; the record stays Initiated until its end', async () => {
    const { clock, protect, initiate, network, allows, statuses } = await startAzure();
    await protect('db-1');
    await initiate('db-1');
    const name = allows('subnet-db-nsg')[0]?.name ?? '';
    await network.securityRules.delete('rg-prod', 'subnet-db-nsg', name);
    expect(allows('subnet-db-nsg')).toEqual([]);
    expect(await statuses()).toEqual(['Initiated/UserRequested']);
    await network.securityRules.delete('rg-prod', 'subnet-db-nsg', name);
    clock.advance(HOUR_MS);
    expect(await statuses()).toEqual(['Revoked/Expired']);
  });

  it('puts its deny behind what the customer allows', async () => {
    const { protect, rules } = await startAzure();
    await protect('jump-1');
    expect(rules('jump-1-nsg').map((r) => [r.access, r.priority, r.writer])).toEqual([
      ['Allow', 300, 'customer'],
      ['Deny', 4096, 'defender'],
    ]);
  });

  it('replaces the whole policy, so that a machine left out loses its deny and what was open', async () => {
    const { protect, initiate, rules, allows } = await startAzure();
    await protect('web-1', 'db-1');
    await initiate('web-1');
    await protect('db-1');
    expect(rules('web-1-nsg').filter((r) => r.writer === 'defender')).toEqual([]);
    expect(allows('subnet-web-nsg')).toEqual([]);
    expect(rules('subnet-db-nsg').some((r) => r.access === 'Deny')).toBe(true);
  });

  it('deletes a policy with all its rules', async () => {
    const { azure, protect, initiate, jit } = await startAzure();
    await protect('web-1');
    await initiate('web-1');
    await jit.delete('rg-prod', 'westeurope', 'default');
    await jit.delete('rg-prod', 'westeurope', 'default');
    expect(azure.state().nsgs.flatMap((g) => g.rules.filter((r) => r.writer === 'defender'))).toEqual([]);
    expect(azure.state().policies).toEqual([]);
  });

  it('lists policies by subscription, region and resource group', async () => {
    const { protect, jit } = await startAzure();
    await protect('web-1');
    const all = [
      jit.list(),
      jit.listByRegion('westeurope'),
      jit.listByResourceGroup('rg-prod'),
      jit.listByResourceGroupAndRegion('rg-prod', 'westeurope'),
    ];
    for (const list of all) expect((await list.next()).value).toMatchObject({ name: 'default' });
    expect((await jit.listByRegion('northeurope').next()).done).toBe(true);
  });
});

describe('what Azure leaves open', () => {
  it.each([
    ['revoke', ['Revoked/NewerRequestInitiated', 'Initiated/UserRequested'], ['203.0.113.8']],
    ['keep', ['Initiated/UserRequested', 'Initiated/UserRequested'], ['203.0.113.7', '203.0.113.8']],
  ] as const)('a newer request for the same port may %s the older one', async (onReplace, records, open) => {
    const { protect, initiate, allows, statuses } = await startAzure({ onReplace });
    await protect('web-1');
    await initiate('web-1', '203.0.113.7');
    await initiate('web-1', '203.0.113.8');
    expect(await statuses()).toEqual(records);
    expect(allows('web-1-nsg').flatMap((r) => r.sources)).toEqual(open);
  });

  it('may take its time to open and to close', async () => {
    const { clock, protect, initiate, allows, statuses } = await startAzure({
      initiatingMs: 9000,
      removeLagMs: 30_000,
    });
    await protect('web-1');
    await initiate('web-1');
    expect(await statuses()).toEqual(['Initiating/UserRequested']);
    expect(allows('web-1-nsg')).toEqual([]);
    clock.advance(9000);
    expect(await statuses()).toEqual(['Initiated/UserRequested']);
    clock.advance(HOUR_MS - 9000);
    expect(allows('web-1-nsg')).toHaveLength(1);
    clock.advance(30_000);
    expect(allows('web-1-nsg')).toEqual([]);
  });

  it.each([true, false])('a PUT without records keeps them: %s', async (keepRequestsOnPut) => {
    const { clock, protect, initiate, allows, statuses } = await startAzure({ keepRequestsOnPut });
    await protect('web-1');
    await initiate('web-1');
    await protect('web-1');
    expect(await statuses()).toHaveLength(keepRequestsOnPut ? 1 : 0);
    expect(allows('web-1-nsg')).toHaveLength(1);
    clock.advance(HOUR_MS);
    expect(allows('web-1-nsg')).toEqual([]);
  });

  it('a PUT that echoes the records keeps them', async () => {
    const { protect, initiate, jit, statuses } = await startAzure();
    await protect('web-1');
    await initiate('web-1');
    const { virtualMachines, requests } = await jit.get('rg-prod', 'westeurope', 'default');
    await jit.createOrUpdate('rg-prod', 'westeurope', 'default', { kind: 'Basic', virtualMachines, requests });
    expect(await statuses()).toEqual(['Initiated/UserRequested']);
  });

  it.each([true, false])('a PUT writes a deleted rule of a live request again: %s', async (rewriteOnPut) => {
    const { azure, protect, initiate, allows } = await startAzure({ rewriteOnPut, keepRequestsOnPut: true });
    await protect('db-1');
    await initiate('db-1');
    azure.human.removeRule('subnet-db-nsg', allows('subnet-db-nsg')[0]?.name ?? '');
    await protect('db-1');
    expect(allows('subnet-db-nsg')).toHaveLength(rewriteOnPut ? 1 : 0);
  });

  it('keeps the policy entry and the deny of a deleted machine until the entry goes', async () => {
    const { azure, clock, protect, initiate, jit, rules, allows } = await startAzure();
    await protect('web-1', 'db-1');
    await initiate('web-1');
    const { virtualMachines } = await jit.get('rg-prod', 'westeurope', 'default');
    azure.human.deleteVm('web-1');
    clock.advance(HOUR_MS);
    expect(allows('web-1-nsg')).toEqual([]);
    await jit.createOrUpdate('rg-prod', 'westeurope', 'default', { kind: 'Basic', virtualMachines });
    expect(rules('web-1-nsg').some((r) => r.access === 'Deny')).toBe(true);
    await protect('db-1');
    expect(rules('web-1-nsg').some((r) => r.access === 'Deny')).toBe(false);
  });

  it('takes the portal form of a request, with a duration and a list of sources', async () => {
    const { azure, protect, allows, statuses } = await startAzure();
    await protect('web-1');
    azure.human.initiate({
      machine: 'web-1',
      port: 22,
      source: '203.0.113.99',
      minutes: 30,
      requestor: 'sam@example.com',
    });
    expect(await statuses()).toEqual(['Initiated/UserRequested']);
    expect(allows('web-1-nsg')[0]).toMatchObject({ sources: ['203.0.113.99'], endMs: START_MS + 30 * MINUTE_MS });
  });

  it('takes a narrower source than the policy names', async () => {
    const { jit, initiate, vmId, allows } = await startAzure();
    await jit.createOrUpdate('rg-prod', 'westeurope', 'default', {
      virtualMachines: [{ id: vmId('web-1'), ports: [port22({ allowedSourceAddressPrefix: '203.0.113.0/24' })] }],
    });
    await initiate('web-1', '203.0.113.0/28');
    expect(allows('web-1-nsg')[0]?.sources).toEqual(['203.0.113.0/28']);
  });
});
