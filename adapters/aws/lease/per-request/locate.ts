import type { Placement, Rule } from '../../../../src/core/rule/rule.ts';
import { mustHaveRoom } from '../../ec2/quotas.ts';
import { attachedGroups } from '../../ec2/security-group.ts';
import type { LeaseMachine } from '../strategy.ts';
import { leaseGroupName, placementIn } from './group.ts';

/** In a group for each source. Throws `interfaceFull` where one would have to be put on the interface and cannot. */
export async function locate(
  { aws, site, instance }: LeaseMachine,
  rules: readonly Rule[],
  signal: AbortSignal,
): Promise<readonly Placement[]> {
  const attached = new Set(attachedGroups(instance).values());
  const names = rules.map(({ source }) => leaseGroupName(aws.installation, instance.InstanceId ?? '', source));
  if (names.some((name) => !attached.has(name))) await mustHaveRoom(aws, site, instance, signal);
  return rules.map((rule, i) => placementIn(site, names[i] ?? '', rule));
}
