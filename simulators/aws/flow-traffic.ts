import { createHash } from 'node:crypto';
import type { FlowLog, Interface } from './model.ts';

/** A connection from outside to an interface. */
export interface Traffic {
  readonly interfaceId: string;
  /** Address that it comes from. */
  readonly from: string;
  readonly port: number;
  /** IANA's number: 6 is TCP. */
  readonly protocol: number;
  readonly atMs: number;
  readonly untilMs: number;
  readonly isAccepted: boolean;
  /** The address of what passed it on, where that is another one. */
  readonly through?: string;
}

/** Something that befalls the log of an interface: windows that touch the period are marked, lost, or come late. */
export interface Mishap {
  readonly interfaceId: string;
  readonly kind: 'skipped' | 'lost' | 'late';
  readonly fromMs: number;
  readonly untilMs: number;
  readonly byMs?: number;
}

/** A record as CloudWatch Logs holds it. */
export interface FlowEvent {
  readonly stream: string;
  /** UTC ms: the record's start ("Publish flow logs to CloudWatch Logs"). */
  readonly timestamp: number;
  /** When it can be read. */
  readonly shownMs: number;
  readonly message: string;
}

/** What makes the records of one flow log of one interface. */
export interface Recorded {
  readonly log: FlowLog;
  readonly one: Interface;
  readonly account: string;
  readonly traffic: readonly Traffic[];
  readonly mishaps: readonly Mishap[];
  readonly nowMs: number;
  readonly lagMs: number;
  /** How long one window is: 60 s on Nitro, whatever the flow log says. */
  readonly windowMs: number;
}

type Fields = Readonly<Record<string, string | number>>;

/**
 * The records of all windows that are over. Windows of an interface follow each other without a gap, and begin where they
 * like; each has a record for each flow, or one that says `NODATA`; one that was not whole says `SKIPDATA` besides.
 */
export function* eventsOf(of: Recorded): Generator<FlowEvent> {
  const { log, one, mishaps, nowMs, lagMs, windowMs } = of;
  const hash = createHash('sha256').update(one.id).digest();
  const offset = hash.readUInt32BE(0) % windowMs;
  const begun = Math.max(log.createdMs, one.attachedMs);
  const first = Math.ceil((begun - offset) / windowMs) * windowMs + offset;
  for (let from = first; from + windowMs <= nowMs; from += windowMs) {
    const to = from + windowMs;
    const own = mishaps.filter((it) => it.interfaceId === one.id && it.fromMs < to && it.untilMs > from);
    if (own.some(({ kind }) => kind === 'lost')) continue;
    const late = Math.max(0, ...own.map(({ kind, byMs = 0 }) => (kind === 'late' ? byMs : 0)));
    const shownMs = to + lagMs + late;
    if (shownMs > nowMs) continue;
    const isSkipped = own.some(({ kind }) => kind === 'skipped');
    for (const fields of windowOf(of, { from, to, isSkipped }))
      yield {
        stream: `${one.id}-${log.trafficType.toLowerCase()}`,
        timestamp: Number(fields.start) * 1000,
        shownMs,
        message: written(log.format, fields),
      };
  }
}

function* windowOf(of: Recorded, window: { from: number; to: number; isSkipped: boolean }): Generator<Fields> {
  const { from, to, isSkipped } = window;
  const { one, account } = of;
  const about = { version: 2, 'account-id': account, 'interface-id': one.id, 'subnet-id': one.subnetId };
  const border = { start: seconds(from), end: seconds(to) };
  // What is skipped is not there.
  const flows = isSkipped ? [] : [...flowsIn(of, from, to)];
  for (const flow of flows) yield { ...about, ...flow };
  if (isSkipped) yield { ...about, ...border, 'log-status': 'SKIPDATA' };
  else if (flows.length === 0) yield { ...about, ...border, 'log-status': 'NODATA' };
}

/** What comes in, and the answers that leave. */
function* flowsIn({ log, one, traffic }: Recorded, from: number, to: number): Generator<Fields> {
  for (const it of traffic) {
    if (it.interfaceId !== one.id || it.atMs >= to || it.untilMs < from) continue;
    const action = it.isAccepted ? 'ACCEPT' : 'REJECT';
    if (log.trafficType !== 'ALL' && log.trafficType !== action) continue;
    const own = it.from.includes(':') ? (one.ipv6[0] ?? '') : one.privateIp;
    const srcport = 32_768 + (it.atMs % 28_000);
    const period = { start: seconds(Math.max(it.atMs, from)), end: seconds(Math.min(it.untilMs, to)) };
    const common = { protocol: it.protocol, packets: 12, bytes: 3_200, ...period, action, 'log-status': 'OK' };
    const seen = it.through ?? it.from;
    yield {
      ...common,
      srcaddr: seen,
      dstaddr: own,
      'pkt-srcaddr': it.from,
      'pkt-dstaddr': own,
      srcport,
      dstport: it.port,
      'flow-direction': 'ingress',
    };
    if (!it.isAccepted) continue;
    yield {
      ...common,
      srcaddr: own,
      dstaddr: seen,
      'pkt-srcaddr': own,
      'pkt-dstaddr': it.from,
      srcport: it.port,
      dstport: srcport,
      'flow-direction': 'egress',
    };
  }
}

/** A record in the order of its format; what a record has not is `-`. */
function written(format: string, fields: Fields): string {
  return format.replace(/\$\{([a-z-]+)\}/g, (_, field: string) => String(fields[field] ?? '-'));
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
