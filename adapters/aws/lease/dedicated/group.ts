import type { Placement, Rule } from '../../../../src/core/rule/rule.ts';
import { type AccountRegion, groupAt } from '../../ec2/ids.ts';
import { groupName, instanceOfGroup } from '../../ec2/security-group.ts';

/** The name of this strategy in placements. */
export const BACKEND = 'securityGroup';

/** Is it the name of a machine's own group? */
export function isGroup(installation: string, name: string): boolean {
  const instance = instanceOfGroup(installation, name);
  return instance !== undefined && name === groupName(installation, instance);
}

/** Where a rule stands in a security group, by the group's id. The lock is that of the group: all its rules are edited under it. */
export function placementIn(where: AccountRegion, group: string, rule: Rule): Placement {
  const at = groupAt(where, group);
  return { rule, backend: BACKEND, at, locks: [`aws:${at}`] };
}
