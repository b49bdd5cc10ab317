import type { Instance, NetworkInterface, SecurityGroup, SecurityGroupRule } from '@aws-sdk/client-ec2';
import { type AssessedMachine, type Assessment, assess as decide } from '../../src/core/machine/assessment.ts';
import { MANAGEMENT_PORTS } from '../../src/core/rule/port.ts';
import { outcomesOf } from '../../src/kit/outcome.ts';
import type { Assessed } from '../../src/ports/assessor.ts';
import type { Aws } from './ec2/context.ts';
import { withSources } from './ec2/group-names.ts';
import { THERE, toMachine } from './ec2/machines.ts';
import { readGroups, readInstances, readInterfaces, readRules } from './ec2/read.ts';
import { bearsMark } from './ec2/rule.ts';
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

/** Assesses all instances of all accounts and regions: four lists for each region. */
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

async function assessSite({ installation, log }: Aws, site: Site, signal: AbortSignal): Promise<AssessedSite> {
  const tagged = [{ Name: `tag:${TAG.installation}`, Values: [installation] }];
  const [instances, groups, rules, interfaces] = await Promise.all([
    Array.fromAsync(readInstances(site, [THERE], signal)),
    Array.fromAsync(readGroups(site, tagged, signal)),
    Array.fromAsync(readRules(site, [], signal)),
    Array.fromAsync(readInterfaces(site, [], signal)),
  ]);
  const groupNames = await withSources(new Map(), rules, { known: site.groupNames, log }, signal);
  const region: Region = {
    groupNames,
    installation,
    site,
    byName: new Map(groups.map((group) => [group.GroupName ?? '', group])),
    groups: new Map(groups.map((group) => [group.GroupId ?? '', group])),
    rules: Map.groupBy(rules, ({ GroupId = '' }) => GroupId),
    names: new Map(instances.map(({ InstanceId = '', Tags }) => [InstanceId, tagsOf(Tags).Name || InstanceId])),
  };
  const machines = instances.flatMap((instance) => {
    const machine = toMachine(site, instance);
    return machine ? [{ machine, ...evaluate(instance, region) }] : [];
  });
  const on = Map.groupBy(
    interfaces.flatMap((one) => (one.Groups ?? []).map(({ GroupId = '' }) => ({ GroupId, one }))),
    ({ GroupId }) => GroupId,
  );
  const leftovers = groups
    .filter((group) => isOurs(group, installation) || isCopy(group, installation))
    .flatMap((group) => aboutGroup(group, on.get(group.GroupId ?? '')?.map(({ one }) => one) ?? [], region));
  return { machines, leftovers: leftovers.sort() };
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

function evaluate(instance: Instance, { groups, byName, rules, names, groupNames, installation }: Region): Assessment {
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
  const assessment = decide({
    cloud: 'aws',
    isProtected: protection !== undefined,
    groupAllows: standingRules(around, called, MANAGEMENT_PORTS),
    standing: standingRules(around, called, ports),
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
