import { createHmac } from 'node:crypto';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type HttpsSinkSettings, httpsSink } from '../../../adapters/audit-https/index.ts';
import { outgoing } from '../../../adapters/outgoing/index.ts';
import { batches, sinkConformance } from '../../conformance/sink.ts';
import { EPOCH } from '../../core/evidence/chain.ts';
import { sinkServer } from '../sink-server.ts';

const never = new AbortController().signal;
const clock = { now: () => 1_764_000_000_000, pause: async () => {} };
const [first] = batches(1);
if (!first) throw new Error('none');

type Kept = { readonly index: number; readonly record: string; readonly head: string };

/** What Splunk's own client lists of its answers (HEC): the code counts, not the status alone. */
async function splunkServer() {
  return sinkServer(({ headers, body, url }) => {
    if (url !== '/services/collector/event') return { status: 404, text: '{"text":"not found","code":404}' };
    if (headers.authorization !== 'Splunk token') return { status: 403, text: '{"text":"Invalid token","code":4}' };
    if (body === '') return { status: 400, text: '{"text":"No data","code":5}' };
    return { status: 200, text: '{"text":"Success","code":0}' };
  });
}

async function start(kind: HttpsSinkSettings['kind'], keptIn: (body: string) => readonly Kept[]) {
  const server = kind === 'splunk' ? await splunkServer() : await sinkServer(() => ({ status: 200 }));
  const url = `${server.url}${kind === 'splunk' ? '/services/collector/event' : '/audit'}`;
  const call = outgoing({ hosts: [server.host], addresses: ['127.0.0.0/8'] });
  return {
    server,
    make: () => httpsSink({ name: 'siem', kind, url, secret: 'token' }, call, clock),
    kept: async () => server.kept.flatMap(({ body }) => keptIn(body)),
    fail: async (isAway: boolean) => {
      server.state.mode = isAway ? 'away' : 'well';
    },
    stop: server.stop,
  };
}

const splunkKept = (body: string) =>
  body.split('\n').map((line) => (JSON.parse(line) as { readonly event: Kept }).event);
const webhookKept = (body: string) => (JSON.parse(body) as { readonly records: readonly Kept[] }).records;

sinkConformance('Splunk', () => start('splunk', splunkKept));
sinkConformance('a webhook', () => start('webhook', webhookKept));

describe('posting the audit', () => {
  it('takes a lost answer for nothing, so that the batch comes again, with the same id', async () => {
    const { server, make, stop } = await start('webhook', webhookKept);
    onTestFinished(stop);
    server.state.mode = 'loses answers';
    await expect(make().write(first, never)).rejects.toMatchObject({ code: 'outgoingSilent' });
    server.state.mode = 'well';
    await make().write(first, never);
    expect(server.kept.map(({ headers }) => headers['webhook-id'])).toEqual(Array(2).fill(`demo-1-10-${EPOCH}`));
  });

  it('gives up a host that does not answer, when nobody waits any more', async () => {
    const { server, make, stop } = await start('splunk', splunkKept);
    onTestFinished(stop);
    server.state.mode = 'hangs';
    await expect(make().write(first, AbortSignal.timeout(200))).rejects.toThrow();
  });

  it('signs webhooks as the standard says', async () => {
    const { server, make, stop } = await start('webhook', webhookKept);
    onTestFinished(stop);
    await make().write(first, never);
    const [got] = server.kept;
    if (!got) throw new Error('nothing came');
    const { headers, body } = got;
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
    expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', 'token').update(signed).digest('base64')}`);
    expect(headers['webhook-timestamp']).toBe('1764000000');
    expect(JSON.parse(body)).toMatchObject({ type: 'drawbridge.audit', installation: 'demo', note: first.note });
  });

  it('takes no token that Splunk refuses, and no answer without its code, for kept', async () => {
    const server = await sinkServer(() => ({ status: 200, text: '<html>sign in</html>' }));
    onTestFinished(server.stop);
    const call = outgoing({ hosts: [server.host], addresses: ['127.0.0.0/8'] });
    const sink = httpsSink({ name: 's', kind: 'splunk', url: server.url, secret: 'token' }, call, clock);
    await expect(sink.write(first, never)).rejects.toMatchObject({ code: 'outgoingSilent' });
    const { make, stop, server: real } = await start('splunk', splunkKept);
    onTestFinished(stop);
    await make().write(first, never);
    expect(real.kept[0]?.headers.authorization).toBe('Splunk token');
    expect(JSON.parse(real.kept[0]?.body.split('\n')[0] ?? '')).toMatchObject({
      host: 'demo',
      sourcetype: 'drawbridge:audit',
      time: expect.stringMatching(/^\d+\.\d{3}$/),
    });
  });
});
