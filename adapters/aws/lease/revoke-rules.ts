import {
  type IpPermission,
  type RevokedSecurityGroupRule,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import type { Placement } from '../../../src/core/rule/rule.ts';
import { isExactly, permissionOf } from '../ec2/rule.ts';
import { isOurs, readGroup } from '../ec2/security-group.ts';
import { isNotFound } from '../errors.ts';
import { isPlain, markedRule, type PlacementOf } from './marked.ts';
import type { LeaseWork } from './strategy.ts';

/** Rules of one group that are to go. */
interface Revoking extends LeaseWork {
  /** `sg-…` */
  readonly group: string;
  readonly placementOf: PlacementOf;
}

/** Takes rules of one group away by their placements alone; one call is the usual cost. Absent is success. */
export async function revokeRules(work: Revoking, placements: readonly Placement[]): Promise<void> {
  const { again = [], fresh = [] } = Object.groupBy(placements, (one) =>
    work.aws.revoked.longAgo(one.id) ? 'again' : 'fresh',
  );
  const left = await revokeKnown(work, fresh);
  if (left.length + again.length > 0) await revokeUnsure(work, left, again);
}

/** By the recorded ids, all in one call. Gives those that the reply does not name. */
async function revokeKnown(work: Revoking, placements: readonly Placement[]): Promise<readonly Placement[]> {
  const ids = placements.flatMap(({ id }) => id ?? []);
  return revoke(work, placements, { SecurityGroupRuleIds: ids }, ids.length);
}

/**
 * What no reply has named yet. A reading shows what stands there under another id; and because a reading may be older
 * than the rule, what it does not show is revoked by port and source too, one by one, since one that is not there
 * refuses the whole call. `again` was confirmed long ago: for these the reading is enough.
 */
async function revokeUnsure(work: Revoking, left: readonly Placement[], again: readonly Placement[]): Promise<void> {
  const { aws, site, group, placementOf, allowed } = work;
  const there = await site.now.rules(group, allowed.signal);
  const foundOf = (placement: Placement) => there.find((rule) => isAt(rule, placement));
  const found = [...left, ...again].filter(foundOf);
  if (found.length === 0 && left.length === 0) return;
  const inGroup = await readGroup(site, group, allowed.signal);
  if (!inGroup) return;
  const ours = isOurs(inGroup, aws.installation);
  // In a group that is not (or no longer told as) ours only what bears our mark may be touched.
  const isMine = (rule: SecurityGroupRule, { rule: { machine } }: Placement) =>
    ours || markedRule(aws, machine, placementOf, rule).mark === 'valid';
  const mine = found.flatMap((placement) => {
    const rule = foundOf(placement);
    return rule && isMine(rule, placement) ? [{ ...placement, id: rule.SecurityGroupRuleId }] : [];
  });
  const standing = await revokeKnown(work, mine);
  const unseen = left.filter((placement) => !foundOf(placement));
  for (const placement of [...standing, ...(ours ? unseen : [])]) {
    const { id } = placement;
    if (isPlain(placement) && ours) await revoke(work, [placement], { IpPermissions: [permissionOf(placement.rule)] });
    else if (id !== undefined) await revoke(work, [placement], { SecurityGroupRuleIds: [id] });
  }
}

function isAt(rule: SecurityGroupRule, placement: Placement): boolean {
  return isExactly(rule, placement.rule) || (!isPlain(placement) && rule.SecurityGroupRuleId === placement.id);
}

type Which = { readonly SecurityGroupRuleIds: string[] } | { readonly IpPermissions: IpPermission[] };

/**
 * One call. Gives the placements that the reply does not name as revoked: all of them when something named was not
 * found, because then nothing is revoked (outside a default VPC; inside, what was found is gone and named).
 */
async function revoke(
  { aws, site, group, allowed }: Revoking,
  placements: readonly Placement[],
  which: Which,
  count = 1,
): Promise<readonly Placement[]> {
  if (count === 0) return placements;
  const input = { GroupId: group, ...which };
  try {
    const reply = await site.change(input, allowed, (ec2, options) =>
      ec2.send(new RevokeSecurityGroupIngressCommand(input), options),
    );
    const revoked = reply.RevokedSecurityGroupRules ?? [];
    for (const { SecurityGroupRuleId: id } of revoked) if (id) aws.revoked.note(id);
    return placements.filter((placement) => !isNamed(revoked, placement));
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return placements;
  }
}

function isNamed(revoked: readonly RevokedSecurityGroupRule[], placement: Placement): boolean {
  const { id, rule } = placement;
  if (isPlain(placement)) return revoked.some((one) => isExactly(one, rule));
  return id !== undefined && revoked.some((one) => one.SecurityGroupRuleId === id);
}
