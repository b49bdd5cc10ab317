import { AuthorizeSecurityGroupIngressCommand, CreateTagsCommand, type SecurityGroupRule } from '@aws-sdk/client-ec2';
import { JitError } from '../../../src/core/errors/errors.ts';
import { type Placement, placementKey } from '../../../src/core/rule/rule.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import type { Opened, Opening } from '../../../src/ports/cloud.ts';
import type { Aws } from '../ec2/context.ts';
import { groupRef, instanceRef } from '../ec2/ids.ts';
import { patiently } from '../ec2/onboarding.ts';
import { isExactly, permissionOf } from '../ec2/rule.ts';
import type { Site } from '../ec2/sites.ts';
import { isoOf, ruleTags } from '../ec2/tags.ts';
import { CLOUD, isCode } from '../errors.ts';
import { attachGroup, type Making, makeGroup, PER_REQUEST } from './group.ts';
import { markedRule } from './marked.ts';

/** Makes a rule be there with a mark that carries exactly this end. */
export async function openOne(aws: Aws, opening: Opening, allowed: Allowed): Promise<Opened> {
  const { placement } = opening;
  const { group, ...where } = groupRef(placement.at);
  const site = aws.sites.of(where);
  if (placement.backend !== PER_REQUEST) return openIn(aws, site, group, opening, allowed);
  return openInItsOwn({ aws, site, allowed }, group, opening);
}

/** The rule comes before the group is attached: nothing else is ever let in by it. */
async function openInItsOwn(making: Making, name: string, opening: Opening): Promise<Opened> {
  const { aws, site, allowed } = making;
  const { machine } = opening.placement.rule;
  const { instance: id } = instanceRef(machine);
  const instance = await site.now.instance(id, allowed.signal);
  if (!instance) throw new JitError('machineGone', { machine: id });
  return patiently({ aws, signal: allowed.signal }, async () => {
    const group = await makeGroup(making, name, machine, instance.VpcId ?? '');
    const opened = await openIn(aws, site, group, opening, allowed);
    await attachGroup(making, machine, group);
    return opened;
  });
}

async function openIn(aws: Aws, site: Site, group: string, opening: Opening, allowed: Allowed): Promise<Opened> {
  const { placement } = opening;
  // A rule that was seen there only needs its mark looked at.
  const known = placement.id === undefined ? undefined : await find(site, group, placement, allowed.signal);
  if (known) return remark(aws, site, opening, known, allowed);
  try {
    return await authorize(aws, site, group, opening, allowed);
  } catch (error) {
    if (isCode(error, 'InvalidGroup.NotFound')) {
      if (placement.backend === PER_REQUEST) throw error;
      const { machine, port } = placement.rule;
      throw new JitError('notProtected', { machine, port: port.number, protected: 'nothing' }, { cause: error });
    }
    // Ours from before, whose reply was lost or which another lease opened.
    if (!isCode(error, 'InvalidPermission.Duplicate')) throw error;
    const there = await find(site, group, placement, allowed.signal);
    if (!there) throw new JitError('cloudBusy', { cloud: CLOUD }, { cause: error });
    return remark(aws, site, opening, there, allowed);
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

async function authorize(aws: Aws, site: Site, group: string, opening: Opening, allowed: Allowed): Promise<Opened> {
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
  aws: Aws,
  site: Site,
  opening: Opening,
  there: SecurityGroupRule,
  allowed: Allowed,
): Promise<Opened> {
  const { until } = opening;
  const { group: name } = groupRef(opening.placement.at);
  const found = markedRule(site, opening.placement.rule.machine, there, aws, name);
  const placement = { ...opening.placement, id: there.SecurityGroupRuleId ?? '' };
  if (found.mark === 'valid' && found.until === until) return { placement, outcome: 'present' };
  if (found.mark !== 'valid') {
    const fields = { placement: placementKey(placement), mark: found.mark };
    aws.log.warn(fields, 'a rule without our mark stands where only we write; marking it');
  }
  const input = { Resources: [placement.id], Tags: ruleTags(opening, aws.marks.sign(placement, until)) };
  const acting = aws.sites.forRequest(site, opening.note.request, opening.note.requester);
  await acting.change(input, allowed, (ec2, options) => ec2.send(new CreateTagsCommand(input), options));
  return { placement, outcome: 'remarked' };
}
