import { type Action, type Call, rowsById } from './call.ts';
import { Filters } from './filters.ts';
import type { AclEntry, NetworkAcl, Route, RouteTable } from './model.ts';
import { nextToken, Paging } from './paging.ts';
import { items, leaf, node, tagSet } from './xml.ts';

/** DescribeRouteTables has smaller pages than most. */
const TABLE_PAGES = { least: 5, most: 100 };

/** The last entry of each direction, which nobody can remove ("Network ACL basics"). */
const LAST: readonly AclEntry[] = [false, true].flatMap((egress) => [
  { number: 32_767, egress, action: 'deny', protocol: '-1', cidr: '0.0.0.0/0' },
  { number: 32_768, egress, action: 'deny', protocol: '-1', cidr: '::/0' },
]);

function describeNetworkAcls(call: Call): string {
  const { query, reading, region } = call;
  const ids = query.list('NetworkAclId');
  const filters = new Filters<NetworkAcl>(
    query,
    {
      'network-acl-id': ({ id }) => [id],
      'association.network-acl-id': ({ id, subnetIds }) => (subnetIds.length > 0 ? [id] : []),
      'association.subnet-id': ({ subnetIds }) => subnetIds,
      default: ({ isDefault }) => [`${isDefault}`],
      'vpc-id': ({ vpcId }) => [vpcId],
      'owner-id': () => [region.account],
      'tag-key': ({ tags }) => [...tags.keys()],
    },
    ({ tags }) => tags,
  );
  const paging = new Paging(query, call.action, ids);
  call.checked();
  const named = rowsById(ids, (id) => reading.acls.get(id), 'InvalidNetworkAclID.NotFound', 'networkAcl');
  const rows = ids.length > 0 ? named : [...reading.acls.all()];
  const page = paging.page(
    rows.filter((acl) => filters.passes(acl)),
    `${filters}`,
  );
  return (
    items('networkAclSet', page.rows, (acl) =>
      [
        leaf('networkAclId', acl.id),
        leaf('vpcId', acl.vpcId),
        leaf('ownerId', region.account),
        leaf('default', acl.isDefault),
        items('entrySet', [...acl.entries, ...lastOf(call, acl)], writeEntry),
        items('associationSet', acl.subnetIds, (subnetId) =>
          [
            leaf('networkAclAssociationId', subnetId.replace('subnet', 'aclassoc')),
            leaf('networkAclId', acl.id),
            leaf('subnetId', subnetId),
          ].join(''),
        ),
        tagSet(acl.tags),
      ].join(''),
    ) + nextToken(page)
  );
}

/** That of IPv6 is there when the VPC has such a block. */
function lastOf({ reading }: Call, { vpcId }: NetworkAcl): readonly AclEntry[] {
  const isDual = reading.vpcs.get(vpcId)?.ipv6Cidr !== undefined;
  return LAST.filter(({ cidr }) => isDual || !cidr.includes(':'));
}

function writeEntry({ number, egress, action, protocol, cidr, fromPort, toPort }: AclEntry): string {
  return [
    leaf('ruleNumber', number),
    leaf('protocol', protocol),
    leaf('ruleAction', action),
    leaf('egress', egress),
    leaf(cidr.includes(':') ? 'ipv6CidrBlock' : 'cidrBlock', cidr),
    fromPort === undefined ? '' : node('portRange', leaf('from', fromPort) + leaf('to', toPort ?? fromPort)),
  ].join('');
}

function describeRouteTables(call: Call): string {
  const { query, reading, region } = call;
  const ids = query.list('RouteTableId');
  const filters = new Filters<RouteTable>(
    query,
    {
      'route-table-id': ({ id }) => [id],
      'association.route-table-id': ({ id, isMain, subnetIds }) => (isMain || subnetIds.length > 0 ? [id] : []),
      // NB. Subnets that have the main one by default are no associations of it.
      'association.subnet-id': ({ subnetIds }) => subnetIds,
      'association.gateway-id': ({ gatewayIds = [] }) => gatewayIds,
      'association.main': ({ isMain, subnetIds }) => [
        ...(isMain ? ['true'] : []),
        ...(subnetIds.length > 0 ? ['false'] : []),
      ],
      'vpc-id': ({ vpcId }) => [vpcId],
      'owner-id': () => [region.account],
      'tag-key': ({ tags }) => [...tags.keys()],
    },
    ({ tags }) => tags,
  );
  const paging = new Paging(query, call.action, ids, TABLE_PAGES);
  call.checked();
  const named = rowsById(ids, (id) => reading.routeTables.get(id), 'InvalidRouteTableID.NotFound', 'routeTable');
  const rows = ids.length > 0 ? named : [...reading.routeTables.all()];
  const page = paging.page(
    rows.filter((table) => filters.passes(table)),
    `${filters}`,
  );
  return (
    items('routeTableSet', page.rows, (table) =>
      [
        leaf('routeTableId', table.id),
        leaf('vpcId', table.vpcId),
        leaf('ownerId', region.account),
        items('routeSet', table.routes, writeRoute),
        items('associationSet', associationsOf(table), ([element, of]) =>
          [
            leaf('routeTableAssociationId', of.replace(/^[a-z]+/, 'rtbassoc')),
            leaf('routeTableId', table.id),
            element === 'main' ? '' : leaf(element, of),
            leaf('main', element === 'main'),
            node('associationState', leaf('state', 'associated')),
          ].join(''),
        ),
        '<propagatingVgwSet/>',
        tagSet(table.tags),
      ].join(''),
    ) + nextToken(page)
  );
}

/** What a table is for: the VPC as its main one, subnets, and gateways ("Gateway route tables"). */
function associationsOf({ id, isMain, subnetIds, gatewayIds = [] }: RouteTable) {
  return [
    ...(isMain ? [['main', id] as const] : []),
    ...subnetIds.map((subnet) => ['subnetId', subnet] as const),
    ...gatewayIds.map((gateway) => ['gatewayId', gateway] as const),
  ];
}

/** Which element of `Route` names a target. An endpoint of a firewall or a Gateway Load Balancer is a gateway there. */
const TARGETS: readonly (readonly [prefix: string, element: string])[] = [
  ['nat-', 'natGatewayId'],
  ['tgw-', 'transitGatewayId'],
  ['pcx-', 'vpcPeeringConnectionId'],
  ['eigw-', 'egressOnlyInternetGatewayId'],
  ['eni-', 'networkInterfaceId'],
  ['cagw-', 'carrierGatewayId'],
  ['lgw-', 'localGatewayId'],
  ['arn:', 'coreNetworkArn'],
];

function writeRoute({ destination, target, isBlackhole }: Route): string {
  const [, element = 'gatewayId'] = TARGETS.find(([prefix]) => target.startsWith(prefix)) ?? [];
  const isSix = destination.includes(':');
  const kind = destination.startsWith('pl-') ? 'PrefixListId' : isSix ? 'Ipv6CidrBlock' : 'CidrBlock';
  return [
    leaf(`destination${kind}`, destination),
    leaf(element, target),
    leaf('state', isBlackhole ? 'blackhole' : 'active'),
    leaf('origin', target === 'local' ? 'CreateRouteTable' : 'CreateRoute'),
  ].join('');
}

export const aroundActions: Readonly<Record<string, Action>> = {
  DescribeNetworkAcls: { mutating: false, run: describeNetworkAcls },
  DescribeRouteTables: { mutating: false, run: describeRouteTables },
};
