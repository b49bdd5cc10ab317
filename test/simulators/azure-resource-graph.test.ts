import { ResourceGraphClient } from '@azure/arm-resourcegraph';
import { describe, expect, it } from 'vitest';
import type { AzureOptions } from '../../simulators/azure/index.ts';
import { defaultMachines } from '../../simulators/azure/machines.ts';
import { startAzure } from './azure-clients.ts';
import { edge, governed, guarded, sshFilter, sshNat } from './azure-firewalls.ts';

const QUERY =
  "securityresources | where type =~ 'microsoft.security/assessments' and name == '805651bc-6ecd-4c73-9b55-97a19d0582d0' | project vmId=tolower(tostring(properties.resourceDetails.Id)), code=tostring(properties.status.code) | order by vmId asc";

async function start(options?: AzureOptions) {
  const world = await startAzure(options);
  const { azure, credential } = world;
  const client = new ResourceGraphClient(credential, azure.subscriptionId, {
    endpoint: azure.url,
    tlsOptions: { ca: azure.ca },
    retryOptions: { maxRetries: 0 },
    credentials: { scopes: [`${azure.url}/.default`] },
  });
  const ask = (query = QUERY, subscriptions = [azure.subscriptionId], options = {}) =>
    client.resources({ query, subscriptions, options });
  const codes = async () => {
    const rows = (await ask()).data as readonly { readonly vmId: string; readonly code: string }[];
    return Object.fromEntries(rows.map(({ vmId, code }) => [vmId.slice(vmId.lastIndexOf('/') + 1), code]));
  };
  return { ...world, ask, codes };
}

describe('what Defender says of just-in-time access', () => {
  it('follows the diagram for groups and policies', async () => {
    const bare = { name: 'bare-1', interfaces: [{ privateIps: ['10.0.9.4'], subnet: 'bare' }] };
    const { codes, protect } = await start({ machines: [...defaultMachines, bare] });
    const before = { 'web-1': 'Healthy', 'db-1': 'Healthy', 'jump-1': 'Unhealthy', 'bare-1': 'NotApplicable' };
    expect(await codes()).toEqual(before);
    await protect('jump-1');
    expect(await codes()).toEqual({ ...before, 'jump-1': 'Healthy' });
  });

  const open = { nsg: 'subnet-app-nsg', rule: { name: 'ssh', priority: 200, source: '*', ports: '22' } };
  it.each([
    ['nothing opens the port', edge(), undefined, 'Healthy'],
    ['NAT to the port of a machine without a group', edge({ nat: [sshNat('*')] }), undefined, 'Unhealthy'],
    ['a filter that allows it', edge({ network: [sshFilter('Allow', '*')] }), undefined, 'Unhealthy'],
    ['a filter that denies it', edge({ network: [sshFilter('Deny', '*')] }), undefined, 'Healthy'],
    ['a policy that allows it', governed(), undefined, 'Unhealthy'],
    ['a group that is closed, whatever the firewall does', edge({ nat: [sshNat('*')] }), [], 'Healthy'],
    ['both are open', edge({ nat: [sshNat('*')] }), [open], 'Unhealthy'],
    ['only the group is open', edge(), [open], 'Healthy'],
  ])('behind a firewall: %s', async (_, network, standing, code) => {
    const machine = guarded(standing ? {} : { subnetNsg: undefined });
    const { codes } = await start({ machines: [{ ...machine, standing: standing ?? [] }], network });
    expect(await codes()).toEqual({ 'app-1': code });
  });

  it('is nothing without the plan', async () => {
    const { codes, azure } = await start();
    azure.human.setPlan('Standard', 'P1');
    expect(await codes()).toEqual({});
  });

  it('comes page by page, in order', async () => {
    const { ask, azure } = await start();
    const first = await ask(QUERY, undefined, { top: 2 });
    expect(first).toMatchObject({ totalRecords: 3, count: 2, resultTruncated: 'false', skipToken: '2' });
    const second = await ask(QUERY, [azure.subscriptionId], { top: 2, skipToken: first.skipToken });
    expect(second).toMatchObject({ totalRecords: 3, count: 1 });
    expect(second.skipToken).toBeUndefined();
  });
});

describe('what is refused', () => {
  interface Asked {
    readonly query?: string;
    readonly subscriptions?: string[];
    readonly options?: object;
  }
  it.each<[string, Asked, number, string]>([
    ['any other query', { query: 'resources | project id' }, 400, 'InvalidQuery'],
    ['somebody else’s subscription', { subscriptions: ['99998888-7777-6666-5555-444433332222'] }, 403, 'AccessDenied'],
    ['no subscription', { subscriptions: [] }, 400, 'BadRequest'],
    ['more rows than there may be', { options: { top: 1_001 } }, 400, 'BadRequest'],
  ])('%s', async (_, { query, subscriptions, options }, statusCode, code) => {
    const { ask } = await start();
    await expect(ask(query, subscriptions, options)).rejects.toMatchObject({ statusCode, code });
  });
});
