import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DenySpec } from '../../../simulators/azure/authorization.ts';
import { MINUTE_MS } from '../../../src/core/language/instant.ts';
import type { Person } from '../../../src/core/people/person.ts';
import { never } from '../../conformance/cloud-steps.ts';
import { type AzureHarness, azureHarness } from './harness.ts';

const OID = 'aaaaaaaa-0000-4000-8000-000000000001';
const [TEAM, HOUSE] = ['dddddddd-0000-4000-8000-000000000001', 'dddddddd-0000-4000-8000-000000000002'];
const ADA: Person = { id: 'ada', name: 'Ada', entra: OID.toUpperCase(), groups: [] };
const INITIATE = 'Microsoft.Security/locations/jitNetworkAccessPolicies/initiate/action';
const READ = 'Microsoft.Compute/virtualMachines/read';
const ROOT = '/providers/Microsoft.Management/managementGroups/root';

let cloud: AzureHarness;
let adapter: AzureHarness['adapter'];
let group: string;
beforeEach(async () => {
  cloud = await azureHarness();
  adapter = cloud.adapterFor({ ...cloud.settings, entitlement: 'rbac' });
  group = `/subscriptions/${cloud.sim.subscriptionId}/resourceGroups/rg-prod`;
  const { human } = cloud.sim;
  human.defineRole('requester', { name: 'Requester', permissions: [{ actions: [INITIATE, READ] }] });
  human.defineRole('initiator', { name: 'Initiator', permissions: [{ actions: [INITIATE] }] });
  human.defineRole('owner', { name: 'Owner', permissions: [{ actions: ['*'] }] });
  human.defineRole('careful', {
    name: 'Careful',
    permissions: [{ actions: ['*'], notActions: ['Microsoft.Security/*'] }],
  });
});
afterEach(() => cloud.stop());

const ask = (person: Person = ADA) =>
  adapter.mayRequest?.(person, cloud.machine, never) ?? Promise.reject(new Error('off'));
const vmScope = () => cloud.machine.slice('azure:'.length);
const denial = (patch: Partial<DenySpec> = {}) =>
  cloud.sim.human.deny({
    name: 'locked by the platform',
    scope: group,
    permissions: [{ actions: ['*'], notActions: ['*/read'] }],
    principals: [{ id: '00000000-0000-0000-0000-000000000000', type: 'SystemDefined' }],
    ...patch,
  });

describe('by Azure roles a person may ask', () => {
  it.each<[string, () => void]>([
    ['in the resource group', () => cloud.sim.human.assignRole(OID, 'requester', group)],
    [
      'in the subscription',
      () => cloud.sim.human.assignRole(OID, 'requester', `/subscriptions/${cloud.sim.subscriptionId}`),
    ],
    ['in the management group', () => cloud.sim.human.assignRole(OID, 'owner', ROOT)],
    [
      'through a group in a group',
      () => {
        cloud.sim.human.setGroup(TEAM, [OID]);
        cloud.sim.human.setGroup(HOUSE, [TEAM]);
        cloud.sim.human.assignRole(HOUSE, 'requester', group);
      },
    ],
    [
      'by two roles together',
      () => {
        cloud.sim.human.assignRole(OID, 'initiator', group);
        cloud.sim.human.assignRole(OID, 'careful', vmScope());
      },
    ],
    [
      'when excluded from a deny assignment',
      () => {
        cloud.sim.human.assignRole(OID, 'owner', group);
        denial({ excludePrincipals: [{ id: OID, type: 'User' }] });
      },
    ],
  ])('with a role %s', async (_, given) => {
    given();
    await expect(ask()).resolves.toBeUndefined();
  });

  it.each<[string, () => void, string]>([
    ['without a role', () => {}, 'notEntitled'],
    [
      'with one on the VM only, which does not carry initiate to the policy',
      () => cloud.sim.human.assignRole(OID, 'requester', vmScope()),
      'notEntitled',
    ],
    [
      'with initiate but without reading the VM',
      () => cloud.sim.human.assignRole(OID, 'initiator', group),
      'notEntitled',
    ],
    ['with one that takes it away from itself', () => cloud.sim.human.assignRole(OID, 'careful', group), 'notEntitled'],
    ['with one that is somebody else’s', () => cloud.sim.human.assignRole(TEAM, 'owner', group), 'notEntitled'],
    [
      'under a condition',
      () => cloud.sim.human.assignRole(OID, 'owner', group, '@Resource[x] StringEquals y'),
      'conditionalRole',
    ],
    ['when eligible only', () => cloud.sim.human.makeEligible(OID, 'requester', group), 'eligibleOnly'],
    ['when eligible elsewhere', () => cloud.sim.human.makeEligible(OID, 'requester', `${group}-2`), 'notEntitled'],
    [
      'when denied',
      () => {
        cloud.sim.human.assignRole(OID, 'owner', ROOT);
        denial();
      },
      'deniedByAzure',
    ],
    [
      'when a group is denied, which could be theirs',
      () => {
        cloud.sim.human.assignRole(OID, 'owner', ROOT);
        denial({ principals: [{ id: TEAM, type: 'Group' }] });
      },
      'entitlementUnknown',
    ],
  ])('not %s', async (_, given, code) => {
    given();
    await expect(ask()).rejects.toMatchObject({ code });
  });

  it('not without an Entra id', async () => {
    const { entra: _, ...nobody } = ADA;
    await expect(ask(nobody)).rejects.toMatchObject({ code: 'noEntraId', kind: 'unjudged' });
  });

  it.each([
    'RoleAssignments_ListForScope',
    'DenyAssignments_ListForScope',
    'RoleDefinitions_GetById',
    'RoleEligibilityScheduleInstances_ListForScope',
  ])('not while %s may not be read: that is not “no”, and it refuses', async (operation) => {
    if (operation !== 'RoleEligibilityScheduleInstances_ListForScope')
      cloud.sim.human.assignRole(OID, 'requester', group);
    const fault = { kind: 'error', status: 403, code: 'AuthorizationFailed', message: '-' } as const;
    cloud.sim.faults.add(operation, fault, Number.POSITIVE_INFINITY);
    await expect(ask()).rejects.toMatchObject({ code: 'entitlementUnknown', kind: 'unjudged' });
    cloud.sim.faults.clear();
    await (operation.startsWith('RoleElig') ? expect(ask()).rejects.toMatchObject({ code: 'notEntitled' }) : ask());
  });

  it('is read anew each time; what a role is may be some minutes old', async () => {
    cloud.sim.human.assignRole(OID, 'requester', group);
    await ask();
    const since = cloud.sim.log().length;
    await ask();
    expect(cloud.callsSince(since)).not.toContain('RoleDefinitions_GetById');
    cloud.sim.human.defineRole('requester', { name: 'Requester', permissions: [{ actions: [READ] }] });
    cloud.advance(5 * MINUTE_MS);
    await expect(ask()).rejects.toMatchObject({ code: 'notEntitled' });
    cloud.sim.human.unassignRoles(OID);
    await expect(ask()).rejects.toMatchObject({ code: 'notEntitled' });
  });

  it('is judged at the VM where there is no policy', async () => {
    const own = cloud.adapterFor({ ...cloud.settings, backend: 'nsg', entitlement: 'rbac' });
    cloud.sim.human.assignRole(OID, 'requester', vmScope());
    await expect(own.mayRequest?.(ADA, cloud.machine, never)).resolves.toBeUndefined();
  });

  it('is not asked unless the settings say so', () => expect(cloud.adapter.mayRequest).toBeUndefined());
});

it('in a subscription that is delegated from another tenant nobody can tell who lacks the right', async () => {
  await expect(ask()).rejects.toMatchObject({ code: 'notEntitled' });
  cloud.sim.behaviour.ownerTenant = '00000000-1111-4222-8333-444455556666';
  await expect(ask()).rejects.toMatchObject({ code: 'entitlementUnknown', kind: 'unjudged' });
  cloud.sim.human.assignRole(OID, 'requester', group);
  await expect(ask()).resolves.toBeUndefined();
});
