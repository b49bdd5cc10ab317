import { CreateTagsCommand, type SecurityGroupRule } from '@aws-sdk/client-ec2';
import { DAY_MS } from '../../src/core/language/instant.ts';
import type { Aws } from './ec2/context.ts';
import { changeGroups, deleteGroup, deleteOnce, type GroupWork } from './ec2/group-life.ts';
import { groupWork, type Onboarding } from './ec2/onboarding.ts';
import { ownerOf } from './ec2/owners.ts';
import { readGroups, readRules } from './ec2/read.ts';
import { patiently } from './ec2/retries.ts';
import { groupName, protectionEndedAt, readGroup } from './ec2/security-group.ts';
import type { Site } from './ec2/sites.ts';
import { endedText, TAG, tagList } from './ec2/tags.ts';
import { isInUse } from './errors.ts';
import type { OurGroup } from './our-groups.ts';

/** For so long the patrol tries again to delete a group that something uses; then it is a leftover, and said to be. */
const TRIED_MS = DAY_MS;
/** How many uses are named. */
const MOST_NAMED = 5;

/**
 * Ends what a group protects: the group says so itself, is taken off its machine, and is deleted. Gives a sentence where it
 * cannot be deleted because something uses it; the patrol goes on then. Throws `cloudRefused` where an interface would be left
 * without any group.
 */
export async function endProtection(work: Onboarding, group: string): Promise<string | undefined> {
  const { aws, site, instance, signal } = work;
  const input = { Resources: [group], Tags: tagList({ [TAG.protection]: endedText(aws.now()) }) };
  await patiently(work, () => site.call(signal, (ec2, options) => ec2.send(new CreateTagsCommand(input), options)));
  await detach(groupWork(work), instance.InstanceId ?? '', group);
  try {
    await deleteGroup(groupWork(work), group);
    return undefined;
  } catch (error) {
    if (!isInUse(error)) throw error;
    const name = groupName(aws.installation, instance.InstanceId ?? '');
    const users = await usersOf(site, group, signal);
    return `Security group ${name} (${group}) cannot be deleted yet: it is used by ${users}. Drawbridge tries again for a day.`;
  }
}

/** Deletes such a group when nothing uses it any more: for the patrol. What uses it still is logged. */
export async function finish(aws: Aws, site: Site, group: OurGroup, signal: AbortSignal): Promise<void> {
  const { id, name, endedAt } = group;
  if (endedAt === undefined || aws.now() - endedAt > TRIED_MS) return;
  const onboarder = aws.sites.of(site, true);
  try {
    // Somebody may be protecting the machine again. One that is on an interface EC2 does not delete.
    const now = await readGroup(site, id, signal);
    if (!now || protectionEndedAt(now) === undefined) return;
    await deleteOnce(groupWork({ aws, site: onboarder, signal }), id);
    aws.log.info({ group: name }, 'deleted the security group of a protection that ended');
  } catch (error) {
    signal.throwIfAborted();
    const users = isInUse(error) ? await usersOf(onboarder, id, signal).catch(() => undefined) : undefined;
    aws.log.warn({ group: name, error, users }, 'the security group of a protection that ended is still in use');
  }
}

async function detach(work: GroupWork, instance: string, group: string): Promise<void> {
  const { site, allowed } = work;
  const interfaces = async () => (await site.now.instance(instance, allowed.signal))?.NetworkInterfaces ?? [];
  await changeGroups(work, interfaces, (ids) => ids.filter((id) => id !== group));
}

/** What keeps a group from being deleted: interfaces, and rules of other groups that name it (DeleteSecurityGroup). */
async function usersOf(site: Site, group: string, signal: AbortSignal): Promise<string> {
  const [interfaces, rules] = await Promise.all([site.now.interfaces(group, signal), naming(site, group, signal)]);
  const owners = await Promise.all(interfaces.map((one) => ownerOf(site, one, signal)));
  const named = rules.map(
    ({ SecurityGroupRuleId, GroupId }) => `rule ${SecurityGroupRuleId} of security group ${GroupId}`,
  );
  const all = [...owners.toSorted(), ...named.toSorted()];
  const more = all.length - MOST_NAMED;
  const shown = [...all.slice(0, MOST_NAMED), ...(more > 0 ? [`${more} more`] : [])];
  return shown.length > 0 ? shown.join(', ') : 'something that AWS does not show, such as an association with a VPC';
}

/** The rules of other groups that name this one, whichever way they lead. */
async function naming(site: Site, group: string, signal: AbortSignal): Promise<readonly SecurityGroupRule[]> {
  const [into, out] = await Promise.all(
    ['ip-permission.group-id', 'egress.ip-permission.group-id'].map((Name) =>
      Array.fromAsync(readGroups(site, [{ Name, Values: [group] }], signal)),
    ),
  );
  const ids = [...new Set([...(into ?? []), ...(out ?? [])].flatMap(({ GroupId }) => GroupId ?? []))];
  if (ids.length === 0) return [];
  const filters = [{ Name: 'group-id', Values: ids }];
  const all = await Promise.all(
    [false, true].map((egress) => Array.fromAsync(readRules(site, filters, signal, egress))),
  );
  return all.flat().filter((rule) => rule.ReferencedGroupInfo?.GroupId === group && rule.GroupId !== group);
}
