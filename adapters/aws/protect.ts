import {
  CreateSecurityGroupCommand,
  CreateTagsCommand,
  ModifyNetworkInterfaceAttributeCommand,
  RevokeSecurityGroupEgressCommand,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import { JitError } from '../../src/core/errors/errors.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { sameProtection } from '../../src/core/machine/protection.ts';
import { samePort } from '../../src/core/rule/port.ts';
import type { MachineState, Protection } from '../../src/ports/cloud.ts';
import type { Aws } from './ec2/context.ts';
import { instanceRef } from './ec2/ids.ts';
import { type Onboarding, onboardingOf, patiently, refused } from './ec2/onboarding.ts';
import { mustHaveRoom } from './ec2/quotas.ts';
import { readGroups } from './ec2/read.ts';
import { attachedJitGroup, groupName, isOurs, primaryInterface, protectionOf } from './ec2/security-group.ts';
import { protectionText, TAG, tagList } from './ec2/tags.ts';
import { CLOUD, codeOf, isCode, isNotFound } from './errors.ts';
import { look } from './observe.ts';

/**
 * Gives a machine its JIT security group: made, its default way out removed, tagged with what it protects, and only then
 * attached to the interface that owns the primary address. What is protected already stays. Each step is left out where
 * it was done before, so that it can be run again at any time.
 */
export async function protect(
  aws: Aws,
  machine: MachineId,
  protection: Protection,
  signal: AbortSignal,
): Promise<MachineState> {
  const work = await onboardingOf(aws, machine, signal);
  if (!primaryInterface(work.instance))
    throw new JitError('machineUnreachable', { machine: instanceRef(machine).instance });

  try {
    await protectIn(work, protection);
  } catch (error) {
    // The group was deleted a moment ago, and a reading still showed it.
    if (!isNotFound(error)) throw error;
    await protectIn(work, protection);
  }
  return look(aws, machine, signal);
}

async function protectIn(work: Onboarding, protection: Protection): Promise<void> {
  const { aws, site, instance, signal } = work;
  if (attachedJitGroup(instance, aws.installation) === undefined) await mustHaveRoom(aws, site, instance, signal);
  const group = (await findGroup(work)) ?? (await createGroup(work, protection));
  await stripEgress(work, group);
  await keepProtection(work, group, protection);
  await attach(work, group);
}

/** Its JIT group, attached or not. */
export async function findGroup({ aws, site, instance, signal }: Onboarding): Promise<SecurityGroup | undefined> {
  const filters = [
    { Name: 'group-name', Values: [groupName(aws.installation, instance.InstanceId ?? '')] },
    { Name: 'vpc-id', Values: [instance.VpcId ?? ''] },
  ];
  for await (const group of readGroups(site, filters, signal)) {
    if (!isOurs(group, aws.installation)) throw refused('GroupNameTaken');
    return group;
  }
  return undefined;
}

async function createGroup(work: Onboarding, protection: Protection): Promise<SecurityGroup> {
  const { aws, site, machine, instance, signal } = work;
  const tags = { [TAG.installation]: aws.installation, [TAG.machine]: machine, ...protectionTag(protection) };
  const input = {
    GroupName: groupName(aws.installation, instance.InstanceId ?? ''),
    Description: 'Just-in-time access by Drawbridge. Every rule in here is opened and closed by it.',
    VpcId: instance.VpcId,
    TagSpecifications: [{ ResourceType: 'security-group' as const, Tags: tagList(tags) }],
  };
  try {
    await site.call(signal, (ec2, options) => ec2.send(new CreateSecurityGroupCommand(input), options));
  } catch (error) {
    // Made by a call whose reply was lost, or by somebody who protects it at the same moment.
    if (!isCode(error, 'InvalidGroup.Duplicate')) throw error;
  }
  return patiently(work, async () => {
    const group = await findGroup(work);
    if (!group) throw new JitError('cloudBusy', { cloud: CLOUD });
    return group;
  });
}

/** Every new group lets all traffic out, which would widen an instance that is locked down. */
async function stripEgress(work: Onboarding, { GroupId, IpPermissionsEgress = [] }: SecurityGroup): Promise<void> {
  if (IpPermissionsEgress.length === 0) return;
  const input = { GroupId, IpPermissions: IpPermissionsEgress };
  await patiently(work, () =>
    work.site.call(work.signal, async (ec2, options) => {
      try {
        await ec2.send(new RevokeSecurityGroupEgressCommand(input), options);
      } catch (error) {
        if (codeOf(error) !== 'InvalidPermission.NotFound') throw error;
      }
    }),
  );
}

/** Writes the ports with their limits beside those that stay. */
async function keepProtection(work: Onboarding, group: SecurityGroup, wanted: Protection): Promise<void> {
  const { aws } = work;
  const kept = protectionOf(group, aws.installation)?.ports ?? [];
  const changed = wanted.ports.filter((port) => !kept.some((one) => sameProtection(one, port)));
  if (kept.length > 0 && changed.length === 0) return;
  const others = kept.filter(({ port }) => !changed.some((one) => samePort(one.port, port)));
  await tagProtection(work, group, { ports: [...others, ...changed] });
}

/** Makes the group say that this, and nothing else, is protected. */
export async function tagProtection(work: Onboarding, group: SecurityGroup, protection: Protection): Promise<void> {
  const { site, signal } = work;
  const input = { Resources: [group.GroupId ?? ''], Tags: tagList(protectionTag(protection)) };
  await patiently(work, () => site.call(signal, (ec2, options) => ec2.send(new CreateTagsCommand(input), options)));
}

function protectionTag(protection: Protection): Readonly<Record<string, string>> {
  const text = protectionText(protection);
  if (text === undefined) throw refused('ProtectionTooLongForATag');
  return { [TAG.protection]: text };
}

/**
 * EC2 replaces the whole list of an interface's groups and knows no versions of it: it is read right before, and until the
 * group is seen in it, so that what somebody else changes meanwhile is written again with it.
 */
async function attach(work: Onboarding, group: SecurityGroup): Promise<void> {
  const { aws, site, signal, machine } = work;
  await patiently(work, async () => {
    const instance = await site.now.instance(work.instance.InstanceId ?? '', signal);
    if (!instance) throw new JitError('machineGone', { machine });
    if (attachedJitGroup(instance, aws.installation) !== undefined) return;
    const { NetworkInterfaceId, Groups = [] } = primaryInterface(instance) ?? {};
    const before = Groups.map(({ GroupId }) => GroupId ?? '');
    const input = { NetworkInterfaceId, Groups: [...before, group.GroupId ?? ''] };
    await site.call(signal, (ec2, options) => ec2.send(new ModifyNetworkInterfaceAttributeCommand(input), options));
    throw new JitError('cloudBusy', { cloud: CLOUD });
  });
}
