import type { SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { LockdownPlan, LockdownWay, Remedy, Stay } from '../../../src/core/machine/lockdown.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { isAny } from '../../../src/core/rule/source.ts';
import type { LockdownAsk } from '../../../src/ports/lockdown.ts';
import type { Aws } from '../ec2/context.ts';
import { type Onboarding, onboardingOf } from '../ec2/onboarding.ts';
import { namesOf } from '../ec2/owners.ts';
import { readGroups } from '../ec2/read.ts';
import { bearsMark } from '../ec2/rule.ts';
import { attachedGroups, isDefenders } from '../ec2/security-group.ts';
import { standingRules } from '../ec2/standing.ts';
import { tagsOf } from '../ec2/tags.ts';
import { isCopied } from './copied.ts';
import { rulesNow } from './make-rules.ts';
import { permissionIn, permissionText, trafficText, without } from './permission.ts';
import { whyNoRoom } from './room.ts';
import { type OpenGroup, openGroups } from './survey.ts';

/** What locking down these ports of a machine would change in its groups, and for whom. */
export async function planLockdown(
  aws: Aws,
  { machine, ports, how }: LockdownAsk,
  signal: AbortSignal,
): Promise<LockdownPlan> {
  const work = await onboardingOf(aws, machine, signal);
  const remedies: Remedy[] = [];
  const stays: Stay[] = [];
  let isShared = false;
  for (const open of await openGroups(work, ports)) {
    stays.push(...leasesOf(work, open, ports));
    if (open.rules.length === 0) continue;
    const why = await whyNot(work, open, ports, how);
    if (why === undefined) {
      isShared ||= open.others.length > 0;
      remedies.push(await remedyFor(work, open, ports, how));
    } else stays.push(...staysOf(work, open, ports, why));
  }
  return { remedies, stays, isShared };
}

/** Why a group cannot be changed; undefined when it can. */
export async function whyNot(
  work: Onboarding,
  open: OpenGroup,
  ports: readonly Port[],
  how: LockdownWay,
): Promise<string | undefined> {
  const { site, aws } = work;
  const { group } = open;
  if (group.OwnerId !== site.account) return `the group belongs to account ${group.OwnerId}`;
  if (isDefenders(group.GroupName ?? '')) return 'Defender for Cloud appears to have created it';
  if (isCopied(open, how, aws.installation) && open.all.some(bearsMark))
    return 'a Drawbridge lease is in it, which ends in the group but not in a copy; lock down once it has ended';
  return whyNoRoom(work, open, ports, how);
}

/** Leases of some Drawbridge, here or elsewhere, end by themselves, and are in no undo record. A mark can be forged, so it is named. */
export function leasesOf({ instance }: Onboarding, { leases }: OpenGroup, ports: readonly Port[]): readonly Stay[] {
  const why = 'its tag says that it is a Drawbridge lease; if no Drawbridge closes it, delete it in AWS';
  return standingRules(leases, attachedGroups(instance), ports).map((rule) => ({ rule, why }));
}

export function staysOf({ instance }: Onboarding, { rules }: OpenGroup, ports: readonly Port[], why: string): Stay[] {
  return standingRules(rules, attachedGroups(instance), ports).map((rule) => ({ rule, why }));
}

async function remedyFor(work: Onboarding, open: OpenGroup, ports: readonly Port[], how: LockdownWay): Promise<Remedy> {
  const { site, signal, aws } = work;
  const { group, rules, others } = open;
  const copied = isCopied(open, how, aws.installation);
  const changes = rules.map((rule) => changeText(rule, ports)).join('; ');
  return {
    where: `Security group ${group.GroupName} (${group.GroupId})`,
    does: copied ? `replaced on this machine by a copy in which ${changes}; the group itself does not change` : changes,
    serves: copied ? [] : await namesOf(site, others, signal),
    warns: [
      ...(await sessionWarning(work, open)),
      ...protocolWarning(rules),
      ...writerWarning(tagsOf(group.Tags)),
      ...(copied ? await referenceWarning(work, group.GroupId ?? '') : []),
    ],
  };
}

function changeText(rule: SecurityGroupRule, ports: readonly Port[]): string {
  const before = permissionIn(rule);
  const left = without(before, ports);
  const text = permissionText(before);
  return left.length === 0 ? `${text} is removed` : `${text} becomes ${left.map(trafficText).join(', ')}`;
}

/**
 * "Security group connection tracking": what comes in by a rule for everybody, where everything may go out, is not tracked,
 * and is cut when the rule goes. All else goes on.
 */
async function sessionWarning(
  { aws, site, instance, signal }: Onboarding,
  { rules }: OpenGroup,
): Promise<readonly string[]> {
  if (!rules.some(({ CidrIpv4, CidrIpv6 }) => isAny(CidrIpv4 ?? CidrIpv6 ?? ''))) return [];
  const groups = [...attachedGroups(instance).keys()];
  const out = await Promise.all(groups.map((group) => rulesNow({ aws, site, group, egress: true, signal })));
  const isUntracked = out
    .flat()
    .some(({ IpProtocol, CidrIpv4, CidrIpv6 }) => IpProtocol === '-1' && isAny(CidrIpv4 ?? CidrIpv6 ?? ''));
  return isUntracked ? ['Sessions that this rule lets in may be cut.'] : [];
}

function protocolWarning(rules: readonly SecurityGroupRule[]): readonly string[] {
  return rules.some(({ IpProtocol }) => IpProtocol === '-1')
    ? ['“All traffic” becomes TCP, UDP and ICMP: other protocols, such as ESP and GRE, are no longer let in.']
    : [];
}

/** Whatever manages the group may write it back. */
function writerWarning(tags: Readonly<Record<string, string>>): readonly string[] {
  const stack = tags['aws:cloudformation:stack-name'];
  if (stack) return [`The CloudFormation stack ${stack} manages this group and may revert the change.`];
  const tool = /terraform|opentofu|pulumi|ansible/i.exec(Object.entries(tags).flat().join(' '))?.[0];
  return tool ? [`Its tags mention ${tool}, which may revert the change on its next run.`] : [];
}

/** A rule that names the group means its members, and the machine is no member of it any more. */
async function referenceWarning({ site, signal }: Onboarding, group: string): Promise<readonly string[]> {
  const filters = [{ Name: 'ip-permission.group-id', Values: [group] }];
  const naming = await Array.fromAsync(readGroups(site, filters, signal));
  const names = naming.map(({ GroupName, GroupId }) => GroupName ?? GroupId ?? '').sort();
  return names.length > 0
    ? [`Rules of ${names.join(', ')} that refer to this group no longer apply to this machine.`]
    : [];
}
