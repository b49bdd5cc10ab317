import type { NetworkInterface, SecurityGroup, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Port } from '../../../src/core/rule/port.ts';
import type { Onboarding } from '../ec2/onboarding.ts';
import { readGroups, readInterfaces } from '../ec2/read.ts';
import { bearsMark, reaches } from '../ec2/rule.ts';
import { attachedGroups, isOurs } from '../ec2/security-group.ts';
import type { Site } from '../ec2/sites.ts';
import { rulesNow } from './make-rules.ts';

/** A group of others on an interface of a machine, with its rules that open ports that are to be closed. */
export interface OpenGroup {
  readonly group: SecurityGroup;
  readonly rules: readonly SecurityGroupRule[];
  /** Leases of some Drawbridge that open them: those are left to it. */
  readonly leases: readonly SecurityGroupRule[];
  /** All its rules that let traffic in. */
  readonly all: readonly SecurityGroupRule[];
  /** Everything else that the group is on. */
  readonly others: readonly NetworkInterface[];
}

/** The groups of a machine's interfaces, ours for leases left aside, that open one of these ports. */
export async function openGroups(work: Onboarding, ports: readonly Port[]): Promise<readonly OpenGroup[]> {
  const { site, aws, instance, signal } = work;
  const ids = [...attachedGroups(instance).keys()];
  if (ids.length === 0) return [];
  const groups = await Array.fromAsync(readGroups(site, [{ Name: 'group-id', Values: ids }], signal));
  const found = await Promise.all(
    groups
      .filter((group) => !isOurs(group, aws.installation))
      .map(async (group): Promise<OpenGroup> => {
        const id = group.GroupId ?? '';
        const all = await rulesNow({ aws, site, group: id, egress: false, signal });
        const opening = all.filter((rule) => ports.some((port) => reaches(rule, port)));
        const rules = opening.filter((rule) => !bearsMark(rule));
        const others = rules.length > 0 ? await othersOn(work, id) : [];
        return { group, rules: sorted(rules), leases: sorted(opening.filter(bearsMark)), all, others };
      }),
  );
  return found
    .filter(({ rules, leases }) => rules.length + leases.length > 0)
    .sort((a, b) => (a.group.GroupId ?? '').localeCompare(b.group.GroupId ?? ''));
}

/** EC2 gives lists in no order; what is shown has one. */
function sorted(rules: readonly SecurityGroupRule[]): readonly SecurityGroupRule[] {
  return rules.toSorted((a, b) => (a.SecurityGroupRuleId ?? '').localeCompare(b.SecurityGroupRuleId ?? ''));
}

async function othersOn({ site, instance, signal }: Onboarding, group: string): Promise<readonly NetworkInterface[]> {
  const all = await interfacesOf(site, group, signal);
  return all.filter(({ Attachment }) => Attachment?.InstanceId !== instance.InstanceId);
}

/** All interfaces that a group is on. */
export function interfacesOf(site: Site, group: string, signal: AbortSignal): Promise<readonly NetworkInterface[]> {
  return Array.fromAsync(readInterfaces(site, [{ Name: 'group-id', Values: [group] }], signal));
}
