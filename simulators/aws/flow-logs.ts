import type { Action, Call } from './call.ts';
import { Filters } from './filters.ts';
import type { FlowLog } from './model.ts';
import { nextToken, Paging } from './paging.ts';
import { instant, items, leaf, tagSet } from './xml.ts';

/** A format of these fields, as EC2 writes it. */
export function formatOf(fields: string): string {
  return fields
    .split(' ')
    .map((field) => `\${${field}}`)
    .join(' ');
}

/** The fields of version 2, which a flow log has whose maker chose none ("Flow log records", Amazon VPC user guide). */
export const DEFAULT_FORMAT = formatOf(
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status',
);

function describeFlowLogs(call: Call): string {
  const { query, reading, region } = call;
  const ids = query.list('FlowLogId');
  const filters = new Filters<FlowLog>(
    query,
    {
      'deliver-log-status': ({ failure }) => [failure === undefined ? 'SUCCESS' : 'FAILED'],
      'log-destination-type': ({ destination }) => [destination],
      'flow-log-id': ({ id }) => [id],
      'log-group-name': ({ group }) => [group],
      'resource-id': ({ resourceId }) => [resourceId],
      'traffic-type': ({ trafficType }) => [trafficType],
      'tag-key': ({ tags }) => [...tags.keys()],
    },
    ({ tags }) => tags,
  );
  const paging = new Paging(query, call.action, ids);
  call.checked();
  // NB. An id that is not there is left out: DescribeFlowLogs names no error for it.
  const rows = [...reading.flowLogs.all()].filter(({ id }) => ids.length === 0 || ids.includes(id));
  const page = paging.page(
    rows.filter((log) => filters.passes(log)),
    `${ids}${filters}`,
  );
  const destination = ({ destination: to, group }: FlowLog) =>
    to === 'cloud-watch-logs'
      ? `arn:aws:logs:${region.name}:${region.account}:log-group:${group}`
      : `arn:aws:${to === 's3' ? 's3' : 'firehose'}:::${group}`;
  return (
    items('flowLogSet', page.rows, (log) =>
      [
        leaf('creationTime', instant(log.createdMs)),
        leaf('deliverLogsErrorMessage', log.failure),
        leaf('deliverLogsStatus', log.failure === undefined ? 'SUCCESS' : 'FAILED'),
        leaf('flowLogId', log.id),
        leaf('flowLogStatus', 'ACTIVE'),
        leaf('logGroupName', log.destination === 'cloud-watch-logs' ? log.group : undefined),
        leaf('resourceId', log.resourceId),
        leaf('trafficType', log.trafficType),
        leaf('logDestinationType', log.destination),
        leaf('logDestination', destination(log)),
        leaf('logFormat', log.format),
        leaf('maxAggregationInterval', log.intervalS),
        tagSet(log.tags),
      ].join(''),
    ) + nextToken(page)
  );
}

export const flowLogActions: Readonly<Record<string, Action>> = {
  DescribeFlowLogs: { mutating: false, run: describeFlowLogs },
};
