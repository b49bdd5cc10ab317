import { type Instant, SECOND_MS } from '../../../src/core/language/instant.ts';

/** What a record of a flow log says, as far as anybody here asks ("Flow log records", Amazon VPC user guide). */
export interface FlowRecord {
  readonly interface: string;
  /** `NODATA`: nothing was on the way in the whole window. `SKIPDATA`: something is missing from it. */
  readonly status: 'OK' | 'NODATA' | 'SKIPDATA';
  readonly start: Instant;
  readonly end: Instant;
  /** Where packets came from; two addresses where something passed them on. None of an empty window. */
  readonly from: readonly string[];
  readonly port?: number;
  /** IANA's number. */
  readonly protocol?: number;
  readonly isAccepted: boolean;
}

const NEEDED = ['interface-id', 'srcaddr', 'dstport', 'protocol', 'start', 'end', 'action', 'log-status'] as const;

/** The fields of a format, in their order; undefined where it is none. */
export function fieldsOf(format: string | undefined): readonly string[] | undefined {
  const words = format?.trim().split(/\s+/) ?? [];
  const fields = words.flatMap((word) => /^\$\{([a-z0-9-]+)\}$/.exec(word)?.[1] ?? []);
  return fields.length > 0 && fields.length === words.length ? fields : undefined;
}

/** Fields that a format lacks to tell who connected. */
export function lackingIn(fields: readonly string[]): readonly string[] {
  return NEEDED.filter((one) => !fields.includes(one));
}

/** Reads one line by the fields of its format; undefined where it cannot be one. */
export function readRecord(fields: readonly string[], line: string): FlowRecord | undefined {
  const words = line.trim().split(/\s+/);
  if (words.length !== fields.length) return undefined;
  const said = new Map(fields.map((field, i) => [field, words[i] ?? '-']));
  const of = (field: string) => said.get(field) ?? '-';
  const [status, start, end] = [of('log-status'), instantIn(of('start')), instantIn(of('end'))];
  if (start === undefined || end === undefined || end < start) return undefined;
  const about = { interface: of('interface-id'), start, end };
  if (status === 'NODATA' || status === 'SKIPDATA') return { ...about, status, from: [], isAccepted: false };
  const [port, protocol, action] = [numberIn(of('dstport')), numberIn(of('protocol')), of('action')];
  const isWhole = protocol !== undefined && (action === 'ACCEPT' || action === 'REJECT') && of('srcaddr') !== '-';
  if (status !== 'OK' || !isWhole) return undefined;
  const from = [of('srcaddr'), of('pkt-srcaddr')].filter((one) => one !== '-');
  return {
    ...about,
    status,
    from,
    ...(port === undefined ? {} : { port }),
    protocol,
    isAccepted: action === 'ACCEPT',
  };
}

function numberIn(word: string): number | undefined {
  return /^\d{1,5}$/.test(word) ? Number(word) : undefined;
}

/** Seconds since 1970. */
function instantIn(word: string): Instant | undefined {
  return /^\d{9,11}$/.test(word) ? Number(word) * SECOND_MS : undefined;
}
