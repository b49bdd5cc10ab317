import { type Action, type Call, checkId, groupById, readGroup, rowsById } from './call.ts';
import { canonicalCidr } from './cidr.ts';
import { AwsError, invalidCombination, invalidValue, missing } from './errors.ts';
import { Filters } from './filters.ts';
import { type Group, identity, type Peer, type Permission, type Rule } from './model.ts';
import { nextToken, Paging } from './paging.ts';
import {
  checkDescription,
  groupPeer,
  listPeer,
  readPermissions,
  readRange,
  resolve,
  words,
  writePeer,
  writePermissions,
} from './permissions.ts';
import type { Query } from './query.ts';
import { newId, type Region } from './region.ts';
import { readTagSpecifications } from './tags.ts';
import { items, leaf, tagSet } from './xml.ts';

/**
 * What a rule counts for IPv4 and for IPv6 (Amazon VPC quotas): one that refers to a group counts for both, one that
 * refers to a prefix list as much as the list may hold.
 */
function weight(region: Region, peer: Peer): readonly [number, number] {
  if (peer.kind === 'group') return [1, 1];
  if (peer.kind !== 'prefixList') return peer.kind === 'ipv4' ? [1, 0] : [0, 1];
  const list = region.prefixLists.get(peer.value);
  return list?.family === 'IPv6' ? [0, list.maxEntries] : [list?.maxEntries ?? 0, 0];
}

/** Refuses a set of rules of one group and direction that is over the quota. */
function checkQuota(region: Region, peers: readonly Peer[]): void {
  const weights = peers.map((peer) => weight(region, peer));
  const totals = [0, 1].map((family) => weights.reduce((sum, one) => sum + (one[family] ?? 0), 0));
  if (Math.max(...totals) > region.quotas.rulesPerGroup)
    throw new AwsError(
      'RulesPerSecurityGroupLimitExceeded',
      'The maximum number of rules per security group has been reached.',
    );
}

function existing(region: Region, group: Group, egress: boolean, permission: Permission): Rule | undefined {
  return region.rules.by('identity', identity(group.id, egress, permission))[0];
}

const duplicate = (permission: Permission): AwsError =>
  new AwsError('InvalidPermission.Duplicate', `the specified rule "${words(permission)}" already exists`);

function writeRule(rule: Rule, region: Region): string {
  return (
    leaf('securityGroupRuleId', rule.id) +
    leaf('securityGroupRuleArn', region.arn('security-group-rule', rule.id)) +
    leaf('groupId', rule.groupId) +
    leaf('groupOwnerId', region.account) +
    leaf('isEgress', rule.egress) +
    leaf('ipProtocol', rule.protocol) +
    leaf('fromPort', rule.fromPort) +
    leaf('toPort', rule.toPort) +
    writePeer(rule, region.account) +
    leaf('description', rule.description) +
    tagSet(rule.tags)
  );
}

/** AuthorizeSecurityGroupIngress and -Egress: all rules or none; the tags go on each of them. */
function authorize(egress: boolean) {
  return (call: Call): string => {
    const { query, region } = call;
    const find = readGroup(query);
    const permissions = readPermissions(query, egress);
    const tags = readTagSpecifications(query, 'security-group-rule');
    call.checked();
    const group = find(call);
    const drafts = resolve(call, group.vpcId, permissions);
    const present = drafts.find((draft) => existing(region, group, egress, draft));
    if (present) throw duplicate(present);
    const others = region.rules.by('group', group.id).filter((rule) => rule.egress === egress);
    checkQuota(
      region,
      [...others, ...drafts].map((rule) => rule.peer),
    );
    const rules = drafts.map(
      (draft): Rule => ({ ...draft, id: newId('sgr'), seq: region.nextSeq(), tags, egress, groupId: group.id }),
    );
    for (const rule of rules) region.rules.put(rule);
    return leaf('return', true) + items('securityGroupRuleSet', rules, (rule) => writeRule(rule, region));
  };
}

function writeRevoked(rule: Rule): string {
  const peer = { ipv4: 'cidrIpv4', ipv6: 'cidrIpv6', prefixList: 'prefixListId', group: 'referencedGroupId' }[
    rule.peer.kind
  ];
  return (
    leaf('securityGroupRuleId', rule.id) +
    leaf('groupId', rule.groupId) +
    leaf('isEgress', rule.egress) +
    leaf('ipProtocol', rule.protocol) +
    leaf('fromPort', rule.fromPort) +
    leaf('toPort', rule.toPort) +
    leaf(peer, rule.peer.value) +
    leaf('description', rule.description)
  );
}

/**
 * RevokeSecurityGroupIngress and -Egress, by rule ids or by properties (the description does not count). What is not
 * there refuses the whole call; only in a default VPC are unknown permissions handed back instead.
 */
function revoke(egress: boolean) {
  return (call: Call): string => {
    const { query, region } = call;
    const find = readGroup(query);
    const ids = query.list('SecurityGroupRuleId').map((id) => checkId('rule', id));
    const permissions = readPermissions(query, egress);
    if (ids.length > 0 && permissions.length > 0)
      throw invalidCombination("Either the 'ipPermissions' or 'securityGroupRuleIds' should be provided, not both");
    if (ids.length === 0 && permissions.length === 0) throw missing('ipPermissions or securityGroupRuleIds');
    call.checked();
    const group = find(call);
    const own = (id: string) => {
      const rule = region.rules.get(id);
      return rule?.groupId === group.id && rule.egress === egress ? rule : undefined;
    };
    const named = rowsById(ids, own, 'InvalidSecurityGroupRuleId.NotFound', 'security group rule');
    const drafts = ids.length > 0 ? [] : resolve(call, group.vpcId, permissions);
    const found = drafts.map((draft) => ({ draft, rule: existing(region, group, egress, draft) }));
    const unknown = found.filter(({ rule }) => !rule).map(({ draft }) => draft);
    if (unknown.length > 0 && !region.vpcs.get(group.vpcId)?.isDefault)
      throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.');
    const rules = [...named, ...found.flatMap(({ rule }) => rule ?? [])];
    for (const rule of rules) region.rules.remove(rule.id);
    return (
      leaf('return', true) +
      (unknown.length > 0 ? writePermissions('unknownIpPermissionSet', unknown, region.account) : '') +
      items('revokedSecurityGroupRuleSet', rules, writeRevoked)
    );
  };
}

function readUpdate(query: Query): (call: Call, vpcId: string) => Peer {
  const [cidr4, cidr6, list, group] = ['CidrIpv4', 'CidrIpv6', 'PrefixListId', 'ReferencedGroupId'].map((name) =>
    query.text(name),
  );
  if ([cidr4, cidr6, list, group].filter((one) => one !== undefined).length !== 1)
    throw invalidCombination('Exactly one of CidrIpv4, CidrIpv6, PrefixListId and ReferencedGroupId must be specified');
  return (call, vpcId) => {
    if (cidr4 !== undefined) return { kind: 'ipv4', value: canonicalCidr(cidr4, 'ipv4') };
    if (cidr6 !== undefined) return { kind: 'ipv6', value: canonicalCidr(cidr6, 'ipv6') };
    return list !== undefined ? listPeer(call, list) : groupPeer(call, vpcId, group ?? '');
  };
}

/** ModifySecurityGroupRules: rules keep their ids, tags, direction and kind of source; all are changed or none. */
function modifyRules(call: Call): string {
  const { query, region } = call;
  const groupId = query.need('GroupId');
  const updates = query.structs('SecurityGroupRule').map((update) => {
    const id = checkId('rule', update.need('SecurityGroupRuleId'));
    const next = update.struct('SecurityGroupRule');
    if (!next) throw missing('SecurityGroupRule.SecurityGroupRule');
    return { id, range: readRange(next), peer: readUpdate(next), description: next.text('Description') };
  });
  if (updates.length === 0) throw missing('SecurityGroupRule');
  call.checked();
  const group = groupById(call, groupId);
  const rules = updates.map(({ id, range, peer: find, description }): Rule => {
    const rule = region.rules.get(id);
    if (rule?.groupId !== group.id)
      throw new AwsError('InvalidSecurityGroupRuleId.NotFound', `The security group rule ID '${id}' does not exist`);
    const peer = find(call, group.vpcId);
    if (peer.kind !== rule.peer.kind) throw invalidValue(`The type of the rule '${id}' cannot be changed`);
    return { ...rule, ...range, peer, description: checkDescription(description, peer.kind) };
  });
  const changed = new Map(rules.map((rule) => [rule.id, rule]));
  if (changed.size < rules.length) throw invalidValue('The same security group rule must not appear multiple times');
  const after = region.rules.by('group', group.id).map((rule) => changed.get(rule.id) ?? rule);
  const seen = new Set<string>();
  for (const rule of after) {
    const key = identity(rule.groupId, rule.egress, rule);
    if (seen.has(key)) throw duplicate(rule);
    seen.add(key);
  }
  for (const egress of [false, true])
    checkQuota(
      region,
      after.filter((rule) => rule.egress === egress).map((rule) => rule.peer),
    );
  for (const rule of rules) region.rules.put(rule);
  return leaf('return', true);
}

function describeRules(call: Call): string {
  const { query, reading, region } = call;
  const ids = query.list('SecurityGroupRuleId').map((id) => checkId('rule', id));
  const filters = new Filters<Rule>(
    query,
    { 'group-id': (rule) => [rule.groupId], 'security-group-rule-id': (rule) => [rule.id] },
    (rule) => rule.tags,
  );
  const paging = new Paging(query, call.action);
  call.checked();
  const named = rowsById(
    ids,
    (id) => reading.rules.get(id),
    'InvalidSecurityGroupRuleId.NotFound',
    'security group rule',
  );
  const groups = filters.exact('group-id');
  const inGroups = groups && [...new Set(groups)].flatMap((id) => reading.rules.by('group', id));
  const rows = ids.length > 0 ? named : (inGroups ?? reading.rules.all());
  const page = paging.page(
    bySeq(rows).filter((rule) => !reading.groups.get(rule.groupId)?.isHidden && filters.passes(rule)),
    `${ids}${filters}`,
  );
  return items('securityGroupRuleSet', page.rows, (rule) => writeRule(rule, region)) + nextToken(page);
}

const bySeq = (rows: Iterable<Rule>): Rule[] => [...rows].sort((a, b) => a.seq - b.seq);

export const ruleActions: Readonly<Record<string, Action>> = {
  AuthorizeSecurityGroupIngress: { mutating: true, run: authorize(false) },
  AuthorizeSecurityGroupEgress: { mutating: true, run: authorize(true) },
  RevokeSecurityGroupIngress: { mutating: true, run: revoke(false) },
  RevokeSecurityGroupEgress: { mutating: true, run: revoke(true) },
  ModifySecurityGroupRules: { mutating: true, run: modifyRules },
  DescribeSecurityGroupRules: { mutating: false, run: describeRules },
};
