import { type Instant, MINUTE_MS, SECOND_MS } from '../../../src/core/language/instant.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { contains, parseSource } from '../../../src/core/rule/source.ts';
import { type FlowRecord, readRecord } from './record.ts';

/** The longest aggregation interval of a log that is believed: each window has a record at least, and the next follows at once. */
export const WINDOW_MS = MINUTE_MS;
/** Our clock, that of the log, and "up to 60 seconds after the packet" (`start`, `end`) together: so far around a period it is looked. */
export const SLACK_MS = 2 * MINUTE_MS;
/** Delivered "in about 5 minutes", as best effort ("Flow logs basics"): what came in twice that is believed to be all. */
export const SETTLED_MS = 10 * MINUTE_MS;
/** Windows before the first one that counts: from then on it is read. */
export const BEFORE_MS = 2 * SLACK_MS;
/** Instants are told in whole seconds. */
const ROUNDING_MS = SECOND_MS;

const PROTOCOLS = { tcp: 6, udp: 17 } as const;

/** Who is looked for. */
export interface Sought {
  /** Canonical CIDR. */
  readonly source: string;
  readonly ports: readonly Port[];
  readonly from: Instant;
  /** Addresses of the interface itself: what comes from there leaves it. */
  readonly own: ReadonlySet<string>;
}

/** Was this one of those who are looked for, and let in? What the log gives later than asked counts too. */
export function isSought(record: FlowRecord, { source, ports, from, own }: Sought): boolean {
  const { status, isAccepted, port, protocol, end } = record;
  if (status !== 'OK' || !isAccepted || end < from - WINDOW_MS) return false;
  if (record.from.some((address) => own.has(address))) return false;
  const isPort = ports.some((one) => one.number === port && PROTOCOLS[one.protocol] === protocol);
  return isPort && record.from.some((address) => isIn(source, address));
}

function isIn(source: string, address: string): boolean {
  const prefix = parseSource(address);
  return prefix !== undefined && contains(source, prefix);
}

export type Wholeness =
  | { readonly is: 'whole' }
  | { readonly is: 'not yet' }
  | { readonly is: 'gap'; readonly at: Instant };

/**
 * Does the log of one interface have every window of a period? Windows follow each other, none is longer than a minute, and
 * each has a record: so two starts are less than two windows apart, and less than one where a window without data, which tells
 * its own borders, is beside the other. What is further apart, or marked `SKIPDATA`, is a gap.
 */
export function wholeness(
  records: readonly FlowRecord[],
  { from, until }: { from: Instant; until: Instant },
): Wholeness {
  const sorted = records.toSorted((a, b) => a.start - b.start);
  const skipped = sorted.find(
    (one) => one.status === 'SKIPDATA' && one.end >= from - WINDOW_MS && one.start <= until + SLACK_MS,
  );
  if (skipped) return { is: 'gap', at: skipped.start };
  let last: FlowRecord | undefined;
  for (const record of sorted) {
    const isFirst = last === undefined;
    if (isFirst && record.start > from - WINDOW_MS) return { is: 'gap', at: from };
    if (last && !follows(last, record)) {
      if (record.start > from - WINDOW_MS) return { is: 'gap', at: last.end };
    }
    if (record.start >= until + SLACK_MS) return { is: 'whole' };
    last = reachesFurther(last, record) ? record : last;
  }
  return { is: 'not yet' };
}

function follows(last: FlowRecord, next: FlowRecord): boolean {
  const empty = [last, next].filter(({ status }) => status === 'NODATA').length;
  const since = last.status === 'NODATA' ? last.end : last.start;
  const farthest = empty === 2 ? WINDOW_MS - ROUNDING_MS : (2 - empty) * WINDOW_MS + ROUNDING_MS;
  return next.start - since <= farthest;
}

function reachesFurther(last: FlowRecord | undefined, record: FlowRecord): boolean {
  const reach = (one: FlowRecord) => (one.status === 'NODATA' ? one.end : one.start);
  return last === undefined || reach(record) >= reach(last);
}

/** Reads the log of one interface, a page at a time. */
export function logReader(
  fields: readonly string[],
  { interface: own, ...sought }: Sought & { readonly interface: string },
) {
  const records: FlowRecord[] = [];
  let isUnread = false;
  return {
    /** When one of those who are looked for was seen; undefined where this page has none. */
    seenIn(lines: readonly string[]): Instant | undefined {
      for (const line of lines) {
        const record = readRecord(fields, line);
        if (record?.interface !== own) isUnread = true;
        else if (isSought(record, sought)) return record.start;
        else records.push(record);
      }
      return undefined;
    },
    /** After the last page: is all of the period there, and could it be read? */
    wholeness(period: { readonly from: Instant; readonly until: Instant }): Wholeness | { readonly is: 'unread' } {
      return isUnread ? { is: 'unread' } : wholeness(records, period);
    },
  };
}
