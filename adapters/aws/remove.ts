import { RevokeSecurityGroupIngressCommand } from '@aws-sdk/client-ec2';
import { type Placement, placementKey } from '../../src/core/rule/rule.ts';
import { allowedUntil } from '../../src/kit/call.ts';
import { outcomesOf } from '../../src/kit/outcome.ts';
import type { MayGo } from '../../src/ports/remover.ts';
import type { Aws } from './ec2/context.ts';
import { groupRef } from './ec2/ids.ts';
import { isOurs, readGroup } from './ec2/security-group.ts';
import type { Site } from './ec2/sites.ts';
import { isNotFound } from './errors.ts';
import { markedRule } from './lease/marked.ts';
import { strategyOf } from './lease/strategies.ts';
import { cloudNow } from './patrol.ts';

/** What is gone already refuses the whole call: then it is read once more. */
const TRIES = 2;

/**
 * Takes rules away by their ids, right after they were read: an id is never used again, so nothing else can be meant. Groups
 * stay, and stay on their interfaces, whose list of groups can only be written whole.
 */
export async function remove(
  aws: Aws,
  placements: readonly Placement[],
  mayGo: MayGo,
  signal: AbortSignal,
): Promise<readonly Placement[]> {
  const byGroup = [...Map.groupBy(placements, ({ backend, at }) => `${backend} ${at}`).values()];
  const { done, failed } = await outcomesOf(byGroup, (those) => removeIn(aws, those, mayGo, signal));
  const [first] = failed;
  if (first) throw first.error;
  return done.flatMap(({ value }) => value);
}

async function removeIn(
  aws: Aws,
  placements: readonly Placement[],
  mayGo: MayGo,
  signal: AbortSignal,
): Promise<readonly Placement[]> {
  const [one] = placements;
  if (!one) return [];
  const { group: name, ...where } = groupRef(one.at);
  const site = aws.sites.ofOpen(where);
  const group = await strategyOf(one).idOf(site, name, signal);
  if (group === undefined) return [];
  for (let tries = 1; ; tries += 1) {
    const going = await goingIn(aws, { site, group, name, placements }, mayGo, signal);
    if (going.length === 0) return [];
    const input = { GroupId: group, SecurityGroupRuleIds: going.map(({ id }) => id) };
    try {
      await site.change(input, allowedUntil(signal), (ec2, options) =>
        ec2.send(new RevokeSecurityGroupIngressCommand(input), options),
      );
      return going.map(({ placement }) => placement);
    } catch (error) {
      if (!isNotFound(error) || tries === TRIES) throw error;
    }
  }
}

interface InGroup {
  readonly site: Site;
  /** `sg-…` */
  readonly group: string;
  /** What placements are `at`: the group's id or name. */
  readonly name: string;
  readonly placements: readonly Placement[];
}

interface Going {
  readonly id: string;
  readonly placement: Placement;
}

async function goingIn(
  aws: Aws,
  { site, group, name, placements }: InGroup,
  mayGo: MayGo,
  signal: AbortSignal,
): Promise<readonly Going[]> {
  const wanted = new Map(placements.map((placement) => [placementKey(placement), placement]));
  const [
    {
      rule: { machine },
      ...first
    },
  ] = placements as readonly [Placement, ...Placement[]];
  const found = (await site.now.rules(group, signal)).flatMap((rule) => {
    const placementOf = (asked: Placement['rule']) => strategyOf(first).placementIn(site, { id: group, name }, asked);
    const one = { ...markedRule(aws, machine, placementOf, rule), ...cloudNow(site) };
    const placement = wanted.get(placementKey(one.placement));
    const id = rule.SecurityGroupRuleId;
    return placement && id !== undefined && mayGo(one) ? [{ id, placement, mark: one.mark }] : [];
  });
  // In a group that is not (or no longer told as) ours only what bears our mark may be touched.
  if (found.every(({ mark }) => mark === 'valid')) return found;
  const inGroup = await readGroup(site, group, signal);
  return inGroup && isOurs(inGroup, aws.installation) ? found : found.filter(({ mark }) => mark === 'valid');
}
