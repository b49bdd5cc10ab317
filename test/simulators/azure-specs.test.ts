import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { Exchange } from '../../simulators/azure/server.ts';
import { HOUR_MS } from '../../src/core/language/instant.ts';
import { azureHarness, PROTECTION } from '../adapters/azure/harness.ts';
import { nsgHarness } from '../adapters/azure/nsg-harness.ts';
import { go, never, openOne, placeOne } from '../conformance/cloud-steps.ts';
import { startAzure } from './azure-clients.ts';
import { edge, governed, guarded, httpsNat } from './azure-firewalls.ts';
import { OpenApi } from './openapi.ts';

/** Azure’s own OpenAPI files, unchanged; `SOURCES.md` there says where from. */
const FOLDER = fileURLToPath(new URL('./azure-specs/specification', import.meta.url));

/**
 * What is newer than these files (2021), with the type of the SDK that it comes from, or what they lack and the service
 * is known to have.
 */
const NEWER: Readonly<Record<string, string>> = {
  'NetworkSecurityGroups_Get gives .properties.flushConnection': 'NetworkSecurityGroup of @azure/arm-network 39',
  ...Object.fromEntries(
    [
      'JitNetworkAccessPolicies_CreateOrUpdate gives .',
      'JitNetworkAccessPolicies_CreateOrUpdate takes .',
      'JitNetworkAccessPolicies_Get gives .',
      'JitNetworkAccessPolicies_List gives .value[].',
      'JitNetworkAccessPolicies_ListByResourceGroup gives .value[].',
    ].map((call) => [`${call}properties.appendMode`, 'recorded policies']),
  ),
};

async function lives(onExchange: (exchange: Exchange) => void): Promise<void> {
  for (const cloud of [
    await azureHarness({ onExchange, pageSize: 1 }),
    await nsgHarness({ onExchange, operationMs: 1_000 }),
  ]) {
    try {
      await cloud.adapter.protect(cloud.exposed, PROTECTION, never);
      const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
      await cloud.adapter.check(never);
      await Array.fromAsync(cloud.adapter.patrol(never));
      await cloud.adapter.close([placement], never, go);
      await cloud.adapter.observe(cloud.machine, [placement], never);
    } finally {
      await cloud.stop();
    }
  }
  const classic = await startAzure({ onExchange, machines: [guarded()], network: edge({ nat: [httpsNat] }) });
  const [firewall] = await Array.fromAsync(classic.network.azureFirewalls.listAll());
  if (firewall) await classic.network.azureFirewalls.createOrUpdate('rg-prod', 'edge', firewall).submitted();
  classic.azure.human.setFlushConnection('subnet-app-nsg', true);
  await classic.network.networkSecurityGroups.get('rg-prod', 'subnet-app-nsg');
  const policies = await startAzure({ onExchange, machines: [guarded()], network: governed() });
  await Array.fromAsync(policies.network.firewallPolicies.listAll());
  const groups = await Array.fromAsync(policies.network.firewallPolicyRuleCollectionGroups.list('rg-prod', 'base'));
  expect(groups).toHaveLength(1);
}

it('sends and answers what Azure’s OpenAPI files say', async () => {
  const specs = new OpenApi(FOLDER);
  const found = new Set<string>();
  const seen = new Set<string>();
  const exchanges: Exchange[] = [];
  await lives((exchange) => exchanges.push(exchange));
  for (const { operation, request, status, response } of exchanges) {
    if (!specs.has(operation)) continue;
    seen.add(operation);
    for (const one of specs.checkRequest(operation, request)) found.add(`${operation} takes ${one}`);
    for (const one of specs.checkResponse(operation, status, response)) found.add(`${operation} gives ${one}`);
  }
  expect([...seen].sort()).toEqual(
    expect.arrayContaining([
      'AzureFirewalls_CreateOrUpdate',
      'JitNetworkAccessPolicies_CreateOrUpdate',
      'JitNetworkAccessPolicies_Get',
      'JitNetworkAccessPolicies_Initiate',
      'NetworkInterfaces_ListEffectiveNetworkSecurityGroups',
      'NetworkSecurityGroups_Get',
      'SecurityRules_CreateOrUpdate',
      'SecurityRules_Delete',
    ]),
  );
  expect([...found].sort()).toEqual(Object.keys(NEWER).sort());
});
