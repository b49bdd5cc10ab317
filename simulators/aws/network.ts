import { type Action, type Call, rowsById } from './call.ts';
import { AwsError } from './errors.ts';
import { Filters } from './filters.ts';
import type { PrefixList, Subnet, Vpc } from './model.ts';
import { nextToken, Paging } from './paging.ts';
import { effectiveBlock } from './public-access.ts';
import { items, leaf, node, tagSet } from './xml.ts';

/** Actions on prefix lists have smaller pages than the others. */
const LIST_PAGES = { least: 1, most: 100 };

function describeVpcs(call: Call): string {
  const { query, reading, region } = call;
  const ids = query.list('VpcId');
  const filters = new Filters<Vpc>(
    query,
    {
      'vpc-id': (vpc) => [vpc.id],
      cidr: (vpc) => [vpc.cidr],
      'is-default': (vpc) => [`${vpc.isDefault}`],
      'owner-id': () => [region.account],
      state: () => ['available'],
      'tag-key': (vpc) => [...vpc.tags.keys()],
    },
    (vpc) => vpc.tags,
  );
  const paging = new Paging(query, call.action, ids);
  call.checked();
  const named = rowsById(ids, (id) => reading.vpcs.get(id), 'InvalidVpcID.NotFound', 'vpc');
  const rows = ids.length > 0 ? named : [...reading.vpcs.all()];
  const page = paging.page(
    rows.filter((vpc) => filters.passes(vpc)),
    `${filters}`,
  );
  return (
    items('vpcSet', page.rows, (vpc) =>
      [
        leaf('vpcId', vpc.id),
        leaf('ownerId', region.account),
        leaf('state', 'available'),
        leaf('cidrBlock', vpc.cidr),
        leaf('instanceTenancy', 'default'),
        leaf('isDefault', vpc.isDefault),
        blockStates(effectiveBlock(reading, [vpc.id])),
        tagSet(vpc.tags),
      ].join(''),
    ) + nextToken(page)
  );
}

function describeSubnets(call: Call): string {
  const { query, reading, region } = call;
  const ids = query.list('SubnetId');
  const filters = new Filters<Subnet>(
    query,
    {
      'subnet-id': (subnet) => [subnet.id],
      'vpc-id': (subnet) => [subnet.vpcId],
      'availability-zone': (subnet) => [subnet.zone],
      'cidr-block': (subnet) => [subnet.cidr],
      'owner-id': (subnet) => [subnet.owner ?? region.account],
      state: () => ['available'],
      'tag-key': (subnet) => [...subnet.tags.keys()],
    },
    (subnet) => subnet.tags,
  );
  const paging = new Paging(query, call.action, ids);
  call.checked();
  const named = rowsById(ids, (id) => reading.subnets.get(id), 'InvalidSubnetID.NotFound', 'subnet');
  const rows = ids.length > 0 ? named : [...reading.subnets.all()];
  const page = paging.page(
    rows.filter((subnet) => filters.passes(subnet)),
    `${filters}`,
  );
  return (
    items('subnetSet', page.rows, (subnet) =>
      [
        leaf('subnetId', subnet.id),
        leaf('vpcId', subnet.vpcId),
        leaf('ownerId', subnet.owner ?? region.account),
        leaf('state', 'available'),
        leaf('cidrBlock', subnet.cidr || undefined),
        leaf('ipv6Native', subnet.cidr === ''),
        blockStates(effectiveBlock(reading, [subnet.id, subnet.vpcId])),
        items(
          'ipv6CidrBlockAssociationSet',
          subnet.ipv6Cidr ? [subnet.ipv6Cidr] : [],
          (cidr) => leaf('ipv6CidrBlock', cidr) + node('ipv6CidrBlockState', leaf('state', 'associated')),
        ),
        leaf('availabilityZone', subnet.zone),
        tagSet(subnet.tags),
      ].join(''),
    ) + nextToken(page)
  );
}

/** The mode in which VPC Block Public Access is in force there, as vpcs and subnets show it. */
function blockStates(mode: string): string {
  return node('blockPublicAccessStates', leaf('internetGatewayBlockMode', mode));
}

/** DescribeRegions: the enabled ones, or with AllRegions the same: the simulated account has no disabled region. */
function describeRegions(call: Call): string {
  const names = call.query.list('RegionName');
  call.query.flag('AllRegions');
  const filters = new Filters<string>(call.query, {
    'region-name': (name) => [name],
    endpoint: (name) => [`ec2.${name}.amazonaws.com`],
    'opt-in-status': () => ['opt-in-not-required'],
  });
  call.checked();
  const unknown = names.find((name) => !call.regionNames.includes(name));
  if (unknown !== undefined) throw new AwsError('InvalidParameterValue', `Invalid region provided: [${unknown}]`);
  const rows = call.regionNames.filter((name) => (names.length === 0 || names.includes(name)) && filters.passes(name));
  return items('regionInfo', rows, (name) =>
    [
      leaf('regionName', name),
      leaf('regionEndpoint', `ec2.${name}.amazonaws.com`),
      leaf('optInStatus', 'opt-in-not-required'),
    ].join(''),
  );
}

const NO_LIST = 'InvalidPrefixListID.NotFound';

function describePrefixLists(call: Call): string {
  const { query, reading, region } = call;
  const ids = query.list('PrefixListId');
  const filters = new Filters<PrefixList>(query, {
    'owner-id': (list) => [list.ownerId],
    'prefix-list-id': (list) => [list.id],
    'prefix-list-name': (list) => [list.name],
  });
  const paging = new Paging(query, call.action, [], LIST_PAGES);
  call.checked();
  const named = rowsById(ids, (id) => reading.prefixLists.get(id), NO_LIST, 'prefix list');
  const rows = ids.length > 0 ? named : [...reading.prefixLists.all()];
  const page = paging.page(
    rows.filter((list) => filters.passes(list)),
    `${ids}${filters}`,
  );
  return (
    items('prefixListSet', page.rows, (list) =>
      [
        leaf('prefixListId', list.id),
        leaf('addressFamily', list.family),
        leaf('state', 'create-complete'),
        leaf('prefixListArn', region.arn('prefix-list', list.id)),
        leaf('prefixListName', list.name),
        // A list that AWS keeps shows neither its size nor its version.
        list.ownerId === 'AWS' ? '' : leaf('maxEntries', list.maxEntries) + leaf('version', 1),
        tagSet(list.tags),
        leaf('ownerId', list.ownerId),
      ].join(''),
    ) + nextToken(page)
  );
}

function getPrefixListEntries(call: Call): string {
  const { query } = call;
  const id = query.need('PrefixListId');
  const paging = new Paging(query, call.action, [], LIST_PAGES);
  call.checked();
  const [list] = rowsById([id], (one) => call.reading.prefixLists.get(one), NO_LIST, 'prefix list');
  const page = paging.page(
    (list?.entries ?? []).map((entry, i) => ({ ...entry, seq: i + 1 })),
    id,
  );
  return (
    items('entrySet', page.rows, (entry) => leaf('cidr', entry.cidr) + leaf('description', entry.description)) +
    nextToken(page)
  );
}

export const networkActions: Readonly<Record<string, Action>> = {
  DescribeVpcs: { mutating: false, run: describeVpcs },
  DescribeSubnets: { mutating: false, run: describeSubnets },
  DescribeRegions: { mutating: false, run: describeRegions },
  DescribeManagedPrefixLists: { mutating: false, run: describePrefixLists },
  GetManagedPrefixListEntries: { mutating: false, run: getPrefixListEntries },
};
