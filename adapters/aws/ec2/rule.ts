import type { IpPermission, RevokedSecurityGroupRule, SecurityGroupRule } from '@aws-sdk/client-ec2';
import { looksMarked } from '../../../src/core/rule/mark.ts';
import { type Port, samePort } from '../../../src/core/rule/port.ts';
import type { Rule } from '../../../src/core/rule/rule.ts';
import { familyOf, isGroup } from '../../../src/core/rule/source.ts';
import { canonicalCidr } from './cidr.ts';
import { TAG, tagsOf } from './tags.ts';

/** A rule as EC2 wants it in a call. */
export function permissionOf({ port, source }: Rule, Description?: string): IpPermission {
  const said = Description === undefined ? {} : { Description };
  return {
    IpProtocol: port.protocol,
    FromPort: port.number,
    ToPort: port.number,
    ...peerOf(source, said),
  };
}

function peerOf(source: string, said: { readonly Description?: string }): IpPermission {
  if (isGroup(source)) return { UserIdGroupPairs: [{ GroupId: source, ...said }] };
  return familyOf(source) === 'ipv4'
    ? { IpRanges: [{ CidrIp: source, ...said }] }
    : { Ipv6Ranges: [{ CidrIpv6: source, ...said }] };
}

/** Where a rule's traffic comes from: a canonical CIDR, a prefix list or a security group, by its id. */
export function sourceOf(rule: SecurityGroupRule | RevokedSecurityGroupRule): string {
  const { CidrIpv4, CidrIpv6, PrefixListId } = rule;
  const group = 'ReferencedGroupId' in rule ? rule.ReferencedGroupId : undefined;
  const referenced = 'ReferencedGroupInfo' in rule ? rule.ReferencedGroupInfo?.GroupId : undefined;
  if (CidrIpv4 !== undefined) return CidrIpv4;
  if (CidrIpv6 !== undefined) return canonicalCidr(CidrIpv6) ?? CidrIpv6;
  return PrefixListId ?? referenced ?? group ?? 'an unknown source';
}

/** The one port that a rule is about; undefined for ranges and other protocols. */
export function portOf(rule: SecurityGroupRule | RevokedSecurityGroupRule): Port | undefined {
  const { IpProtocol: protocol, FromPort: number, ToPort } = rule;
  if (protocol !== 'tcp' && protocol !== 'udp') return undefined;
  return number !== undefined && number === ToPort ? { number, protocol } : undefined;
}

/** Is it this very rule? In one group there can be only one such (EC2 refuses a second as a duplicate). */
export function isExactly(found: SecurityGroupRule | RevokedSecurityGroupRule, rule: Rule): boolean {
  const port = portOf(found);
  return port !== undefined && samePort(port, rule.port) && sourceOf(found) === rule.source;
}

/** Does a rule let anybody reach the port? Ranges and "all traffic" do too. */
export function reaches({ IpProtocol, FromPort = 0, ToPort = 65_535 }: SecurityGroupRule, port: Port): boolean {
  if (IpProtocol === '-1') return true;
  return IpProtocol === port.protocol && FromPort <= port.number && port.number <= ToPort;
}

/**
 * Does it bear a mark of any Drawbridge, whether or not it is a right one? Whoever wrote it closes it: nobody's standing rule
 * is to be made of it.
 */
export function bearsMark({ Tags }: Pick<SecurityGroupRule, 'Tags'>): boolean {
  return looksMarked(tagsOf(Tags)[TAG.mark] ?? '');
}
