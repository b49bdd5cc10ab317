import { type Action, type Call, checkId, groupById, rowsById } from './call.ts';
import { AwsError, invalidCombination } from './errors.ts';
import { type Fields, Filters } from './filters.ts';
import { checkGroups, groupSet, writeAssociation } from './interfaces.ts';
import type { Instance, InstanceState, Interface } from './model.ts';
import { nextToken, Paging } from './paging.ts';
import { instant, items, leaf, node, tagSet } from './xml.ts';

/** The low byte of `InstanceState.Code`. */
const STATE_CODES: Readonly<Record<InstanceState, number>> = { pending: 0, running: 16, terminated: 48, stopped: 80 };

/** A terminated instance is shown for about an hour. */
const LINGER_MS = 60 * 60 * 1000;

function describeInstances(call: Call): string {
  const { query, reading, region } = call;
  const ids = query.list('InstanceId').map((id) => checkId('instance', id));
  query.flag('IncludeManagedResources');
  const filters = new Filters<Instance>(query, fields(call), (one) => one.tags);
  const paging = new Paging(query, call.action, ids);
  call.checked();
  const shown = (one: Instance | undefined) =>
    one && (one.terminatedMs === undefined || call.nowMs - one.terminatedMs < LINGER_MS) ? one : undefined;
  const named = rowsById(ids, (id) => shown(reading.instances.get(id)), 'InvalidInstanceID.NotFound', 'instance');
  const indexed = filters.exact('instance-id')?.flatMap((id) => reading.instances.get(id) ?? []);
  const rows = ids.length > 0 ? named : (indexed ?? reading.instances.all());
  const passing = [...new Set(rows)].filter((one) => shown(one) && filters.passes(one)).sort((a, b) => a.seq - b.seq);
  const page = paging.page(passing, `${filters}`);
  return (
    items('reservationSet', page.rows, (one) =>
      [
        leaf('reservationId', one.reservationId),
        leaf('ownerId', region.account),
        '<groupSet/>',
        items('instancesSet', [one], (instance) => writeInstance(instance, call)),
      ].join(''),
    ) + nextToken(page)
  );
}

function fields(call: Call): Fields<Instance> {
  const onInterfaces = (value: (one: Interface) => readonly (string | undefined)[]) => (instance: Instance) =>
    call.reading.interfaces
      .by('instance', instance.id)
      .flatMap((one) => value(one).filter((text) => text !== undefined));
  const groupNames = (one: Interface) => one.groups.map((id) => call.reading.groups.get(id)?.name);
  return {
    'instance-id': (one) => [one.id],
    'instance-state-name': (one) => [one.state],
    'instance-state-code': (one) => [`${STATE_CODES[one.state]}`],
    'owner-id': () => [call.region.account],
    'reservation-id': (one) => [one.reservationId],
    'subnet-id': (one) => [one.subnetId],
    'vpc-id': (one) => [one.vpcId],
    'tag-key': (one) => [...one.tags.keys()],
    'availability-zone': (one) => [call.reading.subnets.get(one.subnetId)?.zone ?? ''],
    'private-ip-address': onInterfaces((one) => [one.privateIp]),
    'ip-address': onInterfaces((one) => [one.publicIp]),
    'ipv6-address': onInterfaces((one) => one.ipv6),
    'instance.group-id': onInterfaces((one) => one.groups),
    'instance.group-name': onInterfaces(groupNames),
    'network-interface.group-id': onInterfaces((one) => one.groups),
    'network-interface.group-name': onInterfaces(groupNames),
    'network-interface.network-interface-id': onInterfaces((one) => [one.id]),
    'network-interface.addresses.private-ip-address': onInterfaces((one) => [one.privateIp]),
  };
}

function writeInstance(instance: Instance, call: Call): string {
  const { reading, region } = call;
  // EC2 promises no order; this one shows who takes any first interface of a card for the primary one.
  const interfaces = reading.interfaces
    .by('instance', instance.id)
    .sort((a, b) => a.deviceIndex - b.deviceIndex || (b.card ?? 0) - (a.card ?? 0));
  const first = interfaces.find(({ deviceIndex, card = 0 }) => deviceIndex === 0 && card === 0);
  const zone = reading.subnets.get(instance.subnetId)?.zone;
  const gone = instance.state === 'terminated';
  return [
    leaf('instanceId', instance.id),
    leaf('imageId', 'ami-0c0ffee0c0ffee000'),
    node('instanceState', leaf('code', STATE_CODES[instance.state]) + leaf('name', instance.state)),
    leaf('privateDnsName', first ? privateDnsName(first, region.name) : ''),
    leaf('dnsName', first?.publicIp ? publicDnsName(first.publicIp, region.name) : ''),
    leaf('reason', gone ? 'User initiated' : ''),
    leaf('amiLaunchIndex', 0),
    leaf('instanceType', 't3.small'),
    leaf('launchTime', instant(instance.launchedMs)),
    node('placement', `${leaf('availabilityZone', zone)}<groupName/><tenancy>default</tenancy>`),
    '<monitoring><state>disabled</state></monitoring>',
    gone ? '' : leaf('subnetId', instance.subnetId) + leaf('vpcId', instance.vpcId),
    leaf('privateIpAddress', first?.privateIp || undefined),
    leaf('ipAddress', first?.publicIp),
    leaf('sourceDestCheck', first?.sourceDestCheck),
    groupSet(first?.groups ?? [], reading),
    '<architecture>x86_64</architecture><rootDeviceType>ebs</rootDeviceType><virtualizationType>hvm</virtualizationType>',
    tagSet(instance.tags),
    items('networkInterfaceSet', interfaces, (one) => writeOwnInterface(one, call)),
    leaf('ipv6Address', first?.ipv6[0]),
    '<platformDetails>Linux/UNIX</platformDetails>',
  ].join('');
}

const dashed = (ip: string): string => ip.replaceAll('.', '-');
const privateDnsName = (one: Interface, region: string): string =>
  `ip-${dashed(one.privateIp)}.${region}.compute.internal`;
const publicDnsName = (ip: string, region: string): string => `ec2-${dashed(ip)}.${region}.compute.amazonaws.com`;

/** An interface as DescribeInstances shows it. */
function writeOwnInterface(one: Interface, { reading, region }: Call): string {
  const association = writeAssociation(one, region.name);
  return [
    leaf('networkInterfaceId', one.id),
    leaf('subnetId', one.subnetId),
    leaf('vpcId', one.vpcId),
    leaf('description', one.description),
    leaf('ownerId', region.account),
    leaf('status', 'in-use'),
    leaf('privateIpAddress', one.privateIp || undefined),
    leaf('privateDnsName', one.privateIp === '' ? undefined : privateDnsName(one, region.name)),
    leaf('sourceDestCheck', one.sourceDestCheck),
    groupSet(one.groups, reading),
    node(
      'attachment',
      leaf('attachmentId', one.attachmentId) +
        leaf('deviceIndex', one.deviceIndex) +
        leaf('status', 'attached') +
        leaf('attachTime', instant(one.attachedMs)) +
        leaf('deleteOnTermination', true) +
        leaf('networkCardIndex', one.card ?? 0),
    ),
    association,
    items(
      'privateIpAddressesSet',
      [one.privateIp].filter(Boolean),
      (ip) => leaf('privateIpAddress', ip) + leaf('primary', true) + association,
    ),
    items('ipv6AddressesSet', one.ipv6, (ip) => leaf('ipv6Address', ip)),
    '<interfaceType>interface</interfaceType>',
  ].join('');
}

/** ModifyInstanceAttribute, for its groups alone; it cannot choose among several interfaces. */
function modifyInstance(call: Call): string {
  const { query, region } = call;
  const id = checkId('instance', query.need('InstanceId'));
  const groups = query.list('GroupId');
  call.checked();
  if (groups.length === 0) throw invalidCombination('No attributes specified.');
  const instance = call.reading.instances.get(id) && region.instances.get(id);
  if (!instance) throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
  if (instance.state === 'terminated')
    throw new AwsError(
      'IncorrectInstanceState',
      `The instance '${id}' is not in a state from which it can be modified.`,
    );
  const [only, ...more] = region.interfaces.by('instance', id);
  if (!only || more.length > 0)
    throw new AwsError(
      'InvalidInstanceID',
      `There are multiple interfaces attached to instance '${id}'. Please specify an interface ID for the operation instead.`,
    );
  const found = groups.map((group) => groupById(call, group));
  checkGroups(found, only, region.quotas.groupsPerInterface, 'SecurityGroupsPerInstanceLimitExceeded');
  region.interfaces.put({ ...only, groups: [...new Set(groups)] });
  return leaf('return', true);
}

export const machineActions: Readonly<Record<string, Action>> = {
  DescribeInstances: { mutating: false, run: describeInstances },
  ModifyInstanceAttribute: { mutating: true, run: modifyInstance },
};
