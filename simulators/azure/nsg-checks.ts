import { badRequest, Refusal } from './errors.ts';
import type { Nsg, Rule, Snapshot } from './model.ts';

/** Custom rules that one group holds, and addresses on one side of all of them ("Azure virtual network limits"). */
const MOST_RULES = 1000;
const MOST_ADDRESSES = 4000;

/** 429 that is a lock, not a quota: another write to the group is under way. */
export function refuseWhileBusy(nsg: Nsg, nowMs: number): void {
  if (nsg.busyUntilMs <= nowMs) return;
  const message = `Operation on ${nsg.name} cannot proceed because another operation (PutSecurityRuleOperation) is updating resource ${nsg.id}.`;
  throw new Refusal(429, 'RetryableErrorDueToAnotherOperation', message);
}

const sides = ['source', 'destination'] as const;

/** Addresses and prefixes that a side of a rule names; tags and application security groups are none. */
function addressesOn(side: (typeof sides)[number], { properties }: Rule): number {
  const { [`${side}AddressPrefix` as const]: single, [`${side}AddressPrefixes` as const]: many = [] } = properties;
  return [...(single === undefined ? [] : [single]), ...many].filter((text) => /[.:]/.test(text)).length;
}

/** Refuses a rule that its group cannot take beside the others. */
export function checkNewRule(view: Snapshot, nsg: Nsg, rule: Rule, others: readonly Rule[]): void {
  const { priority, direction } = rule.properties;
  const clash = others.find(({ properties: p }) => p.priority === priority && p.direction === direction);
  if (clash) {
    const message = `Security rule ${rule.name} conflicts with rule ${clash.name}. Rules cannot have the same Priority and Direction.`;
    throw badRequest(message, 'SecurityRuleConflict');
  }
  if (others.length >= MOST_RULES) {
    const message = `Network security group ${nsg.name} cannot have more than ${MOST_RULES} rules.`;
    throw new Refusal(400, 'NetworkSecurityGroupRuleCountLimitReached', message);
  }
  for (const side of sides) {
    const count = [...others, rule].reduce((sum, one) => sum + addressesOn(side, one), 0);
    if (count > MOST_ADDRESSES) {
      const message = `Network security group ${nsg.name} cannot have more than ${MOST_ADDRESSES} ${side} addresses.`;
      throw new Refusal(400, 'NetworkSecurityGroupAddressCountLimitReached', message);
    }
    for (const { id } of rule.properties[`${side}ApplicationSecurityGroups`] ?? []) {
      if (view.applicationGroups.has(id.toLowerCase())) continue;
      throw badRequest(`Resource ${id} referenced by the rule ${rule.name} was not found.`, 'InvalidResourceReference');
    }
  }
}
