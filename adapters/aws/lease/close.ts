import {
  type IpPermission,
  type RevokedSecurityGroupRule,
  RevokeSecurityGroupIngressCommand,
  type SecurityGroupRule,
} from '@aws-sdk/client-ec2';
import type { Placement } from '../../../src/core/rule/rule.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import type { Aws } from '../ec2/context.ts';
import { groupRef } from '../ec2/ids.ts';
import { isExactly, permissionOf } from '../ec2/rule.ts';
import { isOurs, readGroup } from '../ec2/security-group.ts';
import type { Site } from '../ec2/sites.ts';
import { isNotFound } from '../errors.ts';
import { dismantle, findNamedForSure } from './group.ts';
import { isPlain, markedRule } from './marked.ts';

/** Rules of one group that are to go. */
interface Work {
  readonly aws: Aws;
  readonly site: Site;
  readonly group: string;
  /** Its name where the placements have that, for a group of a lease; else its id. */
  readonly name: string;
  readonly allowed: Allowed;
}

/** Takes rules away by their placements alone; one call for each group is the usual cost. */
export async function close(aws: Aws, placements: readonly Placement[], allowed: Allowed): Promise<void> {
  const byGroup = [...Map.groupBy(placements, ({ at }) => at)];
  const done = await Promise.allSettled(byGroup.map(([at, those]) => closeIn(aws, at, those, allowed)));
  const failed = done.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

async function closeIn(aws: Aws, at: string, placements: readonly Placement[], allowed: Allowed): Promise<void> {
  const { group: name, ...where } = groupRef(at);
  const site = aws.sites.of(where);
  const group = await findNamedForSure({ aws, site }, name, allowed.signal);
  // With the group its rules are gone.
  if (group === undefined) return;
  const work = { aws, site, group, name, allowed };
  const { again = [], fresh = [] } = Object.groupBy(placements, (one) =>
    aws.revoked.longAgo(one.id) ? 'again' : 'fresh',
  );
  const left = await revokeKnown(work, fresh);
  if (left.length + again.length > 0) await closeUnsure(work, left, again);
  const [first] = placements;
  if (first && name !== group) await dismantle(work, first.rule.machine, group);
}

/** By the recorded ids, all in one call. Gives those that the reply does not name. */
async function revokeKnown(work: Work, placements: readonly Placement[]): Promise<readonly Placement[]> {
  const ids = placements.flatMap(({ id }) => id ?? []);
  return revoke(work, placements, { SecurityGroupRuleIds: ids }, ids.length);
}

/**
 * What no reply has named yet. A reading shows what stands there under another id; and because a reading may be older
 * than the rule, what it does not show is revoked by port and source too, one by one, since one that is not there
 * refuses the whole call. `again` was confirmed long ago: for these the reading is enough.
 */
async function closeUnsure(work: Work, left: readonly Placement[], again: readonly Placement[]): Promise<void> {
  const { aws, site, group, name, allowed } = work;
  const there = await site.now.rules(group, allowed.signal);
  const foundOf = (placement: Placement) => there.find((rule) => isAt(rule, placement));
  const found = [...left, ...again].filter(foundOf);
  if (found.length === 0 && left.length === 0) return;
  const inGroup = await readGroup(site, group, allowed.signal);
  if (!inGroup) return;
  const ours = isOurs(inGroup, aws.installation);
  // In a group that is not (or no longer told as) ours only what bears our mark may be touched.
  const isMine = (rule: SecurityGroupRule, { rule: { machine } }: Placement) =>
    ours || markedRule(site, machine, rule, aws, name).mark === 'valid';
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
  { aws, site, group, allowed }: Work,
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
    const named = (placement: Placement) => reply.RevokedSecurityGroupRules?.some((one) => isNamed(one, placement));
    for (const { SecurityGroupRuleId: id } of reply.RevokedSecurityGroupRules ?? []) if (id) aws.revoked.note(id);
    return placements.filter((placement) => !named(placement));
  } catch (error) {
    if (!isNotFound(error)) throw error;
    return placements;
  }
}

function isNamed(revoked: RevokedSecurityGroupRule, placement: Placement): boolean {
  return isPlain(placement)
    ? isExactly(revoked, placement.rule)
    : revoked.SecurityGroupRuleId !== undefined && revoked.SecurityGroupRuleId === placement.id;
}
