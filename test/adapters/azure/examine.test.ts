import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { ASKING, NEEDED, PROTECTING, WALLS } from '../../../adapters/azure/examine.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { firewallHarness } from './firewall-harness.ts';
import { type AzureHarness, azureHarness } from './harness.ts';
import { nsgHarness } from './nsg-harness.ts';

describe('Azure is looked through', () => {
  let azure: AzureHarness;
  afterEach(() => azure.stop());
  const wrong = async () => (await azure.adapter.examine([], never)).filter(({ verdict }) => verdict !== 'fine');

  it('and all is fine, with no change', async () => {
    azure = await azureHarness();
    const calls = azure.sim.log().length;
    expect(await wrong()).toEqual([]);
    expect(azure.callsSince(calls).filter((call) => !/List|Get/.test(call))).toEqual([]);
  });

  it('for rights that are missing where the machines are, by what the backend needs', async () => {
    azure = await azureHarness();
    azure.sim.human.grantSelf([{ actions: ['Microsoft.*/read', 'Microsoft.Network/*/action'] }]);
    expect(await wrong()).toEqual([
      expect.objectContaining({
        verdict: 'fault',
        means:
          'Missing: Microsoft.Network/networkSecurityGroups/securityRules/delete, Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action.',
        remedy: 'Assign “Drawbridge operator (Defender)” of manifests/azure there.',
      }),
      expect.objectContaining({
        what: expect.stringMatching(/^rights to protect in /),
        verdict: 'fault',
        means:
          'Missing: Microsoft.Security/locations/jitNetworkAccessPolicies/write, Microsoft.Security/locations/jitNetworkAccessPolicies/delete, Microsoft.Compute/virtualMachines/write.',
        remedy: 'Assign “Drawbridge onboarder (Defender)” of manifests/azure there.',
      }),
    ]);
  });

  it('the same with rules of its own', async () => {
    azure = await nsgHarness();
    azure.sim.human.grantSelf([{ actions: ['*'], notActions: ['Microsoft.Network/*/write'] }]);
    expect((await wrong()).map((one) => ('means' in one ? one.means : ''))).toEqual([
      'Missing: Microsoft.Network/networkSecurityGroups/securityRules/write.',
    ]);
  });

  it('for the right to read roles, where people are asked about', async () => {
    azure = await azureHarness();
    const adapter = azure.adapterFor({ ...azure.settings, entitlement: 'rbac' });
    const roles = async () => (await adapter.examine([], never)).find(({ what }) => what.startsWith('rights to read'));
    expect((await roles())?.verdict).toBe('fine');
    azure.sim.human.grantSelf([{ actions: ['*'], notActions: ['Microsoft.Authorization/denyAssignments/*'] }]);
    expect(await roles()).toMatchObject({
      verdict: 'fault',
      means: 'Missing: Microsoft.Authorization/denyAssignments/read.',
      remedy: 'Assign “Drawbridge operator (roles of people)” of manifests/azure there.',
    });
  });

  it.each([
    ['classic', 'Microsoft.Network/azureFirewalls/write'],
    ['policy', 'Microsoft.Network/firewallPolicies/ruleCollectionGroups/write'],
  ] as const)('for the rights on firewalls that there are: %s', async (kind, action) => {
    azure = await firewallHarness(kind);
    expect(
      (await azure.adapter.examine([], never)).filter(({ what }) => what.startsWith('rights on fire')),
    ).toMatchObject([{ verdict: 'fine' }]);
    azure.sim.human.grantSelf([{ actions: ['*'], notActions: [action] }]);
    expect(await wrong()).toMatchObject([
      { verdict: 'unknown', means: `Missing: ${action}. It is needed where machines are reached through it.` },
    ]);
  });

  it('for a subscription that cannot be read, and says no more of it', async () => {
    azure = await azureHarness();
    azure.sim.faults.add('VirtualMachines_ListAll', { kind: 'error', status: 403, code: 'AuthorizationFailed' }, 9);
    expect((await wrong()).map(({ what, verdict }) => [what, verdict])).toEqual([['sign-in and reading', 'fault']]);
  });

  it('asks for no more than the roles in manifests/azure grant', async () => {
    azure = await azureHarness();
    const text = readFileSync(new URL('../../../manifests/azure/roles.json', import.meta.url), 'utf8');
    const { resources } = JSON.parse(text) as {
      resources: { properties: { roleName: string; permissions: { actions: string[] }[] } }[];
    };
    const granted = (role: string) =>
      resources.filter(({ properties }) => properties.roleName === role).flatMap((one) => one.properties.permissions);
    const has = (role: string, action: string) => granted(role).some(({ actions }) => actions.includes(action));
    expect(NEEDED.defender.filter((one) => !has('Drawbridge operator (Defender)', one))).toEqual([]);
    expect(PROTECTING.filter((one) => !has('Drawbridge onboarder (Defender)', one))).toEqual([]);
    expect(ASKING.filter((one) => !has('Drawbridge operator (roles of people)', one))).toEqual([]);
    const walls = [...WALLS.own, ...WALLS.policy];
    expect(walls.filter((one) => !has('Drawbridge operator (Azure Firewall)', one))).toEqual([]);
    expect(NEEDED.nsg.filter((one) => !has('Drawbridge operator (network security groups)', one))).toEqual([]);
  });
});
