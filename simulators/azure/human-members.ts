import { wireFirewall } from './firewalls.ts';
import { newEtag } from './history.ts';
import type { Snapshot } from './model.ts';
import { overlayOf } from './overlay.ts';
import { wireGroup } from './rule-groups.ts';
import { wirePolicy } from './security.ts';
import type { Simulation } from './simulation.ts';

type Pick = <T extends { readonly id: string; readonly name: string }>(
  all: (view: Snapshot) => ReadonlyMap<string, T>,
  name: string,
) => T;
type Edit = (body: never) => unknown;

/** Objects that say more than is simulated: the answers say it, and a PUT without it loses it. */
export function createMemberHands({ world }: Simulation, pick: Pick) {
  const extraOf = (wire: unknown, edit: Edit) => overlayOf(edit(structuredClone(wire) as never), wire);
  return {
    extendFirewall(name: string, edit: Edit): void {
      const firewall = pick((view) => view.firewalls, name);
      const extra = extraOf(wireFirewall(firewall, world.nowMs), edit);
      world.put('firewalls', { ...firewall, extra, etag: newEtag() });
    },
    extendRuleGroup(policyName: string, name: string, edit: Edit): void {
      const policy = pick((view) => view.firewallPolicies, policyName);
      const group = pick((view) => view.ruleGroups, `${policy.id}/ruleCollectionGroups/${name}`);
      const extra = extraOf(wireGroup(group, policy, world.nowMs), edit);
      world.put('ruleGroups', { ...group, extra, etag: newEtag() });
    },
    extendPolicy(name: string, edit: Edit): void {
      const policy = pick((view) => view.policies, name);
      world.put('policies', { ...policy, extra: extraOf(wirePolicy(world.current, policy), edit) });
    },
    /** As Azure answers for them now. */
    wireOf: {
      firewall: (name: string) =>
        wireFirewall(
          pick((view) => view.firewalls, name),
          world.nowMs,
        ),
      ruleGroup: (policyName: string, name: string) => {
        const policy = pick((view) => view.firewallPolicies, policyName);
        const group = pick((view) => view.ruleGroups, `${policy.id}/ruleCollectionGroups/${name}`);
        return wireGroup(group, policy, world.nowMs);
      },
      policy: (name: string) =>
        wirePolicy(
          world.current,
          pick((view) => view.policies, name),
        ),
    },
  };
}
