import { type Action, type Call, rowsById } from './call.ts';
import { Filters } from './filters.ts';
import type { Exclusion, Gateway } from './model.ts';
import { nextToken, Paging } from './paging.ts';
import type { Reading } from './region.ts';
import { instant, items, leaf, node, tagSet } from './xml.ts';

/** Those that are in force ("Create exclusions", Amazon VPC user guide). */
const IN_FORCE = new Set(['create-complete', 'update-complete']);

/** The mode in which VPC Block Public Access is in force for a subnet or VPC, given with that which it is in. */
export function effectiveBlock({ publicAccess, exclusions }: Reading, ids: readonly string[]): string {
  const [options] = [...publicAccess.all()];
  const left = [...exclusions.all()].some(
    ({ resourceId, mode, state }) => ids.includes(resourceId) && mode === 'allow-bidirectional' && IN_FORCE.has(state),
  );
  return options === undefined || left ? 'off' : options.mode;
}

function describeOptions({ reading, region, checked, nowMs }: Call): string {
  checked();
  const [options] = [...reading.publicAccess.all()];
  return node(
    'vpcBlockPublicAccessOptions',
    [
      leaf('awsAccountId', region.account),
      leaf('awsRegion', region.name),
      leaf('state', options?.state ?? 'default-state'),
      leaf('internetGatewayBlockMode', options?.mode ?? 'off'),
      leaf('lastUpdateTimestamp', options && instant(nowMs)),
      leaf('managedBy', 'account'),
      leaf('exclusionsAllowed', 'allowed'),
    ].join(''),
  );
}

function describeExclusions(call: Call): string {
  const { query, reading, region } = call;
  const ids = query.list('ExclusionId');
  const arn = ({ resourceId }: Exclusion) => region.arn(resourceId.startsWith('vpc-') ? 'vpc' : 'subnet', resourceId);
  const filters = new Filters<Exclusion>(
    query,
    {
      'resource-arn': (one) => [arn(one)],
      'internet-gateway-exclusion-mode': ({ mode }) => [mode],
      state: ({ state }) => [state],
      'tag-key': ({ tags }) => [...tags.keys()],
    },
    ({ tags }) => tags,
  );
  const paging = new Paging(query, call.action, ids);
  call.checked();
  const found = (id: string) => reading.exclusions.get(id);
  const named = rowsById(ids, found, 'InvalidVpcBlockPublicAccessExclusionId.NotFound', 'exclusion');
  const rows = ids.length > 0 ? named : [...reading.exclusions.all()];
  const page = paging.page(
    rows.filter((one) => filters.passes(one)),
    `${filters}`,
  );
  return (
    items('vpcBlockPublicAccessExclusionSet', page.rows, (one) =>
      [
        leaf('exclusionId', one.id),
        leaf('internetGatewayExclusionMode', one.mode),
        leaf('resourceArn', arn(one)),
        leaf('state', one.state),
        tagSet(one.tags),
      ].join(''),
    ) + nextToken(page)
  );
}

function describeInternetGateways(call: Call): string {
  const { query, reading, region } = call;
  const ids = query.list('InternetGatewayId');
  const filters = new Filters<Gateway>(
    query,
    {
      'internet-gateway-id': ({ id }) => [id],
      'attachment.vpc-id': ({ vpcId }) => (vpcId === undefined ? [] : [vpcId]),
      'attachment.state': ({ vpcId }) => (vpcId === undefined ? [] : ['available']),
      'owner-id': () => [region.account],
      'tag-key': ({ tags }) => [...tags.keys()],
    },
    ({ tags }) => tags,
  );
  const paging = new Paging(query, call.action, ids);
  call.checked();
  const found = (id: string) => reading.gateways.get(id);
  const named = rowsById(ids, found, 'InvalidInternetGatewayID.NotFound', 'internetGateway');
  const rows = ids.length > 0 ? named : [...reading.gateways.all()];
  const page = paging.page(
    rows.filter((one) => filters.passes(one)),
    `${filters}`,
  );
  return (
    items('internetGatewaySet', page.rows, ({ id, vpcId, tags }) =>
      [
        leaf('internetGatewayId', id),
        leaf('ownerId', region.account),
        items(
          'attachmentSet',
          vpcId === undefined ? [] : [vpcId],
          (vpc) => leaf('vpcId', vpc) + leaf('state', 'available'),
        ),
        tagSet(tags),
      ].join(''),
    ) + nextToken(page)
  );
}

export const publicAccessActions: Readonly<Record<string, Action>> = {
  DescribeVpcBlockPublicAccessOptions: { mutating: false, run: describeOptions },
  DescribeVpcBlockPublicAccessExclusions: { mutating: false, run: describeExclusions },
  DescribeInternetGateways: { mutating: false, run: describeInternetGateways },
};
