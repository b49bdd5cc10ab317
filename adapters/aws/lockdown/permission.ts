import type { IpPermission, SecurityGroupRule } from '@aws-sdk/client-ec2';
import type { Port } from '../../../src/core/rule/port.ts';
import { sourceOf } from '../ec2/rule.ts';
import { tagsOf } from '../ec2/tags.ts';

/** Where a rule's traffic comes from, or goes to. */
export interface Peer {
  readonly kind: 'ipv4' | 'ipv6' | 'prefixList' | 'group';
  readonly value: string;
  /** Of a group: the account it is in, and the peering it is reached through. */
  readonly account?: string | undefined;
  readonly peering?: string | undefined;
}

/** All that makes a rule, so that it can be written again. Its id cannot. */
export interface Permission {
  /** `tcp`, `udp`, `icmp`, `icmpv6`, `-1` for all, or a number. */
  readonly protocol: string;
  readonly from?: number | undefined;
  readonly to?: number | undefined;
  readonly peer: Peer;
  readonly description?: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

const LAST_PORT = 65_535;

export function permissionIn(rule: SecurityGroupRule): Permission {
  const { IpProtocol = '-1', FromPort, ToPort, Description, ReferencedGroupInfo: group } = rule;
  const kind = rule.CidrIpv4 ? 'ipv4' : rule.CidrIpv6 ? 'ipv6' : rule.PrefixListId ? 'prefixList' : 'group';
  const peer =
    kind === 'group'
      ? { kind, value: group?.GroupId ?? '', account: group?.UserId, peering: group?.VpcPeeringConnectionId }
      : { kind, value: sourceOf(rule) };
  return {
    protocol: IpProtocol,
    ...(hasPorts(IpProtocol) ? { from: FromPort, to: ToPort } : {}),
    peer: peer as Peer,
    ...(Description ? { description: Description } : {}),
    tags: tagsOf(rule.Tags),
  };
}

function hasPorts(protocol: string): boolean {
  return ['tcp', 'udp', 'icmp', 'icmpv6'].includes(protocol);
}

/** As EC2 wants it in a call. */
export function wireOf({ protocol, from, to, peer, description }: Permission): IpPermission {
  const said = description === undefined ? {} : { Description: description };
  const range = from === undefined ? {} : { FromPort: from, ToPort: to };
  const base = { IpProtocol: protocol, ...range };
  switch (peer.kind) {
    case 'ipv4':
      return { ...base, IpRanges: [{ CidrIp: peer.value, ...said }] };
    case 'ipv6':
      return { ...base, Ipv6Ranges: [{ CidrIpv6: peer.value, ...said }] };
    case 'prefixList':
      return { ...base, PrefixListIds: [{ PrefixListId: peer.value, ...said }] };
    case 'group': {
      const of = { ...(peer.account ? { UserId: peer.account } : {}) };
      const through = { ...(peer.peering ? { VpcPeeringConnectionId: peer.peering } : {}) };
      return { ...base, UserIdGroupPairs: [{ GroupId: peer.value, ...of, ...through, ...said }] };
    }
  }
}

/** The same for the same rule: one group cannot have two of them (InvalidPermission.Duplicate). */
export function permissionKey({ protocol, from, to, peer }: Permission): string {
  return [protocol, from ?? '', to ?? '', peer.kind, peer.value].join('|');
}

/**
 * What is left of a rule without these ports: ranges are split. A rule for all protocols becomes all of TCP, UDP and ICMP
 * without them, for EC2 cannot say "all others".
 */
export function without(rule: Permission, ports: readonly Port[]): readonly Permission[] {
  if (rule.protocol !== '-1') {
    const numbers = ports.filter(({ protocol }) => protocol === rule.protocol).map(({ number }) => number);
    return numbers.length > 0 ? split(rule, numbers) : [rule];
  }
  if (ports.length === 0) return [rule];
  return spread(rule).flatMap((one) => without(one, ports));
}

/** All protocols, as far as EC2 can say them one by one. */
function spread(rule: Permission): readonly Permission[] {
  const pings = { ipv4: ['icmp'], ipv6: ['icmpv6'], prefixList: ['icmp', 'icmpv6'], group: ['icmp', 'icmpv6'] };
  return [
    ...['tcp', 'udp'].map((protocol) => ({ ...rule, protocol, from: 0, to: LAST_PORT })),
    ...pings[rule.peer.kind].map((protocol) => ({ ...rule, protocol, from: -1, to: -1 })),
  ];
}

/** What of some rules is not in others, all of them of one peer. */
export function lacking(wanted: readonly Permission[], there: readonly Permission[]): readonly Permission[] {
  return there.reduce((left, other) => left.flatMap((one) => minus(one, other)), wanted);
}

function minus(one: Permission, other: Permission): readonly Permission[] {
  if (other.protocol === '-1') return [];
  if (one.protocol === '-1')
    return hasPorts(other.protocol) ? spread(one).flatMap((part) => minus(part, other)) : [one];
  if (one.protocol !== other.protocol) return [one];
  if (one.protocol !== 'tcp' && one.protocol !== 'udp')
    return other.from === -1 || permissionKey(one) === permissionKey(other) ? [] : [one];
  const [from, to] = [one.from ?? 0, one.to ?? LAST_PORT];
  const [first, last] = [other.from ?? 0, other.to ?? LAST_PORT];
  const parts = [
    { ...one, from, to: Math.min(to, first - 1) },
    { ...one, from: Math.max(from, last + 1), to },
  ];
  return parts.filter((part) => part.from <= part.to);
}

/** Do they let in traffic of the same source? */
export function samePeer(one: Permission, other: Permission): boolean {
  return one.peer.kind === other.peer.kind && one.peer.value === other.peer.value;
}

function split(rule: Permission, numbers: readonly number[]): readonly Permission[] {
  const { from = 0, to = LAST_PORT } = rule;
  const inside = [...new Set(numbers)].filter((one) => from <= one && one <= to).sort((a, b) => a - b);
  const firsts = [from, ...inside.map((one) => one + 1)];
  const lasts = [...inside.map((one) => one - 1), to];
  return firsts.flatMap((first, i) => {
    const last = lasts[i] ?? to;
    return first <= last ? [{ ...rule, from: first, to: last }] : [];
  });
}

/** `tcp 0-65535`, `all traffic`, `icmp`. */
export function trafficText({ protocol, from, to }: Permission): string {
  if (protocol === '-1') return 'all traffic';
  if (from === undefined || (protocol !== 'tcp' && protocol !== 'udp')) return protocol;
  return `${protocol} ${from === to ? from : `${from}-${to}`}`;
}

/** `tcp 22 from 0.0.0.0/0`. */
export function permissionText(rule: Permission): string {
  return `${trafficText(rule)} from ${rule.peer.value}`;
}
