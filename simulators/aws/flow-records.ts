import { z } from 'zod';
import { AwsError } from './errors.ts';
import { DEFAULT_FORMAT } from './flow-logs.ts';
import { eventsOf, type FlowEvent, type Mishap, type Traffic } from './flow-traffic.ts';
import type { FlowLog } from './model.ts';
import { isReached } from './reach.ts';
import { newId, type Region } from './region.ts';
import type { Signer } from './signature.ts';
import type { AwsWorld } from './world.ts';

type Json = Readonly<Record<string, unknown>>;

/** What the tests choose: of delivery AWS says "best effort", and "in about 5 minutes". */
export interface FlowBehaviour {
  /** From the end of a window until its records can be read. */
  lagMs: number;
  /** How long a window is, at most; the flow log's own interval counts where it is shorter. 60 s on Nitro. */
  windowMs: number;
  /** The role lacks `logs:FilterLogEvents`. */
  isDenied: boolean;
  /** Events on a page, at most. */
  pageSize: number;
  /** Pages with nothing on them before each page with events. */
  emptyPages: number;
}

/** A flow log as a person makes it. */
export type FlowLogSpec = Pick<FlowLog, 'resourceId'> & Partial<Omit<FlowLog, 'id' | 'seq' | 'tags'>>;

/** FilterLogEvents of the CloudWatch Logs API reference; what is not listed here is not simulated. */
const ask = z.strictObject({
  logGroupName: z.string().regex(/^[.\-_/#A-Za-z0-9]{1,512}$/),
  logStreamNames: z.array(z.string().min(1).max(512)).min(1).max(100).optional(),
  logStreamNamePrefix: z.string().min(1).max(512).optional(),
  startTime: z.number().int().min(0).optional(),
  endTime: z.number().int().min(0).optional(),
  nextToken: z.string().min(1).optional(),
  limit: z.number().int().min(1).max(10_000).optional(),
});

/** Flow logs, the connections that they record, and CloudWatch Logs where the records are read. */
export class FlowRecords {
  readonly behaviour: FlowBehaviour = {
    lagMs: 5 * 60_000,
    windowMs: 60_000,
    isDenied: false,
    pageSize: 10_000,
    emptyPages: 0,
  };
  readonly #world: AwsWorld;
  readonly #traffic: Traffic[] = [];
  readonly #mishaps: Mishap[] = [];
  /** Lines that nobody can explain, by log group. */
  readonly #odd: { readonly group: string; readonly event: FlowEvent }[] = [];

  constructor(world: AwsWorld) {
    this.#world = world;
  }

  /** Makes a flow log; gives its id. */
  create(spec: FlowLogSpec): string {
    const region = this.#regionOf(spec.resourceId);
    const id = newId('fl');
    region.flowLogs.put({
      createdMs: this.#world.now(),
      trafficType: 'ALL',
      destination: 'cloud-watch-logs',
      group: 'flow-logs',
      format: DEFAULT_FORMAT,
      intervalS: 600,
      ...spec,
      id,
      seq: region.nextSeq(),
      tags: new Map(),
    });
    return id;
  }

  /** Changes a flow log; without a change it is deleted, and its records stay. */
  change(id: string, change?: Partial<FlowLog>): void {
    for (const region of this.#world.regions()) {
      const log = region.flowLogs.get(id);
      if (log && change) region.flowLogs.put({ ...log, ...change });
      else if (log) region.flowLogs.remove(id);
    }
  }

  /** Somebody connects to an interface, as far as rules and routes let them; gives whether they got in. */
  connect(spec: {
    readonly from: string;
    readonly interfaceId: string;
    readonly port: number;
    readonly forMs?: number;
    readonly protocol?: 'tcp' | 'udp';
    readonly through?: string;
  }): boolean {
    this.#world.settle();
    const region = this.#regionOf(spec.interfaceId);
    const { from, interfaceId, port, forMs = 5_000, protocol = 'tcp', through } = spec;
    const machine = region.interfaces.get(interfaceId)?.instanceId ?? '';
    const isAccepted = isReached([region], { from: through ?? from, machine, port, protocol });
    const atMs = this.#world.now();
    this.#traffic.push({
      interfaceId,
      from,
      port,
      protocol: protocol === 'tcp' ? 6 : 17,
      atMs,
      untilMs: atMs + forMs,
      isAccepted,
      ...(through === undefined ? {} : { through }),
    });
    return isAccepted;
  }

  /** Lets something befall the log of an interface. */
  befall(mishap: Mishap): void {
    this.#mishaps.push(mishap);
  }

  /** Puts a line into a log group that no flow log writes. */
  write(group: string, stream: string, message: string): void {
    const now = this.#world.now();
    this.#odd.push({ group, event: { stream, timestamp: now, shownMs: now, message } });
  }

  /** Does what the action asks for. Throws its refusal. */
  run({ credential, region: name }: Signer, action: string, input: unknown): Json {
    const { account, arn } = credential.caller;
    if (action !== 'FilterLogEvents') throw new AwsError('UnknownOperationException', `There is no ${action} here.`);
    if (this.behaviour.isDenied)
      throw new AwsError('AccessDeniedException', `User: ${arn} is not authorized to perform: logs:FilterLogEvents`);
    const read = ask.safeParse(input);
    if (!read.success) throw new AwsError('InvalidParameterException', read.error.message);
    const { nextToken, limit, ...rest } = read.data;
    if (rest.logStreamNames && rest.logStreamNamePrefix !== undefined)
      throw new AwsError('InvalidParameterException', 'Either names or a prefix of streams.');
    const region = this.#world.region(account, name);
    const all = region && this.#group(region, rest.logGroupName);
    if (!all) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.');
    const { startTime = 0, endTime = Number.POSITIVE_INFINITY, logStreamNames, logStreamNamePrefix = '' } = rest;
    const isAsked = ({ stream, timestamp }: FlowEvent) =>
      timestamp >= startTime &&
      timestamp <= endTime &&
      stream.startsWith(logStreamNamePrefix) &&
      (logStreamNames?.includes(stream) ?? true);
    const found = all.filter(isAsked).toSorted((a, b) => a.timestamp - b.timestamp);
    const bound = JSON.stringify([account, name, rest]);
    return this.#page(found, { bound, nextToken, most: Math.min(limit ?? 10_000, this.behaviour.pageSize) });
  }

  #page(
    found: readonly FlowEvent[],
    { bound, nextToken, most }: { bound: string; nextToken: string | undefined; most: number },
  ): Json {
    const { at = 0, empty = 0, of = bound } = nextToken === undefined ? {} : tokenIn(nextToken);
    if (of !== bound) throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
    const token = (next: { at: number; empty: number }) =>
      Buffer.from(JSON.stringify({ ...next, of: bound })).toString('base64');
    if (empty < this.behaviour.emptyPages)
      return { events: [], searchedLogStreams: [], nextToken: token({ at, empty: empty + 1 }) };
    const events = found.slice(at, at + most).map(({ stream, timestamp, shownMs, message }, i) => {
      return { logStreamName: stream, timestamp, message, ingestionTime: shownMs, eventId: `${timestamp}${at + i}` };
    });
    const next = at + most;
    const more = next < found.length ? { nextToken: token({ at: next, empty: 0 }) } : {};
    return { events, searchedLogStreams: [], ...more };
  }

  /** All that is in a log group now; undefined where nothing was ever delivered to it. */
  #group(region: Region, name: string): readonly FlowEvent[] | undefined {
    const { lagMs, windowMs } = this.behaviour;
    const logs = [...region.flowLogs.all()].filter((one) => one.group === name);
    const all = this.#odd.flatMap(({ group, event }) => (group === name ? [event] : []));
    for (const log of logs) {
      if (log.destination !== 'cloud-watch-logs' || log.failure !== undefined) continue;
      for (const one of region.interfaces.all())
        if ([one.id, one.subnetId, one.vpcId].includes(log.resourceId))
          all.push(
            ...eventsOf({
              log,
              one,
              account: region.account,
              traffic: this.#traffic,
              mishaps: this.#mishaps,
              nowMs: this.#world.now(),
              lagMs,
              windowMs: Math.min(windowMs, log.intervalS * 1000),
            }),
          );
    }
    return all.length > 0 || logs.length > 0 ? all : undefined;
  }

  #regionOf(id: string): Region {
    for (const region of this.#world.regions())
      if (region.interfaces.get(id) ?? region.subnets.get(id) ?? region.vpcs.get(id)) return region;
    throw new Error(`The simulated AWS has no ${id}`);
  }
}

function tokenIn(token: string): { readonly at?: number; readonly empty?: number; readonly of?: string } {
  try {
    return JSON.parse(Buffer.from(token, 'base64').toString()) as { at: number; empty: number; of: string };
  } catch {
    throw new AwsError('InvalidParameterException', 'The specified nextToken is invalid.');
  }
}
