import type { GroupIdentifier, Instance, InstanceNetworkInterface, SecurityGroup } from '@aws-sdk/client-ec2';
import type { Instant } from '../../../src/core/language/instant.ts';
import type { MachineAddress } from '../../../src/core/machine/address.ts';
import type { Protection } from '../../../src/ports/cloud.ts';
import type { Client } from './clients.ts';
import { readGroups } from './read.ts';
import { parseEnded, parseProtection, TAG, tagsOf } from './tags.ts';

/** The name of a machine's JIT security group. Names are unique in a VPC and can never be changed. */
export function groupName(installation: string, instance: string): string {
  return `drawbridge-${installation}-${instance}`;
}

/** The instance whose JIT group, or group of a lease, has this name; undefined for any other name. */
export function instanceOfGroup(installation: string, name: string): string | undefined {
  const prefix = groupName(installation, '');
  const rest = name.startsWith(prefix) ? name.slice(prefix.length) : '';
  return /^(i-[0-9a-f]{8,17})(?:-[0-9a-f]{12})?$/.exec(rest)?.[1];
}

/** A group that we made: by its name and by its tag. What stands in it is ours by place. */
export function isOurs({ GroupName, Tags }: SecurityGroup, installation: string): boolean {
  const named = instanceOfGroup(installation, GroupName ?? '') !== undefined;
  return named && tagsOf(Tags)[TAG.installation] === installation;
}

/**
 * May Defender for Cloud's AWS connector have made this group for its own just-in-time access? It tags nothing (its role may
 * not), and how it names its groups is documented nowhere: these are the words of its names in Azure, and a guess here.
 */
export function isDefenders(name: string): boolean {
  return /jit/i.test(name) && /defender|\bmdc\b|\basc\b|securitycenter/i.test(name);
}

/** Reads one group; undefined when it is gone. */
export async function readGroup(
  client: Client,
  group: string,
  signal: AbortSignal,
): Promise<SecurityGroup | undefined> {
  for await (const one of readGroups(client, [{ Name: 'group-id', Values: [group] }], signal)) return one;
  return undefined;
}

/** The groups of all interfaces of an instance, each once: by id, with their names. */
export function attachedGroups(instance: Instance | undefined): ReadonlyMap<string, string> {
  const groups: GroupIdentifier[] = (instance?.NetworkInterfaces ?? []).flatMap((one) => one.Groups ?? []);
  return new Map(groups.map(({ GroupId, GroupName }) => [GroupId ?? '', GroupName ?? GroupId ?? '']));
}

/**
 * The interface that owns the instance's primary address: the one it was launched with, which cannot be detached. The first
 * interface of each further network card has device index 0 as well ("Network cards").
 */
export function primaryInterface(instance: Instance) {
  return (instance.NetworkInterfaces ?? []).find(
    ({ Attachment }) => Attachment?.DeviceIndex === 0 && (Attachment.NetworkCardIndex ?? 0) === 0,
  );
}

/**
 * The interfaces that a machine is opened on: the primary one, and those that have the kind of address (public, or IPv6) that
 * the others before them lack. Whoever comes that way connects there.
 */
export function servedInterfaces(instance: Instance): readonly InstanceNetworkInterface[] {
  const primary = primaryInterface(instance);
  if (!primary) return [];
  const served = [primary];
  for (const has of [hasPublic, hasIpv6]) {
    const other = served.some(has) ? undefined : instance.NetworkInterfaces?.find(has);
    if (other) served.push(other);
  }
  return served;
}

function hasPublic(one: InstanceNetworkInterface): boolean {
  return publicOf(one).length > 0;
}

function hasIpv6({ Ipv6Addresses = [] }: InstanceNetworkInterface): boolean {
  return Ipv6Addresses.length > 0;
}

function publicOf({ PrivateIpAddresses = [], Association }: InstanceNetworkInterface): readonly string[] {
  const all = [Association, ...PrivateIpAddresses.map((one) => one.Association)];
  return [...new Set(all.flatMap((one) => one?.PublicIp ?? []))];
}

/** All addresses of an instance, with what is opened for these interfaces alone. The primary one's come first. */
export function addressesOf(
  instance: Instance,
  isServed: (one: InstanceNetworkInterface) => boolean,
): readonly MachineAddress[] {
  const primary = primaryInterface(instance);
  const others = (instance.NetworkInterfaces ?? []).filter((one) => one !== primary);
  return [...(primary ? [primary] : []), ...others].flatMap((one) => {
    const { PrivateIpAddress, PrivateIpAddresses = [], Ipv6Addresses = [] } = one;
    const inside = new Set([PrivateIpAddress, ...PrivateIpAddresses.map((each) => each.PrivateIpAddress)]);
    const six = Ipv6Addresses.flatMap(({ Ipv6Address }) => Ipv6Address ?? []);
    const at = (isPublic: boolean) => (address: string) => ({ address, isPublic, isServed: isServed(one) });
    return [
      ...publicOf(one).map(at(true)),
      ...[...inside].flatMap((address) => address ?? []).map(at(false)),
      ...six.map(at(true)),
    ];
  });
}

/** Groups of ours on an instance that were made for another one, by id, with their names: what is opened there is open here too. */
export function groupsOfOthers(instance: Instance, installation: string): ReadonlyMap<string, string> {
  const owner = (name: string) => instanceOfGroup(installation, name) ?? instance.InstanceId;
  return new Map([...attachedGroups(instance)].filter(([, name]) => owner(name) !== instance.InstanceId));
}

/** The id of the JIT group on the primary interface: without it there, an open rule would open nothing. */
export function attachedJitGroup(instance: Instance, installation: string): string | undefined {
  const name = groupName(installation, instance.InstanceId ?? '');
  return primaryInterface(instance)?.Groups?.find(({ GroupName }) => GroupName === name)?.GroupId;
}

/** When the protection that a JIT group told of was ended; undefined while it was not. */
export function protectionEndedAt({ Tags }: SecurityGroup): Instant | undefined {
  return parseEnded(tagsOf(Tags)[TAG.protection] ?? '');
}

/** What a JIT group protects; undefined when the group is not ours or its tag cannot be read. */
export function protectionOf(group: SecurityGroup | undefined, installation: string): Protection | undefined {
  if (!group || !isOurs(group, installation)) return undefined;
  return parseProtection(tagsOf(group.Tags)[TAG.protection] ?? '');
}
