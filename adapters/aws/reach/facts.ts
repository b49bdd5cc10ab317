import type { Instance, InstanceNetworkInterface, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Unknown } from '../../../src/core/packet/known.ts';
import type { OrUnknown } from '../../../src/core/packet/read.ts';
import { sourceOf } from '../ec2/rule.ts';
import type { IngressRule, InstanceAddress, InstanceInterface, SubnetFacts } from './model.ts';

/** What of a machine was read, group by group and list by list, for its interfaces to be made of. */
export interface InstanceParts {
  /** Rules of each group that let traffic in. */
  readonly rules: ReadonlyMap<string, readonly SecurityGroupRule[]>;
  /** Groups that this account is not shown: what is in them nobody here can tell. */
  readonly hidden: ReadonlySet<string>;
  /** What the groups are called. */
  readonly names: ReadonlyMap<string, string>;
  /** Prefixes of prefix lists, by id. */
  readonly lists: ReadonlyMap<string, OrUnknown<readonly string[]>>;
  /** Private addresses that bear a group, by the rule that lets it in. */
  readonly members: ReadonlyMap<string, OrUnknown<readonly string[]>>;
  /** By subnet. */
  readonly around: ReadonlyMap<string, SubnetFacts>;
  /** By VPC. */
  readonly relays: ReadonlyMap<string, Unknown>;
  /** By interface; not there for one that has no IPv6 address. */
  readonly deniesGateway: ReadonlyMap<string, OrUnknown<boolean>>;
}

const NETWORK = 'the network of the interface';

/** An interface of a machine as the evaluation needs it. */
export function toInterface(
  nic: InstanceNetworkInterface,
  isRunning: boolean,
  parts: InstanceParts,
): InstanceInterface {
  const { NetworkInterfaceId: id = '', SubnetId = '', VpcId = '', Groups = [] } = nic;
  const around = parts.around.get(SubnetId);
  const unread = { unknown: NETWORK };
  const { acl = unread, routes = unread, prefixes = unread, publicAccess = unread, edge = unread } = around ?? {};
  const local = 'is' in routes ? routes.is.filter(({ target }) => target === 'local') : [];
  const relays = parts.relays.get(VpcId) ?? around?.relays;
  return {
    id,
    addresses: isRunning ? addressesOf(nic) : addressesOf(nic).map(asStarted),
    groups: Groups.map(({ GroupId = '', GroupName = GroupId }) => {
      if (parts.hidden.has(GroupId)) return { unknown: `the security group ${GroupName}, which could not be read` };
      const rules = parts.rules.get(GroupId) ?? [];
      return { is: { id: GroupId, name: GroupName, rules: rules.map((rule) => toRule(rule, parts)) } };
    }),
    acl,
    routes,
    subnet: 'is' in prefixes ? prefixes.is : [],
    ...('is' in prefixes ? {} : { isSubnetUnread: true }),
    vpc: local.map(({ destination }) => destination),
    publicAccess,
    edge,
    deniesGateway: parts.deniesGateway.get(id) ?? { is: false },
    ...(relays === undefined ? {} : { relays }),
  };
}

function toRule(rule: SecurityGroupRule, { names, lists, members }: InstanceParts): IngressRule {
  const { SecurityGroupRuleId: id = '', IpProtocol: protocol = '-1', FromPort, ToPort, PrefixListId } = rule;
  const group = rule.ReferencedGroupInfo?.GroupId;
  const name = group === undefined ? undefined : names.get(group);
  const source: IngressRule['source'] =
    PrefixListId !== undefined
      ? { prefixList: PrefixListId, entries: lists.get(PrefixListId) ?? { unknown: `what ${PrefixListId} holds` } }
      : group !== undefined
        ? {
            group,
            ...(name === undefined ? {} : { name }),
            members: members.get(id) ?? { unknown: `who bears ${group}` },
          }
        : { cidr: sourceOf(rule) };
  return {
    id,
    protocol,
    ...(FromPort === undefined ? {} : { from: FromPort }),
    ...(ToPort === undefined ? {} : { to: ToPort }),
    source,
  };
}

/**
 * One that is stopped has lost the public address that it gets again when it starts ("Stop and start Amazon EC2 instances"):
 * nobody gets in now, and what is open then is said to be open.
 */
function asStarted(one: InstanceAddress): InstanceAddress {
  return one.family === 'ipv4' ? { ...one, publicAddress: one.publicAddress ?? 'a public address' } : one;
}

/** Its private addresses, with the public one that leads to each, and prefixes that are delegated to it. */
export function addressesOf(nic: InstanceNetworkInterface): readonly InstanceAddress[] {
  const { PrivateIpAddresses = [], Ipv6Addresses = [], Ipv4Prefixes = [], Ipv6Prefixes = [] } = nic;
  return [
    ...PrivateIpAddresses.flatMap(({ PrivateIpAddress: address, Association }): readonly InstanceAddress[] => {
      if (address === undefined) return [];
      const publicAddress = Association?.PublicIp ?? Association?.CarrierIp ?? Association?.CustomerOwnedIp;
      return [{ address, family: 'ipv4', ...(publicAddress === undefined ? {} : { publicAddress }) }];
    }),
    ...Ipv6Addresses.flatMap(({ Ipv6Address: address }): readonly InstanceAddress[] =>
      address === undefined ? [] : [{ address, family: 'ipv6' }],
    ),
    ...Ipv4Prefixes.flatMap(({ Ipv4Prefix: address }): readonly InstanceAddress[] =>
      address === undefined ? [] : [{ address, family: 'ipv4' }],
    ),
    ...Ipv6Prefixes.flatMap(({ Ipv6Prefix: address }): readonly InstanceAddress[] =>
      address === undefined ? [] : [{ address, family: 'ipv6' }],
    ),
  ];
}

/** All addresses of an instance's own interfaces: what comes from them never leaves the machine. */
export function ownAddresses({ NetworkInterfaces = [] }: Instance): ReadonlySet<string> {
  return new Set(NetworkInterfaces.flatMap(addressesOf).map(({ address }) => address));
}
