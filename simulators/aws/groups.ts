import { type Action, type Call, checkId, readGroup } from './call.ts';
import { AwsError, invalidValue, noGroup } from './errors.ts';
import { type Fields, Filters } from './filters.ts';
import type { Group, Rule } from './model.ts';
import { nextToken, Paging } from './paging.ts';
import { TEXT, writePermissions } from './permissions.ts';
import { newId, type Reading, type Region, uniqueName } from './region.ts';
import { readTagSpecifications } from './tags.ts';
import { items, leaf, tagSet } from './xml.ts';

/** A new group lets everything out (IPv4) until that rule is revoked. */
export function putGroup(region: Region, group: Omit<Group, 'seq'>): Group {
  const made: Group = { ...group, seq: region.nextSeq() };
  region.groups.put(made);
  region.rules.put({
    id: newId('sgr'),
    seq: region.nextSeq(),
    tags: new Map(),
    groupId: made.id,
    egress: true,
    protocol: '-1',
    fromPort: -1,
    toPort: -1,
    peer: { kind: 'ipv4', value: '0.0.0.0/0' },
  });
  return made;
}

/** Takes a group and its rules away. */
export function removeGroup(region: Region, id: string): void {
  for (const rule of region.rules.by('group', id)) region.rules.remove(rule.id);
  region.groups.remove(id);
}

function createGroup(call: Call): string {
  const { query, region } = call;
  const name = query.need('GroupName');
  const description = query.need('GroupDescription');
  const wanted = query.text('VpcId');
  const tags = readTagSpecifications(query, 'security-group');
  if (/^sg-/i.test(name))
    throw invalidValue(`Invalid value '${name}' for groupName. Group names may not be in the format sg-*.`);
  if (!TEXT.test(name)) throw invalidValue(`Value (${name}) for parameter GroupName is invalid.`);
  if (!TEXT.test(description))
    throw invalidValue('Invalid security group description. Valid descriptions are strings less than 256 characters.');
  if (name.toLowerCase() === 'default') throw invalidValue('Cannot use reserved security group name: default');
  call.checked();
  const vpcId = wanted ?? [...region.vpcs.all()].find((vpc) => vpc.isDefault)?.id;
  if (vpcId === undefined) throw new AwsError('VPCIdNotSpecified', 'No default VPC for this user');
  if (!region.vpcs.get(vpcId)) throw new AwsError('InvalidVpcID.NotFound', `The vpc ID '${vpcId}' does not exist`);
  if (region.groups.by('unique', uniqueName(vpcId, name)).length > 0)
    throw new AwsError('InvalidGroup.Duplicate', `The security group '${name}' already exists for VPC '${vpcId}'`);
  if (region.groups.size >= region.quotas.groupsPerRegion)
    throw new AwsError('SecurityGroupLimitExceeded', 'The maximum number of security groups has been reached.');
  const group = putGroup(region, { id: newId('sg'), name, description, vpcId, tags });
  return (
    leaf('return', true) +
    leaf('groupId', group.id) +
    leaf('securityGroupArn', region.arn('security-group', group.id)) +
    tagSet(tags)
  );
}

/** Is the group on an interface, or named by a rule of another group? */
function inUse(reading: Reading, group: Group): boolean {
  return (
    reading.interfaces.by('group', group.id).length > 0 ||
    reading.rules.by('peer', group.id).some((rule) => rule.groupId !== group.id)
  );
}

/** DeleteSecurityGroup. A detachment that the call does not see yet still counts. */
function deleteGroup(call: Call): string {
  const find = readGroup(call.query);
  call.checked();
  const group = find(call);
  if (group.name === 'default')
    throw new AwsError(
      'CannotDelete',
      `the specified group: "${group.id}" name: "default" cannot be deleted by a user`,
    );
  if (inUse(call.region, group) || inUse(call.reading, group))
    throw new AwsError('DependencyViolation', `resource ${group.id} has a dependent object`);
  removeGroup(call.region, group.id);
  return leaf('return', true) + leaf('groupId', group.id);
}

/** The `ip-permission.*` filters, and their egress twins. */
function permissionFields(call: Call, egress: boolean): Fields<Group> {
  const of = (value: (rule: Rule) => string | undefined) => (group: Group) =>
    call.reading.rules.by('group', group.id).flatMap((rule) => (rule.egress === egress ? (value(rule) ?? []) : []));
  const peer = (kind: string) => of((rule) => (rule.peer.kind === kind ? rule.peer.value : undefined));
  const prefix = egress ? 'egress.ip-permission' : 'ip-permission';
  return {
    [`${prefix}.cidr`]: peer('ipv4'),
    [`${prefix}.ipv6-cidr`]: peer('ipv6'),
    [`${prefix}.group-id`]: peer('group'),
    [`${prefix}.prefix-list-id`]: peer('prefixList'),
    [`${prefix}.protocol`]: of((rule) => rule.protocol),
    [`${prefix}.from-port`]: of((rule) => `${rule.fromPort}`),
    [`${prefix}.to-port`]: of((rule) => `${rule.toPort}`),
  };
}

function writeGroup(group: Group, call: Call): string {
  const { region, reading } = call;
  const rules = reading.rules.by('group', group.id);
  const written = (name: string, egress: boolean) =>
    writePermissions(
      name,
      rules.filter((rule) => rule.egress === egress),
      region.account,
    );
  return (
    leaf('ownerId', region.account) +
    leaf('groupId', group.id) +
    leaf('groupName', group.name) +
    leaf('groupDescription', group.description) +
    leaf('vpcId', group.vpcId) +
    leaf('securityGroupArn', region.arn('security-group', group.id)) +
    written('ipPermissions', false) +
    written('ipPermissionsEgress', true) +
    tagSet(group.tags)
  );
}

function describeGroups(call: Call): string {
  const { query, reading } = call;
  const ids = query.list('GroupId').map((id) => checkId('group', id));
  const names = query.list('GroupName');
  const filters = new Filters<Group>(
    query,
    {
      'group-id': (group) => [group.id],
      'group-name': (group) => [group.name],
      'vpc-id': (group) => [group.vpcId],
      'owner-id': () => [call.region.account],
      description: (group) => [group.description],
      'tag-key': (group) => [...group.tags.keys()],
      ...permissionFields(call, false),
      ...permissionFields(call, true),
    },
    (group) => group.tags,
  );
  const paging = new Paging(query, call.action);
  call.checked();
  const byId = ids.map((id) => reading.groups.get(id) ?? fail(id));
  const byName = names.map(
    (name) => reading.groups.by('name', name).find((one) => reading.vpcs.get(one.vpcId)?.isDefault) ?? fail(name),
  );
  const indexed =
    filters.exact('group-id')?.flatMap((id) => reading.groups.get(id) ?? []) ??
    filters.exact('group-name')?.flatMap((name) => reading.groups.by('name', name));
  const rows = ids.length + names.length > 0 ? [...byId, ...byName] : (indexed ?? reading.groups.all());
  const passing = [...new Set(rows)]
    .sort((a, b) => a.seq - b.seq)
    .filter((group) => !group.isHidden && filters.passes(group));
  const page = paging.page(passing, `${ids}${names}${filters}`);
  return items('securityGroupInfo', page.rows, (group) => writeGroup(group, call)) + nextToken(page);
}

function fail(group: string): never {
  throw noGroup(group);
}

export const groupActions: Readonly<Record<string, Action>> = {
  CreateSecurityGroup: { mutating: true, run: createGroup },
  DeleteSecurityGroup: { mutating: true, run: deleteGroup },
  DescribeSecurityGroups: { mutating: false, run: describeGroups },
};
