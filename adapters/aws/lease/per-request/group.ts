import { createHash } from 'node:crypto';
import type { Instance, InstanceNetworkInterface, SecurityGroup } from '@aws-sdk/client-ec2';
import type { MachineId } from '../../../../src/core/machine/machine.ts';
import type { Placement, Rule } from '../../../../src/core/rule/rule.ts';
import { type AccountRegion, groupAt, instanceRef } from '../../ec2/ids.ts';
import { READ_LAG_MS, readGroups } from '../../ec2/read.ts';
import { groupName, instanceOfGroup, primaryInterface, servedInterfaces } from '../../ec2/security-group.ts';
import type { Site } from '../../ec2/sites.ts';
import type { LeaseWork } from '../strategy.ts';

/** The name of this strategy in placements. */
export const BACKEND = 'securityGroupPerRequest';

/** The group of the leases of one machine from one source: the same for two people behind one address. */
export function leaseGroupName(installation: string, instance: string, source: string): string {
  const digest = createHash('sha256').update(source).digest('hex').slice(0, 12);
  return `${groupName(installation, instance)}-${digest}`;
}

/** Is it the name of such a group? Ids begin with `sg-`, which names cannot. */
export function isGroup(installation: string, name: string): boolean {
  const instance = instanceOfGroup(installation, name);
  return instance !== undefined && name !== groupName(installation, instance);
}

/** Where a rule stands, by the group's name. The interface's list of groups is replaced whole: one at a time. */
export function placementIn(where: AccountRegion, name: string, rule: Rule): Placement {
  const at = groupAt(where, name);
  return { rule, backend: BACKEND, at, locks: [`aws:${at}`, `aws:${rule.machine}`] };
}

/** By its name alone: somebody may have taken its tags away, and what bears our mark in it is still to be closed. */
export async function readNamed(site: Site, name: string, signal: AbortSignal): Promise<SecurityGroup | undefined> {
  for await (const group of readGroups(site, [{ Name: 'group-name', Values: [name] }], signal)) return group;
  return undefined;
}

/** The group's id, where absence must be sure: a reading may be older than the group. */
export async function idForSure(
  { aws, site, allowed: { signal } }: LeaseWork,
  name: string,
): Promise<string | undefined> {
  const found = await readNamed(site, name, signal);
  if (found) return found.GroupId;
  await aws.pause(READ_LAG_MS, signal);
  return (await readNamed(site, name, signal))?.GroupId;
}

/** Is the group on the machine's first interface? Else its rules open nothing. */
export function isAttached(instance: Instance | undefined, group: string): boolean {
  const groups = instance && primaryInterface(instance)?.Groups;
  return (groups ?? []).some(({ GroupId }) => GroupId === group);
}

/** The interfaces that a machine is opened on; of one that is gone, none. */
export async function servedOf(work: LeaseWork, machine: MachineId): Promise<readonly InstanceNetworkInterface[]> {
  const instance = await instanceOf(work, machine);
  return instance ? servedInterfaces(instance) : [];
}

/** All interfaces of a machine: an address may have moved since it was opened on one. */
export async function interfacesOf(work: LeaseWork, machine: MachineId): Promise<readonly InstanceNetworkInterface[]> {
  return (await instanceOf(work, machine))?.NetworkInterfaces ?? [];
}

function instanceOf({ site, allowed }: LeaseWork, machine: MachineId): Promise<Instance | undefined> {
  return site.now.instance(instanceRef(machine).instance, allowed.signal);
}
