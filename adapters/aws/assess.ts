import type { Instance, SecurityGroup, SecurityGroupRule } from '@aws-sdk/client-ec2';
import { type AssessedMachine, assess as decide } from '../../src/core/machine/assessment.ts';
import { MANAGEMENT_PORTS } from '../../src/core/rule/port.ts';
import { outcomesOf } from '../../src/kit/outcome.ts';
import type { Assessed } from '../../src/ports/assessor.ts';
import type { Aws } from './ec2/context.ts';
import { THERE, toMachine } from './ec2/machines.ts';
import { readGroups, readInstances, readRules } from './ec2/read.ts';
import { attachedGroups, attachedJitGroup, isOurs, protectionOf } from './ec2/security-group.ts';
import type { Site } from './ec2/sites.ts';
import { standingRules } from './ec2/standing.ts';
import { TAG } from './ec2/tags.ts';
import { isLeaseGroup } from './lease/strategies.ts';
import { isCopy } from './lockdown/copied.ts';

/** Assesses all instances of all accounts and regions: three lists for each region. */
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
  readonly groups: ReadonlyMap<string, SecurityGroup>;
  readonly rules: ReadonlyMap<string, readonly SecurityGroupRule[]>;
}

interface Assessment {
  readonly machines: readonly AssessedMachine[];
  readonly leftovers: readonly string[];
}

async function assessSite({ installation }: Aws, site: Site, signal: AbortSignal): Promise<Assessment> {
  const ours = [{ Name: `tag:${TAG.installation}`, Values: [installation] }];
  const [instances, groups, rules] = await Promise.all([
    Array.fromAsync(readInstances(site, [THERE], signal)),
    Array.fromAsync(readGroups(site, ours, signal)),
    Array.fromAsync(readRules(site, [], signal)),
  ]);
  const region: Region = {
    groups: new Map(groups.map((group) => [group.GroupId ?? '', group])),
    rules: Map.groupBy(rules, ({ GroupId = '' }) => GroupId),
  };
  const machines = instances.flatMap((instance) => {
    const machine = toMachine(site, instance);
    return machine ? [{ machine, ...evaluate(instance, region, installation) }] : [];
  });
  const inUse = new Set(instances.flatMap((instance) => [...attachedGroups(instance).keys()]));
  return { machines, leftovers: leftoversAmong(groups, inUse, site, installation) };
}

/** Groups of ours that are on no interface: of a machine that is gone, or that somebody took them off. */
function leftoversAmong(
  groups: readonly SecurityGroup[],
  inUse: ReadonlySet<string>,
  { account, region }: Site,
  installation: string,
): readonly string[] {
  return groups
    .filter((group) => isOurs(group, installation) || isCopy(group, installation))
    .filter(({ GroupId = '' }) => !inUse.has(GroupId))
    .map(({ GroupName, GroupId }) => {
      return `Security group ${GroupName} (${GroupId}; ${account}, ${region}) is not attached to any machine and can be deleted.`;
    })
    .sort();
}

function evaluate(instance: Instance, { groups, rules }: Region, installation: string) {
  const jitGroup = attachedJitGroup(instance, installation);
  const others = new Map(
    [...attachedGroups(instance)].filter(([group, name]) => group !== jitGroup && !isLeaseGroup(installation, name)),
  );
  const around = [...others.keys()].flatMap((group) => rules.get(group) ?? []);
  const protection = jitGroup === undefined ? undefined : protectionOf(groups.get(jitGroup), installation);
  const ports = protection?.ports.map(({ port }) => port) ?? [];
  return decide({
    cloud: 'aws',
    isProtected: protection !== undefined,
    groupAllows: standingRules(around, others, MANAGEMENT_PORTS),
    standing: standingRules(around, others, ports),
  });
}
