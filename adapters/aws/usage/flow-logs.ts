import type { FlowLog, InstanceNetworkInterface } from '@aws-sdk/client-ec2';
import { type Instant, MINUTE_MS } from '../../../src/core/language/instant.ts';
import { ENDLESS, orAborted } from '../../../src/kit/time-limit.ts';
import type { Aws } from '../ec2/context.ts';
import { readFlowLogs } from '../ec2/read.ts';
import type { Site } from '../ec2/sites.ts';
import { fieldsOf, lackingIn } from './record.ts';
import { WINDOW_MS } from './whole.ts';

/** So long the flow logs of an account in a region count as they were read. */
const KEPT_MS = MINUTE_MS;

/** A flow log that tells who connected to an interface. */
export interface TellingLog {
  readonly id: string;
  readonly group: string;
  readonly fields: readonly string[];
  readonly since: Instant;
}

/** All flow logs of an account and region, read once a minute at most: for every machine that is looked at. */
export class FlowLogs {
  readonly #aws: Aws;
  readonly #read = new Map<string, { readonly at: number; readonly logs: Promise<readonly FlowLog[]> }>();

  constructor(aws: Aws) {
    this.#aws = aws;
  }

  of(site: Site, signal: AbortSignal): Promise<readonly FlowLog[]> {
    const now = this.#aws.now();
    const known = this.#read.get(site.name);
    if (known && now - known.at < KEPT_MS) return orAborted(known.logs, signal);
    const logs = Array.fromAsync(readFlowLogs(site, ENDLESS));
    this.#read.set(site.name, { at: now, logs });
    logs.catch(() => this.#read.delete(site.name));
    return orAborted(logs, signal);
  }
}

/** The flow log that tells of an interface, or why none does. */
export function tellingLog(
  nic: InstanceNetworkInterface,
  all: readonly FlowLog[],
  account: string,
): TellingLog | { readonly untold: string } {
  const at = new Set([nic.NetworkInterfaceId, nic.SubnetId, nic.VpcId]);
  const own = all.filter(({ ResourceId }) => at.has(ResourceId));
  if (own.length === 0) return { untold: `no flow log of its interface, subnet, or VPC` };
  const found = own.map((log) => toTelling(log, own, account));
  const telling = found.find((one) => 'id' in one);
  return telling ?? found[0] ?? { untold: 'no flow log' };
}

function toTelling(log: FlowLog, all: readonly FlowLog[], account: string): TellingLog | { readonly untold: string } {
  const { FlowLogId: id = '?', LogGroupName: group, CreationTime, LogFormat } = log;
  const fields = fieldsOf(LogFormat);
  const why = againstLog(log, account) ?? againstFormat(fields) ?? againstStream(log, all);
  if (why !== undefined || group === undefined || fields === undefined || !CreationTime)
    return { untold: `flow log ${id} ${why ?? 'cannot be read'}` };
  return { id, group, fields, since: CreationTime.getTime() };
}

/** What keeps a flow log from telling who connects; it is said behind its id. */
function againstLog(log: FlowLog, account: string): string | undefined {
  const { LogDestinationType: type = 'cloud-watch-logs', LogDestination, TrafficType, MaxAggregationInterval } = log;
  if (type !== 'cloud-watch-logs') return 'does not go to CloudWatch Logs';
  const [, , , , owner = account] = LogDestination?.split(':') ?? [];
  if (owner !== account) return `goes to account ${owner.replace(/\D/g, '')}`;
  if (TrafficType !== 'ALL' && TrafficType !== 'ACCEPT') return 'has no accepted traffic';
  if ((MaxAggregationInterval ?? 600) * 1000 > WINDOW_MS) return 'has an aggregation interval of 10 minutes, not of 1';
  if (log.FlowLogStatus !== 'ACTIVE' || log.DeliverLogsStatus !== 'SUCCESS') return 'is not delivered';
  return undefined;
}

function againstFormat(fields: readonly string[] | undefined): string | undefined {
  if (!fields) return 'has a format that cannot be read';
  const [lacking] = lackingIn(fields);
  return lacking === undefined ? undefined : `has no field ${lacking}`;
}

/** "If the same network interface is present in one or more flow logs in the same log group, it has one combined log stream." */
function againstStream({ LogGroupName, FlowLogId }: FlowLog, all: readonly FlowLog[]): string | undefined {
  const other = all.find((one) => one.LogGroupName === LogGroupName && one.FlowLogId !== FlowLogId);
  return other && `shares its log group with ${other.FlowLogId ?? 'another one'}`;
}
