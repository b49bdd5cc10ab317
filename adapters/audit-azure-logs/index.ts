import { DefaultAzureCredential, type TokenCredential } from '@azure/identity';
import { rowOf } from '../../src/core/evidence/row.ts';
import { HOUR_MS } from '../../src/core/language/instant.ts';
import { notTaken } from '../../src/kit/untaken.ts';
import type { CallOut } from '../../src/ports/outgoing.ts';
import type { Sink, SinkBatch } from '../../src/ports/sink.ts';
import { columnOf, droppedColumns, type RuleSettings } from './columns.ts';

export interface AzureLogsWays {
  readonly call: CallOut;
  readonly credential: Pick<TokenCredential, 'getToken'>;
  readonly monotonic: () => number;
}

export interface AzureLogsSettings extends RuleSettings {
  readonly name: string;
  /** Of the data collection rule, or of its endpoint. */
  readonly endpoint: string;
  /** `https://monitor.azure.com/.default`, or that of another cloud. */
  readonly scope: string;
}

const LIMIT_MS = 25_000;
const MOST_BYTES = 64_000;
/** A call takes 1 MB, compressed or not ("Logs ingestion API", limits): more is refused with 413, however often it comes. */
const MOST_SENT = 950_000;
/** Rule and table are looked at so often: somebody may change them, and a new version has more columns. */
const LOOK_MS = HOUR_MS;

/**
 * Posts each batch to the Logs Ingestion API (2023-01-01): 204 means that Azure took all of it, but for columns that rule or table
 * do not have; with the rule's resource ID, these are looked at before. Rows whose time is older than two
 * days get another `TimeGenerated` there, so `EventTime` has it too; a batch that comes again is told by `EventUid`.
 */
export function azureLogsSink(
  { name, endpoint, scope, ...look }: AzureLogsSettings,
  { call, credential, monotonic }: AzureLogsWays,
): Sink {
  const { rule, stream } = look;
  const path = `dataCollectionRules/${encodeURIComponent(rule)}/streams/${encodeURIComponent(stream)}`;
  const url = `${endpoint.replace(/\/$/, '')}/${path}?api-version=2023-01-01`;
  let lookedAt = Number.NEGATIVE_INFINITY;
  /** What Azure would drop is not sent: 204 would count as kept. Where nobody can tell, it is; the doctor says so. */
  const mustKeepAll = async (signal: AbortSignal) => {
    if (look.resource === undefined || monotonic() - lookedAt < LOOK_MS) return;
    const found = await droppedColumns(look, { call, credential }, signal).catch(() => undefined);
    signal.throwIfAborted();
    if (typeof found === 'string') throw new Error(found);
    lookedAt = monotonic();
  };
  return {
    name,
    async write(batch, signal) {
      signal.throwIfAborted();
      await mustKeepAll(signal);
      const token = await credential.getToken(scope, { abortSignal: signal });
      if (!token) throw notTaken(url, 'gives no token', { headers: {} });
      const headers = {
        authorization: `Bearer ${token.token}`,
        'content-type': 'application/json',
        accept: 'application/json',
      };
      for (const body of bodiesOf(batch)) {
        signal.throwIfAborted();
        const asked = { url, headers, body, limitMs: LIMIT_MS, mostBytes: MOST_BYTES };
        const answer = await call({ ...asked, signal });
        const code = String(answer.headers['x-ms-error-code'] ?? '');
        if (answer.status !== 204) throw notTaken(url, `answers ${answer.status} ${code}`.trim(), answer);
      }
    },
    examine: (signal) => droppedColumns(look, { call, credential }, signal),
  };
}

/** The identity of this computer: a managed identity, a workload identity, or AZURE_CLIENT_ID and so on. */
export function ownCredential(): TokenCredential {
  return new DefaultAzureCredential();
}

/** Rows say what their record says, too: those of a batch can be more than one call takes. */
function bodiesOf(batch: SinkBatch): readonly string[] {
  const parts: string[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const row of rowsOf(batch)) {
    const text = JSON.stringify(row);
    const own = Buffer.byteLength(text) + 1;
    if (bytes + own > MOST_SENT) {
      parts.push([]);
      bytes = 1;
    }
    parts.at(-1)?.push(text);
    bytes += own;
  }
  return parts.map((rows) => `[${rows.join(',')}]`);
}

function rowsOf({ installation, links }: SinkBatch): readonly Readonly<Record<string, unknown>>[] {
  return links.map((link) => {
    const { uid, time, ...rest } = rowOf(link);
    const columns = Object.entries(rest).map(([field, value]) => [columnOf(field), value] as const);
    return {
      TimeGenerated: time,
      EventTime: time,
      EventUid: uid,
      Installation: installation,
      ...Object.fromEntries(columns),
      Head: link.head,
      Record: link.record,
    };
  });
}
