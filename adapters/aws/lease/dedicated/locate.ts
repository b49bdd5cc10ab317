import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import { portText } from '../../../../src/core/rule/port.ts';
import type { Placement, Rule } from '../../../../src/core/rule/rule.ts';
import { familyOf, isGroup } from '../../../../src/core/rule/source.ts';
import { mustHoldRules } from '../../ec2/quotas.ts';
import { portOf, sourceOf } from '../../ec2/rule.ts';
import type { LeaseMachine } from '../strategy.ts';
import { placementIn } from './group.ts';

/** In the machine's own group. Throws `groupFull`. */
export async function locate(
  { aws, site, jitGroup, there }: LeaseMachine,
  rules: readonly Rule[],
  signal: AbortSignal,
): Promise<readonly Placement[]> {
  await mustHoldRules(aws, site, mostOfAFamily(there ?? (await site.now.rules(jitGroup, signal)), rules), signal);
  return rules.map((rule) => placementIn(site, jitGroup, rule));
}

/** Rules that a group would have with these, of the family that has more: one that names a group counts in both ("Amazon VPC quotas"). */
function mostOfAFamily(there: readonly SecurityGroupRule[], wanted: readonly Rule[]): number {
  const known = new Set(
    there.map((rule) => `${portText(portOf(rule) ?? { number: 0, protocol: 'tcp' })} ${sourceOf(rule)}`),
  );
  const added = wanted.filter(({ port, source }) => !known.has(`${portText(port)} ${source}`));
  const sources = [...there.map(sourceOf), ...added.map(({ source }) => source)];
  const both = sources.filter(isGroup).length;
  const six = sources.filter((source) => familyOf(source) === 'ipv6').length;
  return Math.max(six + both, sources.length - six);
}
