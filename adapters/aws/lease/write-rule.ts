import { AuthorizeSecurityGroupIngressCommand, CreateTagsCommand, type SecurityGroupRule } from '@aws-sdk/client-ec2';
import { JitError } from '../../../src/core/errors/errors.ts';
import { type Placement, placementKey } from '../../../src/core/rule/rule.ts';
import type { Opened, Opening } from '../../../src/ports/cloud.ts';
import { isExactly, permissionOf } from '../ec2/rule.ts';
import type { Site } from '../ec2/sites.ts';
import { isoOf, ruleTags } from '../ec2/tags.ts';
import { CLOUD, isCode } from '../errors.ts';
import { markedRule, type PlacementOf } from './marked.ts';
import type { LeaseWork } from './strategy.ts';

/** A rule that is being written into a group that is there. */
interface Writing extends LeaseWork {
  /** `sg-…` */
  readonly group: string;
  readonly placementOf: PlacementOf;
  readonly opening: Opening;
}

/** Makes a rule be in its group with a mark that carries exactly this end. Throws `InvalidGroup.NotFound` as EC2 says it. */
export async function writeRule(writing: Writing): Promise<Opened> {
  const { site, group, opening, allowed } = writing;
  const { placement } = opening;
  // A rule that was seen there only needs its mark looked at.
  const known = placement.id === undefined ? undefined : await find(site, group, placement, allowed.signal);
  if (known) return remark(writing, known);
  try {
    return await authorize(writing);
  } catch (error) {
    // Ours from before, whose reply was lost or which another lease opened.
    if (!isCode(error, 'InvalidPermission.Duplicate')) throw error;
    const there = await find(site, group, placement, allowed.signal);
    if (!there) throw new JitError('cloudBusy', { cloud: CLOUD }, { cause: error });
    return remark(writing, there);
  }
}

async function find(
  site: Site,
  group: string,
  { rule }: Placement,
  signal: AbortSignal,
): Promise<SecurityGroupRule | undefined> {
  return (await site.now.rules(group, signal)).find((one) => isExactly(one, rule));
}

async function authorize({ aws, site, group, opening, allowed }: Writing): Promise<Opened> {
  const { placement, until, note } = opening;
  const tags = ruleTags(opening, aws.marks.sign(placement, until));
  const input = {
    GroupId: group,
    IpPermissions: [permissionOf(placement.rule, descriptionOf(note.request, until))],
    TagSpecifications: [{ ResourceType: 'security-group-rule' as const, Tags: tags }],
  };
  const acting = aws.sites.forRequest(site, note.request, note.requester);
  const reply = await acting.change(input, allowed, (ec2, options) =>
    ec2.send(new AuthorizeSecurityGroupIngressCommand(input), options),
  );
  const id = reply.SecurityGroupRules?.[0]?.SecurityGroupRuleId;
  return { placement: { ...placement, ...(id === undefined ? {} : { id }) }, outcome: 'opened' };
}

/** The tags are what is kept up to date; EC2 takes only these characters in a description. */
function descriptionOf(request: string, until: number): string {
  const id = request.replace(/[^a-zA-Z0-9 ._:/-]/g, '-').slice(0, 100);
  return `drawbridge ${id} until ${isoOf(until)} unless extended (see tags)`;
}

async function remark(
  { aws, site, placementOf, opening, allowed }: Writing,
  there: SecurityGroupRule,
): Promise<Opened> {
  const { until, note } = opening;
  const found = markedRule(aws, opening.placement.rule.machine, placementOf, there);
  const placement = { ...opening.placement, id: there.SecurityGroupRuleId ?? '' };
  const isRight = found.mark === 'valid' && found.until === until;
  const named = [note, ...(note.others ?? [])].map(({ request }) => request);
  if (isRight && String(found.requests?.toSorted()) === String(named.toSorted()))
    return { placement, outcome: 'present' };
  if (found.mark !== 'valid') {
    const fields = { placement: placementKey(placement), mark: found.mark };
    aws.log.warn(fields, 'a rule without our mark stands where only we write; marking it');
  }
  const input = { Resources: [placement.id], Tags: ruleTags(opening, aws.marks.sign(placement, until)) };
  const acting = aws.sites.forRequest(site, note.request, note.requester);
  try {
    await acting.change(input, allowed, (ec2, options) => ec2.send(new CreateTagsCommand(input), options));
  } catch (error) {
    // Who it is for is told to people alone: access waits for that neither to begin nor to end.
    if (!isRight || allowed.signal.aborted) throw error;
    aws.log.warn({ placement: placementKey(placement), error }, 'the tags of a rule do not name all its requests yet');
    return { placement, outcome: 'present' };
  }
  return { placement, outcome: 'remarked' };
}
