import { CreateTagsCommand, type SecurityGroup } from '@aws-sdk/client-ec2';
import { JitError } from '../../src/core/errors/errors.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { sameProtection } from '../../src/core/machine/protection.ts';
import { samePort } from '../../src/core/rule/port.ts';
import type { MachineState, Protection } from '../../src/ports/cloud.ts';
import type { Aws } from './ec2/context.ts';
import { changeGroups, createGroup, stripEgress } from './ec2/group-life.ts';
import { instanceRef } from './ec2/ids.ts';
import { groupWork, type Onboarding, onboardingOf } from './ec2/onboarding.ts';
import { mustHaveRoom } from './ec2/quotas.ts';
import { readGroups } from './ec2/read.ts';
import { patiently } from './ec2/retries.ts';
import {
  attachedJitGroup,
  groupName,
  isOurs,
  primaryInterface,
  protectionOf,
  servedInterfaces,
} from './ec2/security-group.ts';
import { protectionText, TAG, tagList, tooLong } from './ec2/tags.ts';
import { CLOUD, isNotFound, refused } from './errors.ts';
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
  const group = (await findGroup(work)) ?? (await makeGroup(work, protection));
  await patiently(work, () => stripEgress(groupWork(work), group));
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

async function makeGroup(work: Onboarding, protection: Protection): Promise<SecurityGroup> {
  const { aws, machine, instance } = work;
  const tags = { [TAG.installation]: aws.installation, [TAG.machine]: machine, ...protectionTag(work, protection) };
  await createGroup(groupWork(work), {
    name: groupName(aws.installation, instance.InstanceId ?? ''),
    description: 'Just-in-time access by Drawbridge. Every rule in here is opened and closed by it.',
    vpc: instance.VpcId,
    tags,
  });
  return patiently(work, async () => {
    const group = await findGroup(work);
    if (!group) throw new JitError('cloudBusy', { cloud: CLOUD });
    return group;
  });
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
  const input = { Resources: [group.GroupId ?? ''], Tags: tagList(protectionTag(work, protection)) };
  await patiently(work, () => site.call(signal, (ec2, options) => ec2.send(new CreateTagsCommand(input), options)));
}

function protectionTag({ machine }: Onboarding, protection: Protection): Readonly<Record<string, string>> {
  const text = protectionText(protection);
  if (text === undefined) throw new JitError('protectionTooLong', { machine, cloud: CLOUD, ...tooLong(protection) });
  return { [TAG.protection]: text };
}

/** Beside the others of the interfaces that it is opened on. Throws `machineGone`. */
export async function attach(work: Onboarding, { GroupId = '' }: Pick<SecurityGroup, 'GroupId'>): Promise<void> {
  const { site, signal, machine } = work;
  const served = async () => {
    const instance = await site.now.instance(work.instance.InstanceId ?? '', signal);
    if (!instance) throw new JitError('machineGone', { machine });
    return servedInterfaces(instance);
  };
  await changeGroups(groupWork(work), served, (ids) => (ids.includes(GroupId) ? ids : [...ids, GroupId]));
}
