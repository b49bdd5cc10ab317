import {
  AuthorizeSecurityGroupEgressCommand,
  CreateSecurityGroupCommand,
  DeleteSecurityGroupCommand,
  type IpPermission,
  type Ipv6Range,
  ModifyNetworkInterfaceAttributeCommand,
  type NetworkInterface,
  RevokeSecurityGroupEgressCommand,
  type SecurityGroup,
} from '@aws-sdk/client-ec2';
import { JitError } from '../../../src/core/errors/errors.ts';
import type { Allowed } from '../../../src/kit/call.ts';
import { CLOUD, codeOf, isCode, isNotFound, refused } from '../errors.ts';
import { canonicalCidr } from './cidr.ts';
import type { Aws } from './context.ts';
import { patiently } from './retries.ts';
import type { Site } from './sites.ts';
import { tagList } from './tags.ts';

/** Security groups of ours are made, put on interfaces, taken off and deleted here. */
export interface GroupWork {
  readonly aws: Aws;
  readonly site: Site;
  readonly allowed: Allowed;
}

interface NewGroup {
  readonly name: string;
  readonly description: string;
  readonly vpc: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/** Makes a group. One of that name is success: made by a call whose reply was lost, or by somebody else at the same moment. */
export async function createGroup(
  { site, allowed }: GroupWork,
  { name, description, vpc, tags }: NewGroup,
): Promise<void> {
  const input = {
    GroupName: name,
    Description: description,
    VpcId: vpc,
    TagSpecifications: [{ ResourceType: 'security-group' as const, Tags: tagList(tags) }],
  };
  try {
    await site.change(input, allowed, (ec2, options) => ec2.send(new CreateSecurityGroupCommand(input), options));
  } catch (error) {
    if (!isCode(error, 'InvalidGroup.Duplicate')) throw error;
  }
}

/**
 * Every new group lets all traffic out, which would widen an instance that is locked down: that goes. What stays instead is one
 * rule that no other group has, to an address where nothing is.
 */
export async function stripEgress({ site, allowed }: GroupWork, group: SecurityGroup): Promise<void> {
  const { GroupId = '', IpPermissionsEgress = [] } = group;
  const { going, isTold } = outward(IpPermissionsEgress, tellTale(GroupId));
  if (going.length > 0) {
    const input = { GroupId, IpPermissions: going };
    try {
      await site.change(input, allowed, (ec2, options) =>
        ec2.send(new RevokeSecurityGroupEgressCommand(input), options),
      );
    } catch (error) {
      if (codeOf(error) !== 'InvalidPermission.NotFound') throw error;
    }
  }
  if (!isTold) await tellApart({ site, allowed }, GroupId);
}

/** Is there nothing to do for `stripEgress`? */
export function isStripped({ GroupId = '', IpPermissionsEgress = [] }: SecurityGroup): boolean {
  const { going, isTold } = outward(IpPermissionsEgress, tellTale(GroupId));
  return isTold && going.length === 0;
}

/**
 * Groups with the same rules are one and the same to clean-ups (AWS Firewall Manager, "Usage audit security group policies":
 * redundant groups), which put one on the machines of all. So each has a rule of its own: out, to port 1 of an address made of
 * its id in the block that routers discard (RFC 6666).
 */
async function tellApart({ site, allowed }: Pick<GroupWork, 'site' | 'allowed'>, GroupId: string): Promise<void> {
  const Description = 'Leads nowhere. Makes this group unlike all others.';
  const input = {
    GroupId,
    IpPermissions: [{ ...PORT_ONE, Ipv6Ranges: [{ CidrIpv6: tellTale(GroupId), Description }] }],
  };
  try {
    await site.change(input, allowed, (ec2, options) =>
      ec2.send(new AuthorizeSecurityGroupEgressCommand(input), options),
    );
  } catch (error) {
    if (!isCode(error, 'InvalidPermission.Duplicate')) throw error;
  }
}

const PORT_ONE = { IpProtocol: 'tcp', FromPort: 1, ToPort: 1 } as const;

/** `100::f:123:4567:89ab/128` of `sg-0f0123456789abcde`: its last 64 bits. */
function tellTale(group: string): string {
  const digits = group.slice(-16).padStart(16, '0');
  const address = `100::${(digits.match(/.{4}/g) ?? []).join(':')}/128`;
  return canonicalCidr(address) ?? address;
}

/** What lets anything else out, and is that one rule there? */
function outward(permissions: readonly IpPermission[], own: string) {
  const isOwn = ({ CidrIpv6 = '' }: Ipv6Range) => canonicalCidr(CidrIpv6) === own;
  const isPortOne = ({ IpProtocol, FromPort, ToPort }: IpPermission) =>
    IpProtocol === PORT_ONE.IpProtocol && FromPort === PORT_ONE.FromPort && ToPort === PORT_ONE.ToPort;
  const kept = permissions.filter(isPortOne);
  const rest = kept.flatMap(({ Ipv6Ranges = [], ...one }): IpPermission[] => {
    const others = Ipv6Ranges.filter((range) => !isOwn(range));
    const peers = [others, one.IpRanges, one.PrefixListIds, one.UserIdGroupPairs];
    return peers.some((list) => (list ?? []).length > 0) ? [{ ...one, Ipv6Ranges: others }] : [];
  });
  return {
    going: [...permissions.filter((one) => !isPortOne(one)), ...rest],
    isTold: kept.some(({ Ipv6Ranges = [] }) => Ipv6Ranges.some(isOwn)),
  };
}

/**
 * Deletes a group that is on no interface any more; absent is success. A detachment is not known everywhere at once, which is
 * waited for; throws `groupInUse` for a use that stays.
 */
export async function deleteGroup(work: GroupWork, group: string): Promise<void> {
  const { aws, allowed } = work;
  await patiently({ aws, signal: allowed.signal }, () => deleteOnce(work, group));
}

/** The same without waiting. */
export async function deleteOnce({ site, allowed }: GroupWork, GroupId: string): Promise<void> {
  const input = { GroupId };
  try {
    await site.change(input, allowed, (ec2, options) => ec2.send(new DeleteSecurityGroupCommand(input), options));
  } catch (error) {
    if (!isNotFound(error)) throw error;
  }
}

/** An interface as instances and interfaces show it. */
type Interface = Pick<NetworkInterface, 'NetworkInterfaceId' | 'Groups'>;

/**
 * Changes which groups are on interfaces, until a reading shows it. EC2 replaces the whole list and knows no versions of it:
 * it is read right before, so that what somebody else changes meanwhile is written again with it. Throws `cloudRefused` where
 * an interface would be left without any group, which EC2 does not allow.
 */
export async function changeGroups(
  { aws, site, allowed }: GroupWork,
  read: () => Promise<readonly Interface[]>,
  next: (ids: readonly string[]) => readonly string[],
): Promise<void> {
  await patiently({ aws, signal: allowed.signal }, async () => {
    let isChanged = false;
    for (const { NetworkInterfaceId, Groups = [] } of await read()) {
      const ids = Groups.flatMap(({ GroupId }) => GroupId ?? []);
      const wanted = next(ids);
      if (String(wanted) === String(ids)) continue;
      if (wanted.length === 0) throw refused('LastGroupOfInterface');
      const input = { NetworkInterfaceId, Groups: [...wanted] };
      await site.change(input, allowed, (ec2, options) =>
        ec2.send(new ModifyNetworkInterfaceAttributeCommand(input), options),
      );
      isChanged = true;
    }
    if (isChanged) throw new JitError('cloudBusy', { cloud: CLOUD });
  });
}
