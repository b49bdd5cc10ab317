import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { otlpSink } from '../../../adapters/audit-otlp/index.ts';
import { outgoing } from '../../../adapters/outgoing/index.ts';
import { batches, sinkConformance } from '../../conformance/sink.ts';
import { sinkServer } from '../sink-server.ts';

const never = new AbortController().signal;
const [first] = batches(1);
if (!first) throw new Error('none');

interface Attribute {
  readonly key: string;
  readonly value: { readonly stringValue?: string; readonly intValue?: string };
}
interface LogRecord {
  readonly timeUnixNano: string;
  readonly severityNumber: number;
  readonly eventName: string;
  readonly body: { readonly stringValue: string };
  readonly attributes: readonly Attribute[];
}

function recordsIn(body: string): readonly LogRecord[] {
  const { resourceLogs } = JSON.parse(body) as {
    readonly resourceLogs: readonly { readonly scopeLogs: readonly { readonly logRecords: readonly LogRecord[] }[] }[];
  };
  return resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords));
}

const value = (record: LogRecord, key: string) =>
  record.attributes.find((one) => one.key === `drawbridge.${key}`)?.value;

/** A collector (OTLP/HTTP 1.5): JSON posted to /v1/logs, answered with an ExportLogsServiceResponse. */
async function start(answers: { readonly status: number; readonly text?: string } = { status: 200, text: '{}' }) {
  const warn = vi.fn();
  const server = await sinkServer(({ url, headers }) => {
    if (url !== '/v1/logs') return { status: 404 };
    if (headers['content-type'] !== 'application/json') return { status: 415 };
    return headers['x-key'] === 'secret' ? answers : { status: 401 };
  });
  const call = outgoing({ hosts: [server.host], addresses: ['127.0.0.0/8'] });
  const settings = { name: 'otlp', url: `${server.url}/v1/logs`, headers: { 'x-key': 'secret' } };
  return {
    server,
    warn,
    make: (more = {}) => otlpSink({ ...settings, ...more }, call, { warn }),
    kept: async () =>
      server.kept.flatMap(({ body }) =>
        recordsIn(body).map((record) => ({
          index: Number(value(record, 'index')?.intValue),
          record: record.body.stringValue,
          head: value(record, 'head')?.stringValue ?? '',
        })),
      ),
    fail: async (isAway: boolean) => {
      server.state.mode = isAway ? 'away' : 'well';
    },
    stop: server.stop,
  };
}

sinkConformance('OpenTelemetry logs', () => start());

describe('the audit as OpenTelemetry logs', () => {
  it('is best effort: nothing is dropped from Redis because of it', async () => {
    const { make, stop } = await start();
    onTestFinished(stop);
    expect(make().isBestEffort).toBe(true);
  });

  it('writes JSON as Protocol Buffers map it: 64-bit integers as text', async () => {
    const { server, make, stop } = await start();
    onTestFinished(stop);
    await make().write(first, never);
    const [record] = recordsIn(server.kept[0]?.body ?? '');
    expect(record).toMatchObject({
      timeUnixNano: `${first.links[0]?.at}000000`,
      severityNumber: 9,
      eventName: 'drawbridge.opened',
    });
    expect(record && value(record, 'byName')).toEqual({ stringValue: 'Ada' });
    expect(record && value(record, 'index')).toEqual({ intValue: '1' });
  });

  it.each([
    [{ status: 400 }, { status: 400, records: 10 }],
    [{ status: 413 }, { status: 413, records: 10 }],
    [
      { status: 200, text: '{"partialSuccess":{"rejectedLogRecords":"3"}}' },
      { rejected: 3, records: 10 },
    ],
  ])('what is refused for good (%o) is left out, and the log says so', async (answers, told) => {
    const { warn, make, stop } = await start(answers);
    onTestFinished(stop);
    await make().write(first, never);
    expect(warn.mock.calls).toEqual([[{ sink: 'otlp', ...told }, expect.stringContaining('left out')]]);
  });

  it.each([{ url: '/other' }, { headers: {} }])('what an operator can mend comes again: %o', async (more) => {
    const { server, make, stop } = await start();
    onTestFinished(stop);
    const wrong = 'url' in more ? { url: `${server.url}${more.url}` } : more;
    await expect(make(wrong).write(first, never)).rejects.toMatchObject({ code: 'outgoingSilent' });
  });
});
