import type { FirewallPolicyRuleCollectionGroup, FirewallPolicyRuleCollectionUnion } from '@azure/arm-network';
import { describe, expect, it } from 'vitest';
import { type Azure, call, MINUTE_MS, refusal, startAzure } from './azure-clients.ts';
import { FIREWALL_IP, governed, guarded } from './azure-firewalls.ts';

const start = (options = {}) => startAzure({ machines: [guarded()], network: governed(), ...options });

const dnat = (change = {}): FirewallPolicyRuleCollectionUnion => ({
  ruleCollectionType: 'FirewallPolicyNatRuleCollection',
  name: 'leases',
  priority: 100,
  action: { type: 'DNAT' },
  rules: [
    {
      ruleType: 'NatRule',
      name: 'ssh',
      ipProtocols: ['TCP'],
      sourceAddresses: ['203.0.113.7'],
      destinationAddresses: [FIREWALL_IP],
      destinationPorts: ['40022'],
      translatedAddress: '10.0.3.4',
      translatedPort: '22',
    },
  ],
  ...change,
});
const group = (...ruleCollections: FirewallPolicyRuleCollectionUnion[]): FirewallPolicyRuleCollectionGroup => ({
  priority: 150,
  ruleCollections,
});
const write = ({ network }: Azure, body: FirewallPolicyRuleCollectionGroup, name = 'ours', policy = 'branch') =>
  network.firewallPolicyRuleCollectionGroups.createOrUpdate('rg-prod', policy, name, body, { updateIntervalInMs: 10 });

describe('a firewall policy', () => {
  it('tells its parent, its children, its groups and its firewalls', async () => {
    const { network } = await start();
    const last = (refs: readonly { id?: string }[] | undefined) => refs?.map((r) => r.id?.split('/').at(-1));
    const branch = await network.firewallPolicies.get('rg-prod', 'branch');
    expect(branch.basePolicy?.id).toMatch(/\/firewallPolicies\/base$/);
    expect(last(branch.firewalls)).toEqual(['edge']);
    const listed = [];
    for await (const policy of network.firewallPolicies.listAll()) listed.push(policy);
    for await (const policy of network.firewallPolicies.list('rg-prod')) listed.push(policy);
    expect(listed.map((p) => p.name)).toEqual(['base', 'branch', 'base', 'branch']);
    expect([last(listed[0]?.childPolicies), last(listed[0]?.ruleCollectionGroups)]).toEqual([['branch'], ['standard']]);
    const groups = [];
    for await (const one of network.firewallPolicyRuleCollectionGroups.list('rg-prod', 'base')) groups.push(one);
    expect(groups[0]).toMatchObject({ name: 'standard', priority: 500, ruleCollections: [{ name: 'admins' }] });
    const firewall = await network.azureFirewalls.get('rg-prod', 'edge');
    expect(firewall).toMatchObject({ firewallPolicy: { id: branch.id }, natRuleCollections: [] });
  });

  it('has groups that are written one by one and leave each other alone', async () => {
    const all = await start();
    const { network, azure } = all;
    const made = await write(all, group(dnat()));
    expect(made).toMatchObject({ name: 'ours', priority: 150, ruleCollections: [dnat()] });
    await write(all, { ...group(dnat()), priority: 160 }, 'second');
    await write(all, group());
    const read = (name: string) => network.firewallPolicyRuleCollectionGroups.get('rg-prod', 'branch', name);
    expect((await read('ours')).ruleCollections).toEqual([]);
    expect((await read('second')).ruleCollections).toHaveLength(1);
    await network.firewallPolicyRuleCollectionGroups.delete('rg-prod', 'branch', 'ours');
    await network.firewallPolicyRuleCollectionGroups.delete('rg-prod', 'branch', 'ours');
    expect(await refusal(read('ours'))).toBe('404 NotFound');
    expect(azure.log().map((l) => l.summary)).toContain('FirewallPolicyRuleCollectionGroups_Delete branch/ours → 202');
  });

  it('takes one update at a time, with those of its parent and of its firewall', async () => {
    const all = await start({ firewallMs: 4 * MINUTE_MS });
    const { clock, network } = all;
    const first = write(all, group(dnat()));
    const state = async () => (await network.firewallPolicies.get('rg-prod', 'branch')).provisioningState;
    await expect.poll(state).toBe('Updating');
    expect((await network.azureFirewalls.get('rg-prod', 'edge')).provisioningState).toBe('Updating');
    const busy = '400 FirewallPolicyUpdateNotAllowedWhenUpdatingOrDeleting';
    expect(await refusal(write(all, group(), 'second'))).toBe(busy);
    expect(await refusal(network.firewallPolicyRuleCollectionGroups.delete('rg-prod', 'branch', 'ours'))).toBe(busy);
    expect(await refusal(write(all, { priority: 700 }, 'third', 'base'))).toBe('400 InvalidRequestContent');
    const inherited = await refusal(write(all, { priority: 700, ruleCollections: [] }, 'third', 'base'));
    expect(inherited).toBe('429 AnotherOperationInProgress');
    const firewall = await network.azureFirewalls.get('rg-prod', 'edge');
    const update = network.azureFirewalls.createOrUpdate('rg-prod', 'edge', firewall);
    expect(await refusal(update)).toBe('429 AnotherOperationInProgress');
    clock.advance(4 * MINUTE_MS);
    expect((await first).provisioningState).toBe('Succeeded');
  });

  it.each<[string, FirewallPolicyRuleCollectionGroup, string]>([
    ['a priority of a group below 100', { ...group(), priority: 99 }, 'InvalidRequestContent'],
    ['a priority of a group that is taken', { ...group(), priority: 160 }, 'FirewallRuleCollectionPriorityConflict'],
    ['a collection without rules', group(dnat({ rules: [] })), 'InvalidRequestContent'],
    ['two collections of one name', group(dnat(), dnat({ priority: 101 })), 'InvalidRequestFormat'],
    ['two collections of one priority', group(dnat(), dnat({ name: 'b' })), 'FirewallRuleCollectionPriorityConflict'],
    ['the classic spelling of DNAT', group(dnat({ action: { type: 'Dnat' } })), 'InvalidRequestContent'],
    [
      'NAT rules among the filters',
      group(dnat({ ruleCollectionType: 'FirewallPolicyFilterRuleCollection', action: { type: 'Allow' } })),
      'FirewallPolicyRuleCollectionInvalidRuleType',
    ],
  ])('refuses %s', async (_, body, code) => {
    const all = await start();
    await write(all, { priority: 160, ruleCollections: [] }, 'second');
    expect(await refusal(write(all, body))).toBe(`400 ${code}`);
    expect(await refusal(all.network.firewallPolicyRuleCollectionGroups.get('rg-prod', 'branch', 'ours'))).toMatch(
      /404/,
    );
  });

  it('is not written itself, and refuses what it does not know', async () => {
    const all = await start();
    const path = '/resourceGroups/rg-prod/providers/Microsoft.Network/firewallPolicies/branch';
    const version = 'api-version=2026-01-01';
    expect(await call(all, 'PUT', `${path}?${version}`, {})).toMatchObject({ code: 'MethodNotAllowed' });
    const body = { properties: { priority: 150, ruleCollections: [], colour: 'red' } };
    const reply = await call(all, 'PUT', `${path}/ruleCollectionGroups/ours?${version}`, body);
    expect(reply).toMatchObject({ status: 400, code: 'InvalidRequestContent' });
  });
});
