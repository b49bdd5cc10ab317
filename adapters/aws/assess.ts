import type { Instance, NetworkInterface, SecurityGroup, SecurityGroupRule } from '@aws-sdk/client-ec2';
import { type AssessedMachine, type Assessment, assess as decide } from '../../src/core/machine/assessment.ts';
import type { OrUnknown } from '../../src/core/packet/read.ts';
import { MANAGEMENT_PORTS } from '../../src/core/rule/port.ts';
import { outcomesOf } from '../../src/kit/outcome.ts';
import type { Assessed } from '../../src/ports/assessor.ts';
import type { Aws } from './ec2/context.ts';
import { withSources } from './ec2/group-names.ts';
import { THERE, toMachine } from './ec2/machines.ts';
import { readGroups, readInstances, readInterfaces, readRules } from './ec2/read.ts';
import { bearsMark, reaches } from './ec2/rule.ts';
import {
  attachedGroups,
  attachedJitGroup,
  groupName,
  groupsOfOthers,
  instanceOfGroup,
  isOurs,
  protectionEndedAt,
  protectionOf,
} from './ec2/security-group.ts';
import type { Site } from './ec2/sites.ts';
import { standingRules } from './ec2/standing.ts';
import { TAG, tagsOf } from './ec2/tags.ts';
import { isLeaseGroup } from './lease/strategies.ts';
import { isCopy } from './lockdown/copied.ts';
import { prefixesOfList, standingAt } from './standing.ts';

/** Assesses all instances of all accounts and regions: four lists for each region, and what is around machines that are open. */
export async function assess(aws: Aws, signal: AbortSignal): Promise<Assessed> {
  const { done, failed } = await outcomesOf(aws.sites.all(), (site) => assessSite(aws, site, signal));
  signal.throwIfAborted();
  const [first] = failed;
  if (first && done.length === 0) throw first.error;
  for (const { of, error } of failed) aws.log.warn({ where: of.name, error }, 'a region could not be assessed');
  return {
    machines: done.flatMap(({ value }) => value.machines),
    leftovers: done.flatMap(({ value }) => value.leftovers),
    unread: failed.map(({ of }) => of.name),
  };
}

/** What a region holds. */
interface Region {
  readonly aws: Aws;
  /** The interfaces that each group is on. */
  readonly on: ReadonlyMap<string, readonly NetworkInterface[]>;
  /** What the prefix lists of rules for management ports hold. */
  readonly lists: ReadonlyMap<string, OrUnknown<readonly string[]>>;
  /** What the groups are called that rules let in. */
  readonly groupNames: ReadonlyMap<string, string>;
  readonly installation: string;
  readonly site: Site;
  /** Ours, by id. */
  readonly groups: ReadonlyMap<string, SecurityGroup>;
  /** The same by name, which is unique in a VPC; ours has the instance's id in it. */
  readonly byName: ReadonlyMap<string, SecurityGroup>;
  readonly rules: ReadonlyMap<string, readonly SecurityGroupRule[]>;
  /** What the instances are called, by id. */
  readonly names: ReadonlyMap<string, string>;
}

interface AssessedSite {
  readonly machines: readonly AssessedMachine[];
  readonly leftovers: readonly string[];
}

async function assessSite(aws: Aws, site: Site, signal: AbortSignal): Promise<AssessedSite> {
  const { installation, log } = aws;
  const tagged = [{ Name: `tag:${TAG.installation}`, Values: [installation] }];
  const [instances, groups, rules, interfaces] = await Promise.all([
    Array.fromAsync(readInstances(site, [THERE], signal)),
    Array.fromAsync(readGroups(site, tagged, signal)),
    Array.fromAsync(readRules(site, [], signal)),
    Array.fromAsync(readInterfaces(site, [], signal)),
  ]);
  const groupNames = await withSources(new Map(), rules, { known: site.groupNames, log }, signal);
  const on = Map.groupBy(
    interfaces.flatMap((one) => (one.Groups ?? []).map(({ GroupId = '' }) => ({ GroupId, one }))),
    ({ GroupId }) => GroupId,
  );
  const region: Region = {
    aws,
    on: new Map([...on].map(([group, all]) => [group, all.map(({ one }) => one)])),
    lists: await readLists(site, rules, signal),
    groupNames,
    installation,
    site,
    byName: new Map(groups.map((group) => [group.GroupName ?? '', group])),
    groups: new Map(groups.map((group) => [group.GroupId ?? '', group])),
    rules: Map.groupBy(rules, ({ GroupId = '' }) => GroupId),
    names: new Map(instances.map(({ InstanceId = '', Tags }) => [InstanceId, tagsOf(Tags).Name || InstanceId])),
  };
  const judged = instances.map(async (instance) => {
    const machine = toMachine(site, instance);
    return machine ? [{ machine, ...(await judge(instance, region, signal)) }] : [];
  });
  const machines = (await Promise.all(judged)).flat();
  const leftovers = groups
    .filter((group) => isOurs(group, installation) || isCopy(group, installation))
    .flatMap((group) => aboutGroup(group, region.on.get(group.GroupId ?? '') ?? [], region));
  return { machines, leftovers: leftovers.sort() };
}

/** What the prefix lists hold that rules for management ports let in. */
async function readLists(
  site: Site,
  rules: readonly SecurityGroupRule[],
  signal: AbortSignal,
): Promise<Region['lists']> {
  const opening = rules.filter((rule) => MANAGEMENT_PORTS.some((port) => reaches(rule, port)));
  const ids = [...new Set(opening.flatMap(({ PrefixListId }) => PrefixListId ?? []))];
  return new Map(await Promise.all(ids.map(async (id) => [id, await prefixesOfList(site, id, signal)] as const)));
}

/**
 * What is to be said of a group of ours: that it is on no interface (of a machine that is gone, or that somebody took it off),
 * or on what no machine has. That it is on another machine is said with that one.
 */
function aboutGroup(
  of: SecurityGroup,
  interfaces: readonly NetworkInterface[],
  { rules, names, site: { account, region }, installation }: Region,
): readonly string[] {
  const { GroupName = '', GroupId = '' } = of;
  const group = `Security group ${GroupName} (${GroupId}; ${account}, ${region})`;
  const isEnded = protectionEndedAt(of) !== undefined;
  const holdsLeases = (rules.get(GroupId) ?? []).some(bearsMark);
  if (interfaces.length === 0 && isEnded) {
    const naming = [...rules.values()].flat().filter((rule) => rule.ReferencedGroupInfo?.GroupId === GroupId);
    const named = naming.filter((rule) => rule.GroupId !== GroupId);
    const what = named.map((rule) => `rule ${rule.SecurityGroupRuleId} of ${rule.GroupId}`).sort();
    if (what.length > 0)
      return [`${group} cannot be deleted while ${what.join(', ')} ${what.length > 1 ? 'name' : 'names'} it.`];
    return [`${group} is not attached to any machine and can be deleted.`];
  }
  const isThere = names.has(instanceOfGroup(installation, GroupName) ?? '');
  if (interfaces.length === 0 && isThere && holdsLeases)
    return [`${group} was taken off its machine while access is open in it: do not delete it.`];
  // Without a lease that is said with the machine; and with a lease of a machine that is gone it goes soon.
  if (interfaces.length === 0 && (isThere || holdsLeases)) return [];
  if (interfaces.length === 0) return [`${group} is not attached to any machine and can be deleted.`];
  const strange = interfaces.filter(({ Attachment }) => Attachment?.InstanceId === undefined);
  return strange.map(({ NetworkInterfaceId, Description }) => {
    const whose = [NetworkInterfaceId, Description].filter(Boolean).join(', ');
    return `${group} is also on ${whose}, which is no machine: take it off there.`;
  });
}

/** Microsoft's decision asks what groups have rules for; what gets in all the same where a machine is protected asks everything. */
async function judge(instance: Instance, region: Region, signal: AbortSignal): Promise<Assessment> {
  const { aws, site, groups, byName, rules, names, groupNames, installation, lists, on } = region;
  const { InstanceId = '' } = instance;
  const jitGroup = attachedJitGroup(instance, installation);
  const others = new Map(
    [...attachedGroups(instance)].filter(
      ([group, name]) => group !== jitGroup && !isLeaseGroup(installation, name, InstanceId),
    ),
  );
  const around = [...others.keys()].flatMap((group) => rules.get(group) ?? []);
  const called = new Map([...groupNames, ...others]);
  const protection = jitGroup === undefined ? undefined : protectionOf(groups.get(jitGroup), installation);
  const ports = protection?.ports.map(({ port }) => port) ?? [];
  const isOurs = (group: string) => !others.has(group);
  const interfaces = (group: string) => on.get(group) ?? [];
  const asked = { instance, rules: around, ports, isOurs, interfaces };
  const allows = standingRules(around, called, MANAGEMENT_PORTS).map((way) => ({ way, list: lists.get(way.source) }));
  const assessment = decide({
    cloud: 'aws',
    isProtected: protection !== undefined,
    groupAllows: allows.flatMap(({ way, list }) =>
      list && 'is' in list ? list.is.map((source) => ({ ...way, source })) : [way],
    ),
    unread: [...new Set(allows.flatMap(({ list }) => (list && 'unknown' in list ? [list.unknown] : [])))],
    standing: (await standingAt(aws, site, asked, signal)).ways,
  });
  const foreign = [...groupsOfOthers(instance, installation).values()].map((name) => {
    const owner = instanceOfGroup(installation, name) ?? '';
    return `The group of ${names.get(owner) ?? owner} (${name}) is on it: what is opened there is open here too.`;
  });
  if (protection && foreign.length === 0) return assessment;
  if (protection) return { ...assessment, stillOpen: [...foreign, ...(assessment.stillOpen ?? [])] };
  const own = byName.get(groupName(installation, InstanceId));
  const isOff = own !== undefined && jitGroup === undefined && protectionEndedAt(own) === undefined;
  const off = isOff ? [`Its security group ${own.GroupName} was taken off it: protect it again, or unprotect it.`] : [];
  const verdict = foreign.length > 0 ? 'unhealthy' : assessment.verdict;
  return { ...assessment, verdict, reasons: [...foreign, ...off, ...assessment.reasons] };
}
