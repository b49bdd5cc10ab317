import { describe, expect, it, onTestFinished } from 'vitest';
import { azureLogsSink } from '../../../adapters/audit-azure-logs/index.ts';
import { outgoing } from '../../../adapters/outgoing/index.ts';
import { firstBatch } from '../../../src/app/evidence/batch.ts';
import { recordOf } from '../../../src/core/audit/record.ts';
import { BEGINNING } from '../../../src/core/evidence/chain.ts';
import { batches, sinkConformance } from '../../conformance/sink.ts';
import { EPOCH, entry } from '../../core/evidence/chain.ts';
import { sinkServer } from '../sink-server.ts';

const never = new AbortController().signal;
const RULE = 'dcr-0123456789abcdef0123456789abcdef';

interface LogsRow {
  readonly Index: number;
  readonly Record: string;
  readonly Head: string;
}

/** The Logs Ingestion API (2023-01-01): an array of at most 1 MB, answered with 204 and nothing else. */
async function start() {
  const asked: (string | readonly string[])[] = [];
  const server = await sinkServer(({ url, headers, body }) => {
    const { pathname, searchParams } = new URL(url, 'http://x');
    if (pathname !== `/dataCollectionRules/${RULE}/streams/Custom-Drawbridge`) return { status: 404 };
    if (searchParams.get('api-version') !== '2023-01-01') return { status: 400 };
    if (headers.authorization !== 'Bearer t') return { status: 403 };
    if (Buffer.byteLength(body) > 1_000_000) return { status: 413 };
    return { status: Array.isArray(JSON.parse(body)) ? 204 : 400 };
  });
  const call = outgoing({ hosts: [server.host], addresses: ['127.0.0.0/8'] });
  const getToken = async (scope: string | readonly string[]) => {
    asked.push(scope);
    return { token: 't', expiresOnTimestamp: Number.POSITIVE_INFINITY };
  };
  const rule = { rule: RULE, stream: 'Custom-Drawbridge', management: server.url };
  const settings = { name: 'sentinel', endpoint: server.url, ...rule };
  return {
    asked,
    server,
    make: (more = {}) =>
      azureLogsSink(
        { ...settings, scope: 'https://monitor.azure.com/.default', ...more },
        { call, credential: { getToken } as never, monotonic: () => 0 },
      ),
    kept: async () =>
      server.kept.flatMap(({ body }) =>
        (JSON.parse(body) as readonly LogsRow[]).map((row) => ({
          index: row.Index,
          record: row.Record,
          head: row.Head,
        })),
      ),
    fail: async (isAway: boolean) => {
      server.state.mode = isAway ? 'away' : 'well';
    },
    stop: server.stop,
  };
}

sinkConformance('Azure Monitor logs', start);

describe('the audit in Azure Monitor', () => {
  const [first] = batches(1);
  if (!first) throw new Error('none');

  it('has columns that Azure takes, and its own time beside the one that Azure may replace', async () => {
    const { server, make, asked, stop } = await start();
    onTestFinished(stop);
    await make().write(first, never);
    const [row] = JSON.parse(server.kept[0]?.body ?? '[]') as readonly Readonly<Record<string, unknown>>[];
    expect(row).toMatchObject({
      EventUid: expect.any(String),
      Installation: 'demo',
      Event: 'opened',
      By: 'ada',
      ByName: 'Ada',
    });
    expect(row?.EventTime).toBe(row?.TimeGenerated);
    const reserved = ['_ResourceId', 'Id', '_SubscriptionId', 'TenantId', 'Type', 'UniqueId', 'Title'];
    for (const column of Object.keys(row ?? {})) {
      expect(column).toMatch(/^[A-Z][A-Za-z0-9]{0,44}$/);
      expect(reserved).not.toContain(column);
    }
    expect(asked).toEqual(['https://monitor.azure.com/.default']);
  });

  it('brings a batch that is more than one call takes in several', async () => {
    const { server, make, kept, stop } = await start();
    onTestFinished(stop);
    const said = (n: number) => entry(n, { event: 'request', outcome: 'refused', why: `“${'ü'.repeat(1_400)}” ${n}` });
    const all = Array.from({ length: 240 }, (_, i) => i + 1);
    const records = all.map((n) => ({ epoch: EPOCH, sequence: n, at: EPOCH + n, ...recordOf(said(n), () => 'salt') }));
    const batch = { ...first, links: firstBatch(BEGINNING, records) };
    expect(batch.links.length).toBeGreaterThan(150);
    await make().write(batch, never);
    expect(server.kept.length).toBeGreaterThan(1);
    expect((await kept()).map(({ index }) => index)).toEqual(batch.links.map(({ index }) => index));
  });

  it('takes nothing but a 204 for taken, also while a new role does not count yet', async () => {
    const { make, stop } = await start();
    onTestFinished(stop);
    await expect(make({ rule: 'dcr-other' }).write(first, never)).rejects.toMatchObject({ code: 'outgoingSilent' });
  });
});
