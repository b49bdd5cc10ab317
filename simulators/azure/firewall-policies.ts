import type { Firewall, FirewallPolicy, RuleGroup } from './firewall-model.ts';
import { newEtag } from './history.ts';
import { type Snapshot, sameId } from './model.ts';
import { reads, ref } from './read-routes.ts';
import type { Route } from './route.ts';
import type { Simulation } from './simulation.ts';

/** The rule collection groups of a policy. */
export function groupsOf(view: Snapshot, policyId: string): readonly RuleGroup[] {
  return [...view.ruleGroups.values()].filter((group) => sameId(group.policyId, policyId));
}

/** A policy and all that inherit from it. */
export function familyOf(view: Snapshot, policy: FirewallPolicy): readonly FirewallPolicy[] {
  const children = [...view.firewallPolicies.values()].filter((one) => sameId(one.basePolicyId, policy.id));
  return [policy, ...children.flatMap((child) => familyOf(view, child))];
}

/** The firewalls that follow one of the policies. */
export function followersOf(view: Snapshot, policies: readonly FirewallPolicy[]): readonly Firewall[] {
  return [...view.firewalls.values()].filter((one) => policies.some((policy) => sameId(policy.id, one.policyId)));
}

/** Begins an update of a policy: until it is through, what stands now stays in force everywhere. */
export function occupy({ world, behaviour }: Simulation, policy: FirewallPolicy): void {
  const busyUntilMs = world.nowMs + behaviour.firewallMs;
  const family = familyOf(world.current, policy);
  for (const firewall of followersOf(world.current, family)) {
    world.put('firewalls', { ...firewall, before: firewall.rules, busyUntilMs });
  }
  for (const one of family) {
    world.put('firewallPolicies', { ...one, etag: newEtag(), before: groupsOf(world.current, one.id), busyUntilMs });
  }
}

function wirePolicy(view: Snapshot, policy: FirewallPolicy, nowMs: number) {
  return {
    id: policy.id,
    name: policy.name,
    type: 'Microsoft.Network/firewallPolicies',
    location: policy.location,
    etag: policy.etag,
    properties: {
      provisioningState: policy.busyUntilMs > nowMs ? 'Updating' : 'Succeeded',
      threatIntelMode: policy.threatIntelMode ?? 'Alert',
      threatIntelWhitelist: policy.neverThreats && { ipAddresses: policy.neverThreats },
      sku: { tier: 'Standard' },
      basePolicy: ref(policy.basePolicyId),
      childPolicies: [...view.firewallPolicies.values()].flatMap((one) =>
        sameId(one.basePolicyId, policy.id) ? [{ id: one.id }] : [],
      ),
      ruleCollectionGroups: groupsOf(view, policy.id).map(({ id }) => ({ id })),
      firewalls: followersOf(view, [policy]).map(({ id }) => ({ id })),
    },
  };
}

/** The reads of firewall policies; only their rule collection groups are written. */
export function firewallPolicyRoutes(sim: Simulation): readonly Route[] {
  return reads(sim, {
    operations: 'FirewallPolicies',
    type: 'firewallPolicies',
    parameter: 'firewallPolicyName',
    items: (view) => view.firewallPolicies,
    wire: (call, policy) => wirePolicy(call.view, policy, sim.world.nowMs),
  });
}
