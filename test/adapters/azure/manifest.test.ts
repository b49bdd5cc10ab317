import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, test } from 'vitest';
import type { PolicyCollection } from '../../../simulators/azure/firewall-model.ts';
import { defaultMachines } from '../../../simulators/azure/machines.ts';
import { HOUR_MS } from '../../../src/core/language/instant.ts';
import { go, never, openOne, placeOne, rule } from '../../conformance/cloud-steps.ts';
import { edge, FIREWALL_IP, governed, guarded } from '../../simulators/azure-firewalls.ts';
import { firewallHarness } from './firewall-harness.ts';
import { type AzureHarness, azureHarness, PROTECTION } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

const read = (name: string) => readFileSync(new URL(`../../../manifests/azure/${name}`, import.meta.url), 'utf8');

interface Role {
  readonly roleName: string;
  readonly permissions: readonly { readonly actions: readonly string[] }[];
}
const roles = (JSON.parse(read('roles.json')) as { resources: readonly { properties: Role }[] }).resources.map(
  ({ properties }) => properties,
);

function granted(...names: readonly string[]): readonly string[] {
  const found = roles.filter(({ roleName }) => names.includes(roleName));
  expect(found).toHaveLength(names.length);
  return [...new Set(found.flatMap(({ permissions }) => permissions.flatMap(({ actions }) => actions)))].sort();
}

const JIT = 'Microsoft.Security/locations/jitNetworkAccessPolicies';
const NETWORK = 'Microsoft.Network';
/** The action that each operation asks for ("Azure resource provider operations"). */
const ACTIONS: Readonly<Record<string, string>> = {
  VirtualMachines_Get: 'Microsoft.Compute/virtualMachines/read',
  VirtualMachines_ListAll: 'Microsoft.Compute/virtualMachines/read',
  VirtualMachineScaleSets_ListAll: 'Microsoft.Compute/virtualMachineScaleSets/read',
  NetworkInterfaces_Get: `${NETWORK}/networkInterfaces/read`,
  NetworkInterfaces_ListAll: `${NETWORK}/networkInterfaces/read`,
  NetworkInterfaces_ListEffectiveNetworkSecurityGroups: `${NETWORK}/networkInterfaces/effectiveNetworkSecurityGroups/action`,
  NetworkSecurityGroups_Get: `${NETWORK}/networkSecurityGroups/read`,
  NetworkSecurityGroups_ListAll: `${NETWORK}/networkSecurityGroups/read`,
  SecurityRules_CreateOrUpdate: `${NETWORK}/networkSecurityGroups/securityRules/write`,
  SecurityRules_Delete: `${NETWORK}/networkSecurityGroups/securityRules/delete`,
  RouteTables_ListAll: `${NETWORK}/routeTables/read`,
  VirtualNetworks_ListAll: `${NETWORK}/virtualNetworks/read`,
  ListNetworkManagerEffectiveSecurityAdminRules: `${NETWORK}/virtualNetworks/listNetworkManagerEffectiveSecurityAdminRules/action`,
  ListNetworkManagerEffectiveConnectivityConfigurations: `${NETWORK}/virtualNetworks/listNetworkManagerEffectiveConnectivityConfigurations/action`,
  RouteTables_Get: `${NETWORK}/routeTables/read`,
  VirtualNetworks_Get: `${NETWORK}/virtualNetworks/read`,
  PublicIPAddresses_Get: `${NETWORK}/publicIPAddresses/read`,
  PublicIPAddresses_ListAll: `${NETWORK}/publicIPAddresses/read`,
  LoadBalancers_ListAll: `${NETWORK}/loadBalancers/read`,
  AzureFirewalls_Get: `${NETWORK}/azureFirewalls/read`,
  AzureFirewalls_ListAll: `${NETWORK}/azureFirewalls/read`,
  AzureFirewalls_CreateOrUpdate: `${NETWORK}/azureFirewalls/write`,
  IpGroups_Get: `${NETWORK}/ipGroups/read`,
  FirewallPolicies_Get: `${NETWORK}/firewallPolicies/read`,
  FirewallPolicies_ListAll: `${NETWORK}/firewallPolicies/read`,
  FirewallPolicyRuleCollectionGroups_List: `${NETWORK}/firewallPolicies/ruleCollectionGroups/read`,
  FirewallPolicyRuleCollectionGroups_Get: `${NETWORK}/firewallPolicies/ruleCollectionGroups/read`,
  FirewallPolicyRuleCollectionGroups_CreateOrUpdate: `${NETWORK}/firewallPolicies/ruleCollectionGroups/write`,
  FirewallPolicyRuleCollectionGroups_Delete: `${NETWORK}/firewallPolicies/ruleCollectionGroups/delete`,
  RoleAssignments_ListForScope: 'Microsoft.Authorization/roleAssignments/read',
  DenyAssignments_ListForScope: 'Microsoft.Authorization/denyAssignments/read',
  RoleDefinitions_GetById: 'Microsoft.Authorization/roleDefinitions/read',
  RoleEligibilityScheduleInstances_ListForScope: 'Microsoft.Authorization/roleEligibilityScheduleInstances/read',
  ManagementLocks_ListAtSubscriptionLevel: 'Microsoft.Authorization/locks/read',
  Subscriptions_Get: 'Microsoft.Resources/subscriptions/read',
  BastionHosts_List: `${NETWORK}/bastionHosts/read`,
  Subnets_Get: `${NETWORK}/virtualNetworks/subnets/read`,
  Operations_Get: `${NETWORK}/locations/operations/read`,
  OperationResults_Get: `${NETWORK}/locations/operationResults/read`,
  JitNetworkAccessPolicies_Get: `${JIT}/read`,
  JitNetworkAccessPolicies_List: `${JIT}/read`,
  JitNetworkAccessPolicies_ListByResourceGroup: `${JIT}/read`,
  JitNetworkAccessPolicies_Initiate: `${JIT}/initiate/action`,
  JitNetworkAccessPolicies_CreateOrUpdate: `${JIT}/write`,
  JitNetworkAccessPolicies_Delete: `${JIT}/delete`,
  ActivityLogs_List: 'Microsoft.Insights/eventtypes/values/read',
  // Resource Graph gives what one may read anyway; the one query is for assessments.
  Resources: 'Microsoft.Security/assessments/read',
};
/** What Defender asks of its caller besides the call itself ("Just-in-time VM access", permissions). */
const DEFENDER_ASKS = {
  initiate: [`${NETWORK}/publicIPAddresses/read`],
  protect: ['Microsoft.Compute/virtualMachines/write'],
};

/** What the network provider asks of whoever writes a firewall, for all that the firewall refers to. */
const FIREWALL_ASKS = [`${NETWORK}/virtualNetworks/subnets/join/action`, `${NETWORK}/publicIPAddresses/join/action`];

/** A long-running operation is followed at either of two addresses, as the service chooses; the simulator gives one. */
const FOLLOW = `${NETWORK}/locations/operations/read`;
/** What it may do itself: the doctor asks, and no other. */
const OWN = 'Microsoft.Authorization/permissions/read';

let cloud: AzureHarness;
afterEach(() => cloud.stop());

/** Everything that a machine's life takes once it is protected. */
async function live(): Promise<void> {
  // What is kept for a few seconds is read anew.
  cloud.advance(10_000);
  await cloud.adapter.check(never);
  await cloud.adapter.machines(never);
  await cloud.adapter.look(cloud.machine, never);
  await cloud.adapter.assess(never);
  const { placement } = await openOne(cloud, await placeOne(cloud), cloud.now() + HOUR_MS);
  await openOne(cloud, placement, cloud.now() + 2 * HOUR_MS);
  await Array.fromAsync(cloud.adapter.patrol(never));
  await cloud.adapter.close([placement], never, go);
  await cloud.adapter.observe(cloud.machine, [placement], never);
}

function used(since: number): readonly string[] {
  const operations = new Set(
    cloud.callsSince(since).filter((operation) => !/^Token|^OpenId|Discovery/.test(operation)),
  );
  const unknown = [...operations].filter((operation) => !(operation in ACTIONS));
  expect(unknown).toEqual([]);
  return [...new Set([...operations].flatMap((operation) => ACTIONS[operation] ?? []))].sort();
}

/** A translation for the members of an IP group. */
function fromOffice({ sim }: AzureHarness): PolicyCollection {
  const office = `/subscriptions/${sim.subscriptionId}/resourceGroups/rg-prod/providers/Microsoft.Network/ipGroups/office`;
  return {
    name: 'in',
    priority: 200,
    ruleCollectionType: 'FirewallPolicyNatRuleCollection',
    action: { type: 'DNAT' },
    rules: [
      {
        name: 'ssh',
        ruleType: 'NatRule',
        ipProtocols: ['TCP'],
        sourceIpGroups: [office],
        destinationAddresses: [FIREWALL_IP],
        destinationPorts: ['2222'],
        translatedAddress: '10.0.0.4',
        translatedPort: '22',
      },
    ],
  };
}

describe('the roles grant what the code calls, and nothing else', () => {
  test('to the operator with Defender', async () => {
    cloud = await azureHarness({ operationMs: 2_000 });
    const since = cloud.sim.log().length;
    await live();
    const all = new Set(used(since));
    await cloud.stop();
    // And where a route leads to a firewall.
    cloud = await azureHarness({ machines: [...defaultMachines, guarded()], network: edge() });
    await cloud.adapter.protect(cloud.idOf('app-1'), PROTECTION, never);
    const behind = cloud.sim.log().length;
    await expect(placeOne(cloud, rule(cloud.idOf('app-1'), 22))).rejects.toMatchObject({ code: 'behindFirewall' });
    for (const action of used(behind)) all.add(action);
    for (const action of [FOLLOW, OWN, ...DEFENDER_ASKS.initiate]) all.add(action);
    expect([...all].sort()).toEqual(granted('Drawbridge operator (Defender)'));
  });

  test('to the onboarder with Defender', async () => {
    cloud = await azureHarness();
    const since = cloud.sim.log().length;
    await cloud.adapter.protect(cloud.exposed, PROTECTION, never);
    await cloud.adapter.unprotect(cloud.exposed, never);
    await cloud.adapter.unprotect(cloud.machine, never);
    const more = used(since).filter((action) => !granted('Drawbridge operator (Defender)').includes(action));
    expect([...more, ...DEFENDER_ASKS.protect].sort()).toEqual(granted('Drawbridge onboarder (Defender)'));
  });

  test('to the operator with network security groups', async () => {
    cloud = await nsgHarness({ operationMs: 2_000 });
    const since = cloud.sim.log().length;
    await cloud.adapter.protect(cloud.exposed, PROTECTION, never);
    await live();
    const all = new Set(used(since));
    await cloud.stop();
    // And what a firewall beside it lets through, which decides whether it is closed.
    cloud = await nsgHarness({ network: governed() });
    cloud.sim.human.putIpGroup('office', ['203.0.113.0/24']);
    cloud.sim.human.putRuleGroup('branch', { name: 'own', priority: 600, collections: [fromOffice(cloud)] });
    // What is around a machine is remembered for some seconds.
    cloud.advance(11_000);
    const beside = cloud.sim.log().length;
    await cloud.adapter.look(cloud.machine, never);
    for (const action of used(beside)) all.add(action);
    expect([...all, FOLLOW, OWN].sort()).toEqual(granted('Drawbridge operator (network security groups)'));
  });

  test('to the operator with firewalls', async () => {
    const inGroups = granted('Drawbridge operator (network security groups)');
    const more = new Set<string>(FIREWALL_ASKS);
    for (const kind of ['classic', 'policy', 'hub'] as const) {
      cloud = await firewallHarness(kind);
      const since = cloud.sim.log().length;
      await live();
      for (const action of used(since)) if (!inGroups.includes(action)) more.add(action);
      if (kind !== 'hub') await cloud.stop();
    }
    expect([...more].sort()).toEqual(granted('Drawbridge operator (Azure Firewall)'));
  });

  test('to the operator with Bastions', async () => {
    const vnets = [{ name: 'vnet-prod', prefixes: ['10.0.0.0/16'] }];
    const near = { name: 'near', vnet: 'vnet-prod', prefix: '10.0.251.0/26', publicIp: '198.51.100.30' };
    cloud = await azureHarness({ network: { vnets, bastions: [near] } });
    const since = cloud.sim.log().length;
    await cloud.adapter.bastion(cloud.machine, never);
    const more = used(since).filter(
      (action) => !granted('Drawbridge operator (network security groups)').includes(action),
    );
    expect(more).toEqual(granted('Drawbridge operator (Bastion)'));
  });

  test('to the operator who reads management groups: Resource Graph shows what one may read anyway', async () => {
    cloud = await azureHarness();
    const since = cloud.sim.log().length;
    await cloud.adapterFor({ ...cloud.settings, units: true }).look(cloud.machine, never);
    expect(cloud.callsSince(since)).toContain('Resources');
    expect(granted('Drawbridge operator (management groups)')).toEqual(['Microsoft.Resources/subscriptions/read']);
  });

  test('to the operator who reads the activity log', async () => {
    cloud = await azureHarness();
    const since = cloud.sim.log().length;
    const [log] = await cloud.adapter.logs(never);
    await cloud.adapter.written(log?.name ?? '', { from: cloud.now() - HOUR_MS, to: cloud.now() }, never);
    expect(used(since)).toEqual(granted('Drawbridge operator (activity log)'));
  });

  test('to the operator who reads the roles of people', async () => {
    cloud = await azureHarness();
    const person = { id: 'ada', name: 'Ada', entra: 'aaaaaaaa-0000-4000-8000-000000000001', groups: [] };
    const adapter = cloud.adapterFor({ ...cloud.settings, entitlement: 'rbac' });
    const ask = () => adapter.mayRequest?.(person, cloud.machine, never);
    const since = cloud.sim.log().length;
    await expect(ask()).rejects.toMatchObject({ code: 'notEntitled' });
    cloud.sim.human.defineRole('owner', { name: 'Owner', permissions: [{ actions: ['*'] }] });
    cloud.sim.human.assignRole(person.entra, 'owner', `/subscriptions/${cloud.sim.subscriptionId}`);
    await ask();
    const more = used(since).filter((action) => !granted('Drawbridge operator (Defender)').includes(action));
    expect(more).toEqual(granted('Drawbridge operator (roles of people)'));
  });

  test('to people who only look, nothing that opens or changes', async () => {
    cloud = await azureHarness();
    expect(granted('Drawbridge reader').filter((action) => !action.endsWith('/read'))).toEqual([]);
  });

  test('as Bicep too', async () => {
    cloud = await azureHarness();
    const bicep = [...read('roles.bicep').matchAll(/roleName: '(.+)'[\s\S]*?actions: \[([\s\S]*?)\]/g)].map(
      ([, roleName = '', actions = '']) => ({
        roleName,
        actions: [...actions.matchAll(/'(.+)'/g)].map(([, action]) => action),
      }),
    );
    expect(bicep).toEqual(
      roles.map(({ roleName, permissions }) => ({ roleName, actions: permissions.flatMap(({ actions }) => actions) })),
    );
  });
});
