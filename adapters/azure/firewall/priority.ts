import type { AzureFirewall, FirewallPolicyRuleCollectionGroup } from '@azure/arm-network';
import { closingName, groupName, passesName } from './names.ts';
import type { RuleSource } from './rule-source.ts';

/** The least priority of a collection, and of a group of them; lower goes first. */
const FIRST = 100;
/** In our own group of a policy: what lets leases through, before what closes ports to everybody. The rest is behind. */
export const [PASS, DENY] = [100, 101] as const;

export interface ClosingPriorities {
  readonly pass: number;
  readonly deny: number;
}

/** Two places before the network rules of all others in a classic firewall; undefined when these leave none. */
export function prioritiesBefore(
  { networkRuleCollections = [] }: AzureFirewall,
  installation: string,
): ClosingPriorities | undefined {
  const [passes, closing] = [passesName(installation), closingName(installation)].map((name) => name.toLowerCase());
  const isNamed = (name: string | undefined) => (one: { readonly name?: string }) => one.name?.toLowerCase() === name;
  const own = [passes, closing].map((name) => networkRuleCollections.find(isNamed(name))?.priority);
  const others = networkRuleCollections.filter((one) => !isNamed(passes)(one) && !isNamed(closing)(one));
  const end = Math.min(65_001, ...others.map(({ priority = FIRST }) => priority));
  const [pass, deny] = own;
  if (pass !== undefined && deny !== undefined && pass < deny && deny < end) return { pass, deny };
  // All before the first of the others are free, but for our own two, which both move.
  return end - 2 >= FIRST ? { pass: end - 2, deny: end - 1 } : undefined;
}

/** A place for our group before all others of a policy; undefined when these leave none. */
export function groupPriorityBefore(
  groups: readonly FirewallPolicyRuleCollectionGroup[],
  installation: string,
): number | undefined {
  const isOurs = ({ name }: FirewallPolicyRuleCollectionGroup) =>
    name?.toLowerCase() === groupName(installation).toLowerCase();
  const end = Math.min(65_001, ...groups.filter((one) => !isOurs(one)).map(({ priority = FIRST }) => priority));
  const before = groups.find(isOurs)?.priority;
  if (before !== undefined && before < end) return before;
  return end > FIRST ? end - 1 : undefined;
}

/** Can ports be closed here before all rules of others? */
export function hasPriorityBefore(ruleSource: RuleSource, installation: string): boolean {
  return 'policy' in ruleSource
    ? groupPriorityBefore(ruleSource.groups, installation) !== undefined
    : prioritiesBefore(ruleSource.firewall, installation) !== undefined;
}
