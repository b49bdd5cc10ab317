import type { Link } from '../../src/core/evidence/chain.ts';
import { rowOf } from '../../src/core/evidence/row.ts';
import { notTaken, untaken } from '../../src/kit/untaken.ts';
import type { Log } from '../../src/ports/log.ts';
import type { CallOut } from '../../src/ports/outgoing.ts';
import type { Sink, SinkBatch } from '../../src/ports/sink.ts';

export interface OtlpSinkSettings {
  readonly name: string;
  /** Of a collector, with its path: `https://collector.example.com:4318/v1/logs`. */
  readonly url: string;
  /** Such as `authorization`. */
  readonly headers: Readonly<Record<string, string>>;
}

const LIMIT_MS = 25_000;
const MOST_BYTES = 64_000;
/** Severities of the data model of logs: INFO, and WARN for what was refused or failed. */
const INFO = { severityNumber: 9, severityText: 'INFO' };
const WARN = { severityNumber: 13, severityText: 'WARN' };
/** What a collector will never take, however often it comes (OTLP 1.5, "Failures": anything but 429, 502, 503 and 504; here also not what an operator can mend). */
const HOPELESS = [400, 413, 422];

/**
 * Posts each batch as OpenTelemetry logs (OTLP/HTTP 1.5 in JSON). Best effort: a collector may drop what it took, so nothing waits for
 * it, and what it refuses for good is left out, with a warning in the log.
 */
export function otlpSink({ name, url, headers }: OtlpSinkSettings, call: CallOut, log: Pick<Log, 'warn'>): Sink {
  return {
    name,
    isBestEffort: true,
    async write(batch, signal) {
      const asked = { url, headers: { ...headers, 'content-type': 'application/json' }, body: bodyOf(batch) };
      const answer = await call({ ...asked, limitMs: LIMIT_MS, mostBytes: MOST_BYTES, signal });
      const { status, text } = answer;
      const why = status === 200 ? untaken(answer) : `answers ${status}`;
      const records = batch.links.length;
      if (HOPELESS.includes(status))
        return log.warn({ sink: name, status, records }, 'a collector refuses records of the audit; they are left out');
      if (why !== undefined) throw notTaken(url, why, answer);
      const rejected = rejectedIn(text);
      if (rejected > 0)
        log.warn({ sink: name, rejected, records }, 'a collector rejected records of the audit; they are left out');
    },
  };
}

/** How many records a collector did not take (`partialSuccess`): they must not come again. An empty answer is a whole success. */
function rejectedIn(text: string): number {
  try {
    const { partialSuccess } = JSON.parse(text) as {
      readonly partialSuccess?: { readonly rejectedLogRecords?: unknown };
    };
    return Number(partialSuccess?.rejectedLogRecords ?? 0);
  } catch {
    return 0;
  }
}

function bodyOf({ installation, links }: SinkBatch): string {
  const resource = { attributes: attributesOf({ 'service.name': 'drawbridge', 'service.instance.id': installation }) };
  return JSON.stringify({
    resourceLogs: [{ resource, scopeLogs: [{ scope: { name: 'drawbridge.audit' }, logRecords: links.map(recordOf) }] }],
  });
}

/** Both instants are those of the record, so that the same batch is always the same. */
function recordOf(link: Link) {
  const row = rowOf(link);
  const time = `${link.at}000000`;
  const fields = Object.entries(row).map(([field, value]) => [`drawbridge.${field}`, value] as const);
  return {
    timeUnixNano: time,
    observedTimeUnixNano: time,
    ...(row.outcome === 'refused' || row.outcome === 'failed' ? WARN : INFO),
    eventName: `drawbridge.${String(row.event ?? '').replaceAll(' ', '_')}`,
    body: { stringValue: link.record },
    attributes: attributesOf({ ...Object.fromEntries(fields), 'drawbridge.head': link.head }),
  };
}

/** In the JSON mapping of Protocol Buffers, 64-bit integers are text. */
function attributesOf(values: Readonly<Record<string, string | number>>) {
  return Object.entries(values).map(([key, value]) => ({
    key,
    value: typeof value === 'number' ? { intValue: String(value) } : { stringValue: value },
  }));
}
