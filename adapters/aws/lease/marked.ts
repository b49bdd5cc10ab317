import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { MarkedRule, Placement, Rule } from '../../../src/core/rule/rule.ts';
import { isGroup } from '../../../src/core/rule/source.ts';
import { canonicalCidr } from '../ec2/cidr.ts';
import type { Aws } from '../ec2/context.ts';
import { portOf, sourceOf } from '../ec2/rule.ts';
import { requestsIn, TAG, tagsOf } from '../ec2/tags.ts';

/** Where a rule stands in the group that it is in. */
export type PlacementOf = (rule: Rule) => Placement;

/** A rule found in a cloud, with what its mark is worth there. */
export function markedRule(
  { marks }: Pick<Aws, 'marks'>,
  machine: MachineId,
  placementOf: PlacementOf,
  found: SecurityGroupRule,
): MarkedRule {
  const id = found.SecurityGroupRuleId;
  const placement = {
    ...placementOf(ruleOf(machine, found)),
    ...(id === undefined ? {} : { id }),
  };
  const text = tagsOf(found.Tags)[TAG.mark];
  if (text === undefined) return { placement, mark: 'missing' };
  const { valid, until } = marks.verify(text, placement);
  const requests = requestsIn(found.Tags);
  return valid && until !== undefined
    ? { placement, mark: 'valid', until, ...(requests ? { requests } : {}) }
    : { placement, mark: 'wrong' };
}

function ruleOf(machine: MachineId, found: SecurityGroupRule): Rule {
  const port = portOf(found);
  const source = sourceOf(found);
  if (port) return { machine, port, source };
  // A range or another protocol, written by hand: named so that it is never taken for a rule of one port.
  const { IpProtocol, FromPort = -1, ToPort = -1 } = found;
  const named = `${source} (${IpProtocol} ${FromPort} to ${ToPort})`;
  return { machine, port: { number: Math.max(0, FromPort), protocol: 'tcp' }, source: named };
}

/** Can the placement's rule be told by port and source alone? A rule that others wrote where only we write has only its id. */
export function isPlain({ rule }: Placement): boolean {
  return isGroup(rule.source) || canonicalCidr(rule.source) === rule.source;
}
