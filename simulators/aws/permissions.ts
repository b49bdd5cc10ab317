import type { Call } from './call.ts';
import { groupById } from './call.ts';
import { canonicalCidr } from './cidr.ts';
import { AwsError, invalidCombination, invalidValue, missing, noGroup } from './errors.ts';
import type { Peer, Permission, Rule } from './model.ts';
import type { Query } from './query.ts';
import { items, leaf, node } from './xml.ts';

/** A permission as asked for, with what it says of itself. */
export interface Draft extends Permission {
  readonly description?: string;
}

/** A permission whose group or prefix list still has to be found. */
export type Unresolved = (call: Call, vpcId: string) => Draft;

const PROTOCOLS: Readonly<Record<string, string>> = { '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' };

/** Names, and descriptions of groups and of rules: these characters, at most 255 of them. */
export const TEXT = /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]{0,255}$/;

/** A description of a rule; one whose peer is a group or a prefix list has no `&`. */
export function checkDescription(description: string | undefined, kind: Peer['kind']): string | undefined {
  const named = kind === 'group' || kind === 'prefixList';
  if (description !== undefined && (!TEXT.test(description) || (named && description.includes('&'))))
    throw invalidValue(
      'Invalid rule description. Valid descriptions are strings less than 256 characters from the following set: ' +
        `a-zA-Z0-9. _-:/()#,@[]+=${named ? '' : '&'};{}!$*`,
    );
  return description || undefined;
}

type Range = Pick<Permission, 'protocol' | 'fromPort' | 'toPort'>;

/** Reads and checks `IpProtocol`, `FromPort` and `ToPort`. Protocols without ports have -1 for both, whatever was sent. */
export function readRange(query: Query): Range {
  const name = query.need('IpProtocol').toLowerCase();
  const fromPort = query.integer('FromPort');
  const toPort = query.integer('ToPort');
  const protocol = PROTOCOLS[name] ?? name;
  if (protocol === 'tcp' || protocol === 'udp') {
    if (fromPort === undefined || toPort === undefined)
      throw invalidValue("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
    if (fromPort < 0 || toPort > 65_535 || fromPort > toPort)
      throw invalidValue(`Invalid value '${fromPort}-${toPort}' for portRange. Invalid TCP/UDP port range`);
    return { protocol, fromPort, toPort };
  }
  if (protocol === 'icmp' || protocol === 'icmpv6') {
    if (protocol === 'icmp' && (fromPort === undefined || toPort === undefined))
      throw invalidValue("Invalid value 'Must specify both type and code with ICMP.' for icmp.");
    const [type, code] = [fromPort ?? -1, toPort ?? -1];
    if (type < -1 || type > 255 || code < -1 || code > 255 || (type === -1 && code !== -1))
      throw invalidValue(`Invalid value '${type}/${code}' for ICMP type and code`);
    return { protocol, fromPort: type, toPort: code };
  }
  if (protocol !== '-1' && !(/^\d{1,3}$/.test(protocol) && Number(protocol) <= 255))
    throw invalidValue(`Invalid value '${name}' for IP protocol. Unknown protocol`);
  return { protocol, fromPort: -1, toPort: -1 };
}

/** Finds the group that a rule refers to; it must be in the same VPC. */
export function groupPeer(call: Call, vpcId: string, id: string): Peer {
  if (groupById(call, id).vpcId !== vpcId) throw noGroup(id);
  return { kind: 'group', value: id };
}

/** Finds the prefix list that a rule refers to. */
export function listPeer(call: Call, id: string): Peer {
  if (!call.region.prefixLists.get(id))
    throw new AwsError('InvalidPrefixListID.NotFound', `The prefix list ID '${id}' does not exist`);
  return { kind: 'prefixList', value: id };
}

function readPermission(query: Query): Unresolved[] {
  const range = readRange(query);
  const cidrs = (list: string, field: string, kind: 'ipv4' | 'ipv6') =>
    query.structs(list).map((one): Unresolved => {
      const value = canonicalCidr(one.need(field), kind);
      const description = checkDescription(one.text('Description'), kind);
      return () => ({ ...range, peer: { kind, value }, description });
    });
  const groups = query.structs('Groups').map((one): Unresolved => {
    const id = one.need('GroupId');
    const owner = one.text('UserId');
    const description = checkDescription(one.text('Description'), 'group');
    return (call, vpcId) => {
      if (owner !== undefined && owner !== call.region.account) throw noGroup(id);
      return { ...range, peer: groupPeer(call, vpcId, id), description };
    };
  });
  const lists = query.structs('PrefixListIds').map((one): Unresolved => {
    const id = one.need('PrefixListId');
    const description = checkDescription(one.text('Description'), 'prefixList');
    return (call) => ({ ...range, peer: listPeer(call, id), description });
  });
  const drafts = [
    ...cidrs('IpRanges', 'CidrIp', 'ipv4'),
    ...cidrs('Ipv6Ranges', 'CidrIpv6', 'ipv6'),
    ...groups,
    ...lists,
  ];
  if (drafts.length === 0)
    throw new AwsError('InvalidPermission.Malformed', 'The permission names no source or destination');
  return drafts;
}

/** Reads the permissions of a call: `IpPermissions.N`, or for ingress the one that the flat parameters make. */
export function readPermissions(query: Query, egress: boolean): Unresolved[] {
  const nested = query.structs('IpPermissions').flatMap(readPermission);
  const cidr = egress ? undefined : query.text('CidrIp');
  if (cidr === undefined) return nested;
  if (nested.length > 0)
    throw invalidCombination("The parameter 'ipPermissions' may not be used in combination with 'cidrIp'");
  const draft: Draft = { ...readRange(query), peer: { kind: 'ipv4', value: canonicalCidr(cidr, 'ipv4') } };
  return [() => draft];
}

/** Finds what the permissions refer to; none of them may be there twice. */
export function resolve(call: Call, vpcId: string, permissions: readonly Unresolved[]): Draft[] {
  if (permissions.length === 0) throw missing('ipPermissions');
  const drafts = permissions.map((one) => one(call, vpcId));
  const keys = drafts.map((one) => `${one.protocol}|${one.fromPort}|${one.toPort}|${one.peer.value}`);
  if (new Set(keys).size < keys.length) throw invalidValue('The same permission must not appear multiple times');
  return drafts;
}

/** How EC2 names a rule in its refusals. */
export function words({ protocol, fromPort, toPort, peer }: Permission): string {
  const ports = protocol === '-1' ? 'ALL' : `${protocol.toUpperCase()}, from port: ${fromPort}, to port: ${toPort}`;
  return `peer: ${peer.value}, ${ports}, ALLOW`;
}

const PEERS = {
  ipv4: ['ipRanges', 'cidrIp'],
  ipv6: ['ipv6Ranges', 'cidrIpv6'],
  prefixList: ['prefixListIds', 'prefixListId'],
} as const;

/** `IpPermission` elements: rules of one protocol and one range of ports share one. */
export function writePermissions(
  name: string,
  rules: Iterable<Permission & { readonly description?: string }>,
  account: string,
): string {
  const shared = new Map<string, (Permission & { readonly description?: string })[]>();
  for (const rule of rules) {
    const key = `${rule.protocol}|${rule.fromPort}|${rule.toPort}`;
    const members = shared.get(key);
    if (members) members.push(rule);
    else shared.set(key, [rule]);
  }
  return items(name, shared.values(), (members) => {
    const [first] = members;
    const range =
      first && first.protocol !== '-1' ? leaf('fromPort', first.fromPort) + leaf('toPort', first.toPort) : '';
    const peers = (Object.keys(PEERS) as (keyof typeof PEERS)[]).map((kind) =>
      items(
        PEERS[kind][0],
        members.filter((one) => one.peer.kind === kind),
        (one) => leaf(PEERS[kind][1], one.peer.value) + leaf('description', one.description),
      ),
    );
    const groups = items(
      'groups',
      members.filter((one) => one.peer.kind === 'group'),
      (one) => leaf('groupId', one.peer.value) + leaf('userId', account) + leaf('description', one.description),
    );
    return leaf('ipProtocol', first?.protocol) + range + groups + peers.join('');
  });
}

/** The peer of a rule, as `SecurityGroupRule` has it. */
export function writePeer(rule: Rule, account: string): string {
  if (rule.peer.kind === 'group')
    return node(
      'referencedGroupInfo',
      leaf('groupId', rule.peer.value) +
        leaf('peeringStatus', rule.peer.peeringStatus) +
        leaf('userId', rule.peer.account ?? account),
    );
  const field = { ipv4: 'cidrIpv4', ipv6: 'cidrIpv6', prefixList: 'prefixListId' }[rule.peer.kind];
  return leaf(field, rule.peer.value);
}
