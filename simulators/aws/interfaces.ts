import { type Action, type Call, checkId, groupById, rowsById } from './call.ts';
import { AwsError, invalidCombination } from './errors.ts';
import { Filters } from './filters.ts';
import type { Group, Interface } from './model.ts';
import { nextToken, Paging } from './paging.ts';
import type { Reading } from './region.ts';
import { instant, items, leaf, node, tagSet } from './xml.ts';

/** The groups of an interface, with their names. */
export const groupSet = (groups: readonly string[], reading: Reading): string =>
  items('groupSet', groups, (id) => leaf('groupId', id) + leaf('groupName', reading.groups.get(id)?.name ?? ''));

/** The public address of an interface, if it has one. */
export function writeAssociation(one: Interface, region: string): string {
  if (!one.publicIp) return '';
  const name = `ec2-${one.publicIp.replaceAll('.', '-')}.${region}.compute.amazonaws.com`;
  return node(
    'association',
    leaf('publicIp', one.publicIp) + leaf('publicDnsName', name) + leaf('ipOwnerId', 'amazon'),
  );
}

/** Refuses a list of groups that cannot be on the interface: too many, or in another VPC. */
export function checkGroups(groups: readonly Group[], on: Interface, quota: number, code: string): void {
  if (new Set(groups).size > quota)
    throw new AwsError(code, 'The maximum number of security groups per interface has been reached.');
  const foreign = groups.find((group) => group.vpcId !== on.vpcId && !group.associated?.includes(on.vpcId));
  if (foreign)
    throw new AwsError(
      'InvalidParameter',
      `Security group ${foreign.id} and subnet ${on.subnetId} belong to different networks.`,
    );
}

/** ModifyNetworkInterfaceAttribute: one attribute a call. A list of groups replaces the whole list there was. */
function modifyInterface(call: Call): string {
  const { query, region } = call;
  const id = checkId('interface', query.need('NetworkInterfaceId'));
  const ids = query.list('SecurityGroupId');
  const description = query.struct('Description')?.text('Value');
  const check = query.struct('SourceDestCheck')?.flag('Value');
  const attributes = [ids.length > 0, description !== undefined, check !== undefined].filter(Boolean).length;
  call.checked();
  if (attributes === 0) throw invalidCombination('No attributes specified.');
  if (attributes > 1) throw invalidCombination('Fields for multiple attribute types specified.');
  const one = call.reading.interfaces.get(id) && region.interfaces.get(id);
  if (!one) throw new AwsError('InvalidNetworkInterfaceID.NotFound', `The networkInterface ID '${id}' does not exist`);
  if (one.requesterManaged)
    throw new AwsError(
      'OperationNotPermitted',
      `You do not have permission to change the interface '${id}': a service manages it.`,
    );
  const groups = ids.map((group) => groupById(call, group));
  checkGroups(groups, one, region.quotas.groupsPerInterface, 'SecurityGroupsPerInterfaceLimitExceeded');
  region.interfaces.put({
    ...one,
    ...(ids.length > 0 && { groups: [...new Set(ids)] }),
    ...(description !== undefined && { description }),
    ...(check !== undefined && { sourceDestCheck: check }),
  });
  return leaf('return', true);
}

function describeInterfaces(call: Call): string {
  const { query, reading, region } = call;
  const ids = query.list('NetworkInterfaceId').map((id) => checkId('interface', id));
  query.flag('IncludeManagedResources');
  const filters = new Filters<Interface>(
    query,
    {
      'network-interface-id': (one) => [one.id],
      'group-id': (one) => one.groups,
      'attachment.instance-id': (one) => (one.instanceId ? [one.instanceId] : []),
      'attachment.device-index': (one) => [`${one.deviceIndex}`],
      'attachment.status': () => ['attached'],
      status: () => ['in-use'],
      'owner-id': () => [region.account],
      'requester-managed': (one) => [`${one.requesterManaged}`],
      'private-ip-address': (one) => [one.privateIp],
      'addresses.private-ip-address': (one) => [one.privateIp],
      'association.public-ip': (one) => (one.publicIp ? [one.publicIp] : []),
      'ipv6-addresses.ipv6-address': (one) => one.ipv6,
      'subnet-id': (one) => [one.subnetId],
      'vpc-id': (one) => [one.vpcId],
      description: (one) => [one.description],
      'interface-type': (one) => [one.type ?? 'interface'],
      'tag-key': (one) => [...one.tags.keys()],
    },
    (one) => one.tags,
  );
  const paging = new Paging(query, call.action, ids);
  call.checked();
  const named = rowsById(
    ids,
    (id) => reading.interfaces.get(id),
    'InvalidNetworkInterfaceID.NotFound',
    'networkInterface',
  );
  const indexed =
    filters.exact('group-id')?.flatMap((id) => reading.interfaces.by('group', id)) ??
    filters.exact('attachment.instance-id')?.flatMap((id) => reading.interfaces.by('instance', id)) ??
    filters.exact('network-interface-id')?.flatMap((id) => reading.interfaces.get(id) ?? []);
  const rows = ids.length > 0 ? named : (indexed ?? reading.interfaces.all());
  const passing = [...new Set(rows)].sort((a, b) => a.seq - b.seq).filter((one) => filters.passes(one));
  const page = paging.page(passing, `${filters}`);
  return items('networkInterfaceSet', page.rows, (one) => writeInterface(one, call)) + nextToken(page);
}

function writeInterface(one: Interface, { reading, region }: Call): string {
  const association = writeAssociation(one, region.name);
  return [
    leaf('networkInterfaceId', one.id),
    leaf('subnetId', one.subnetId),
    leaf('vpcId', one.vpcId),
    leaf('availabilityZone', reading.subnets.get(one.subnetId)?.zone),
    leaf('description', one.description),
    leaf('ownerId', region.account),
    leaf('requesterManaged', one.requesterManaged),
    leaf('status', 'in-use'),
    leaf('privateIpAddress', one.privateIp || undefined),
    leaf('sourceDestCheck', one.sourceDestCheck),
    leaf('denyAllIgwTraffic', one.deniesGateway),
    groupSet(one.groups, reading),
    node(
      'attachment',
      leaf('attachmentId', one.attachmentId) +
        (one.instanceId ? leaf('instanceId', one.instanceId) : '') +
        leaf('instanceOwnerId', one.instanceId ? region.account : 'amazon-aws') +
        leaf('deviceIndex', one.deviceIndex) +
        leaf('networkCardIndex', one.card ?? 0) +
        leaf('status', 'attached') +
        leaf('attachTime', instant(one.attachedMs)) +
        leaf('deleteOnTermination', true),
    ),
    association,
    tagSet(one.tags),
    items(
      'privateIpAddressesSet',
      [one.privateIp].filter(Boolean),
      (ip) => leaf('privateIpAddress', ip) + leaf('primary', true) + association,
    ),
    items('ipv6AddressesSet', one.ipv6, (ip) => leaf('ipv6Address', ip)),
    leaf('interfaceType', one.type ?? 'interface'),
  ].join('');
}

export const interfaceActions: Readonly<Record<string, Action>> = {
  DescribeNetworkInterfaces: { mutating: false, run: describeInterfaces },
  ModifyNetworkInterfaceAttribute: { mutating: true, run: modifyInterface },
};
