import { createHash } from 'node:crypto';
import {
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  type Instance,
  ModifyNetworkInterfaceAttributeCommand,
  RevokeSecurityGroupEgressCommand,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import { JitError } from '../../../src/core/errors/errors.ts';
import type { MachineId } from '../../../src/core/machine/machine.ts';
import type { Placement, Rule } from '../../../src/core/rule/rule.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import type { Aws } from '../ec2/context.ts';
import { type AccountRegion, groupAt, instanceRef } from '../ec2/ids.ts';
import { patiently, refused } from '../ec2/onboarding.ts';
import { READ_LAG_MS, readGroups } from '../ec2/read.ts';
import { groupName, instanceOfGroup, isOurs, primaryInterface, readGroup } from '../ec2/security-group.ts';
import type { Site } from '../ec2/sites.ts';
import { TAG, tagList } from '../ec2/tags.ts';
import { CLOUD, codeOf, isCode, isNotFound } from '../errors.ts';

/** The backend's name in placements: a security group for each machine and source, made for a lease and deleted with it. */
export const PER_REQUEST = 'securityGroupPerRequest';

/** The group of the leases of one machine from one source: the same for two people behind one address. */
export function leaseGroupName(installation: string, instance: string, source: string): string {
  const digest = createHash('sha256').update(source).digest('hex').slice(0, 12);
  return `${groupName(installation, instance)}-${digest}`;
}

/** Is it the name of such a group? Ids begin with `sg-`, which names cannot. */
export function isLeaseGroup(installation: string, name: string): boolean {
  const instance = instanceOfGroup(installation, name);
  return instance !== undefined && name !== groupName(installation, instance);
}

/** AccountRegion a rule goes that gets a group of its own. The interface's list of groups is replaced whole: one at a time. */
export function placementPerRequest(where: AccountRegion, installation: string, rule: Rule): Placement {
  const { instance } = instanceRef(rule.machine);
  const at = groupAt(where, leaseGroupName(installation, instance, rule.source));
  return { rule, backend: PER_REQUEST, at, locks: [`aws:${at}`, `aws:${rule.machine}`] };
}

export interface Making {
  readonly aws: Aws;
  readonly site: Site;
  readonly allowed: Allowed;
}

/** The id of the group that a placement names: an id is itself, a name is looked up. Undefined when it is not there. */
export async function findNamed(
  { aws, site }: Pick<Making, 'aws' | 'site'>,
  group: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  return group.startsWith('sg-') ? group : (await readNamed({ aws, site }, group, signal))?.GroupId;
}

/** The same where absence must be sure: a reading may be older than the group. */
export async function findNamedForSure(
  making: Pick<Making, 'aws' | 'site'>,
  group: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const found = await findNamed(making, group, signal);
  if (found !== undefined) return found;
  await making.aws.pause(READ_LAG_MS, signal);
  return findNamed(making, group, signal);
}

/** By its name alone: somebody may have taken its tags away, and what bears our mark in it is still to be closed. */
async function readNamed(
  { site }: Pick<Making, 'aws' | 'site'>,
  name: string,
  signal: AbortSignal,
): Promise<SecurityGroup | undefined> {
  for await (const group of readGroups(site, [{ Name: 'group-name', Values: [name] }], signal)) return group;
  return undefined;
}

/** The group of a placement, made where it is not there, without a way out. Gives its id. */
export async function makeGroup(making: Making, name: string, machine: MachineId, vpc: string): Promise<string> {
  const { aws, site, allowed } = making;
  const tags = { [TAG.installation]: aws.installation, [TAG.machine]: machine };
  const input = {
    GroupName: name,
    Description: 'Just-in-time access by Drawbridge, for the leases of one machine from one source.',
    VpcId: vpc,
    TagSpecifications: [{ ResourceType: 'security-group' as const, Tags: tagList(tags) }],
  };
  const known = await readNamed(making, name, allowed.signal);
  if (!known) {
    try {
      await site.change(input, allowed, (ec2, options) => ec2.send(new CreateSecurityGroupCommand(input), options));
    } catch (error) {
      if (!isCode(error, 'InvalidGroup.Duplicate')) throw error;
    }
  }
  return patiently({ aws, signal: allowed.signal }, async () => {
    const group = await readNamed(making, name, allowed.signal);
    if (!group) throw new JitError('cloudBusy', { cloud: CLOUD });
    if (!isOurs(group, aws.installation)) throw refused('GroupNameTaken');
    await stripEgress(making, group);
    return group.GroupId ?? '';
  });
}

async function stripEgress({ site, allowed }: Making, group: SecurityGroup): Promise<void> {
  const { GroupId, IpPermissionsEgress = [] } = group;
  if (IpPermissionsEgress.length === 0) return;
  const input = { GroupId, IpPermissions: IpPermissionsEgress };
  try {
    await site.change(input, allowed, (ec2, options) => ec2.send(new RevokeSecurityGroupEgressCommand(input), options));
  } catch (error) {
    if (codeOf(error) !== 'InvalidPermission.NotFound') throw error;
  }
}

/** Puts the group beside the others of the machine's first interface, until it is seen there. */
export async function attachGroup(making: Making, machine: MachineId, group: string): Promise<void> {
  await changeGroups(making, machine, (ids) => (ids.includes(group) ? ids : [...ids, group]));
}

/** Takes it off, and deletes it when it holds nothing any more. What cannot be done yet is done by the patrol. */
export async function dismantle(making: Making, machine: MachineId, group: string): Promise<void> {
  const { aws, site, allowed } = making;
  const { signal } = allowed;
  try {
    if ((await site.now.rules(group, signal)).length > 0) return;
    const found = await readGroup(site, group, signal);
    if (!found || !isOurs(found, aws.installation)) return;
    await changeGroups(making, machine, (ids) => ids.filter((id) => id !== group));
    await deleteGroup(making, group);
  } catch (error) {
    signal.throwIfAborted();
    aws.log.warn({ group, error }, 'an empty security group of a lease could not be taken away yet');
  }
}

/** Deletes an empty group that is on no interface; absent is success. */
export async function deleteGroup({ aws, site, allowed }: Making, GroupId: string): Promise<void> {
  const input = { GroupId };
  await patiently({ aws, signal: allowed.signal }, async () => {
    try {
      await site.change(input, allowed, (ec2, options) => ec2.send(new DeleteSecurityGroupCommand(input), options));
    } catch (error) {
      if (isNotFound(error)) return;
      throw isCode(error, 'DependencyViolation') ? new JitError('cloudBusy', { cloud: CLOUD }) : error;
    }
  });
}

async function changeGroups(
  { aws, site, allowed }: Making,
  machine: MachineId,
  next: (ids: readonly string[]) => readonly string[],
): Promise<void> {
  const { signal } = allowed;
  await patiently({ aws, signal }, async () => {
    const instance = await site.now.instance(instanceRef(machine).instance, signal);
    const face = instance && primaryInterface(instance);
    // A machine that is gone has no list.
    if (!face) return;
    const ids = (face.Groups ?? []).flatMap(({ GroupId }) => GroupId ?? []);
    const wanted = next(ids);
    if (String(wanted) === String(ids)) return;
    // EC2 takes no empty list: whoever took the machine's own groups away meanwhile has to give it one.
    if (wanted.length === 0) throw new JitError('cloudRefused', { cloud: CLOUD, code: 'LastGroupOfInterface' });
    const input = { NetworkInterfaceId: face.NetworkInterfaceId, Groups: [...wanted] };
    await site.change(input, allowed, (ec2, options) =>
      ec2.send(new ModifyNetworkInterfaceAttributeCommand(input), options),
    );
    throw new JitError('cloudBusy', { cloud: CLOUD });
  });
}

/** Is the group on the machine's first interface? Else its rules open nothing. */
export function isAttached(instance: Instance | undefined, group: string): boolean {
  const groups = instance && primaryInterface(instance)?.Groups;
  return (groups ?? []).some(({ GroupId }) => GroupId === group);
}
