import { ComputeManagementClient } from '@azure/arm-compute';
import { NetworkManagementClient } from '@azure/arm-network';
import { SecurityCenter } from '@azure/arm-security';
import { describe, expect, test } from 'vitest';
import { defaultMachines } from '../../simulators/azure/machines.ts';
import { refusal, startAzure } from './azure-clients.ts';

const OTHER = '99998888-7777-4666-8555-444433332222';
const UNKNOWN = '00001111-2222-4333-8444-555566667777';

/** `db-1` with all that is its own is in the resource group `rg-far` of another subscription. */
async function twoSubscriptions() {
  const machines = defaultMachines.map((one) => (one.name === 'db-1' ? { ...one, resourceGroup: 'rg-far' } : one));
  const all = await startAzure({ machines });
  const { azure, credential } = all;
  azure.human.setMembers(OTHER, 'everybody');
  azure.human.moveResourceGroup('rg-far', OTHER);
  const wire = { endpoint: azure.url, tlsOptions: { ca: azure.ca }, retryOptions: { maxRetries: 0 } };
  const clientsOf = (id: string) => ({
    compute: new ComputeManagementClient(credential, id, wire),
    network: new NetworkManagementClient(credential, id, wire),
    security: new SecurityCenter(credential, id, wire),
  });
  return { ...all, clientsOf };
}

const namesOf = async (list: AsyncIterable<{ readonly name?: string }>) =>
  (await Array.fromAsync(list)).map(({ name }) => name).sort();

describe('two subscriptions of one tenant', () => {
  test('each list holds what is in its own alone, and a GET finds nothing of the other', async () => {
    const { azure, clientsOf } = await twoSubscriptions();
    const [near, far] = [clientsOf(azure.subscriptionId), clientsOf(OTHER)];
    expect(await namesOf(near.compute.virtualMachines.listAll())).toEqual(['jump-1', 'web-1']);
    expect(await namesOf(far.compute.virtualMachines.listAll())).toEqual(['db-1']);
    expect(await namesOf(far.network.networkInterfaces.listAll())).toEqual(['db-1-nic']);
    expect(await namesOf(far.network.networkSecurityGroups.listAll())).toEqual(['subnet-db-nsg']);
    expect((await far.network.networkInterfaces.get('rg-far', 'db-1-nic')).virtualMachine?.id).toContain(OTHER);
    expect(await refusal(near.compute.virtualMachines.get('rg-far', 'db-1'))).toBe('404 ResourceGroupNotFound');
    expect(await refusal(far.compute.virtualMachines.get('rg-far', 'web-1'))).toBe('404 ResourceNotFound');
  });

  test('one and the same names are two things', async () => {
    const { azure, clientsOf } = await twoSubscriptions();
    azure.human.moveResource('nsgs', 'web-1-nsg', OTHER);
    const far = clientsOf(OTHER).network.networkSecurityGroups;
    const near = clientsOf(azure.subscriptionId).network;
    expect((await far.get('rg-prod', 'web-1-nsg')).networkInterfaces).toHaveLength(1);
    expect(await refusal(near.networkSecurityGroups.get('rg-prod', 'web-1-nsg'))).toBe('404 ResourceNotFound');
    expect((await near.networkInterfaces.get('rg-prod', 'web-1-nic')).networkSecurityGroup?.id).toContain(OTHER);
  });

  test('each has a plan of its own', async () => {
    const { clientsOf } = await twoSubscriptions();
    const far = clientsOf(OTHER).security.jitNetworkAccessPolicies;
    expect(await refusal(Array.fromAsync(far.list()))).toBe('403 Forbidden');
  });

  test('who has no role in one is refused all that is in it, and in the first nothing', async () => {
    const { azure, clientsOf } = await twoSubscriptions();
    azure.human.setMembers(OTHER, ['somebody-else']);
    const far = clientsOf(OTHER);
    const refused = '403 AuthorizationFailed';
    expect(await refusal(far.compute.virtualMachines.get('rg-far', 'db-1'))).toBe(refused);
    expect(await refusal(far.compute.virtualMachines.get('rg-far', 'nothing'))).toBe(refused);
    expect(await refusal(far.compute.virtualMachines.get('rg-none', 'nothing'))).toBe(refused);
    expect(await refusal(Array.fromAsync(far.network.loadBalancers.listAll()))).toBe(refused);
    await expect(far.network.networkInterfaces.get('rg-far', 'db-1-nic')).rejects.toThrow(
      "does not have authorization to perform action 'Microsoft.Network/networkInterfaces/read' over scope",
    );
    expect(await namesOf(clientsOf(azure.subscriptionId).compute.virtualMachines.listAll())).toHaveLength(2);
    azure.human.setMembers(OTHER, [azure.clientId]);
    expect(await namesOf(far.compute.virtualMachines.listAll())).toEqual(['db-1']);
  });

  test('one that the tenant does not have is not found', async () => {
    const { clientsOf } = await twoSubscriptions();
    const list = clientsOf(UNKNOWN).compute.virtualMachines.listAll();
    expect(await refusal(Array.fromAsync(list))).toBe('404 SubscriptionNotFound');
  });
});
