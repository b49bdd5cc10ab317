import { describe, expect, it, onTestFinished } from 'vitest';
import { httpsSink } from '../../../adapters/audit-https/index.ts';
import { outgoing } from '../../../adapters/outgoing/index.ts';
import { NO_HEAD } from '../../../src/core/evidence/chain.ts';
import type { SinkBatch } from '../../../src/ports/sink.ts';
import { batches, sinkConformance } from '../../conformance/sink.ts';
import { sinkServer } from '../sink-server.ts';

const never = new AbortController().signal;
const [one, two] = batches(2) as [SinkBatch, SinkBatch];
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

type Kept = { readonly index: number; readonly record: string; readonly head: string };

/**
 * A collector whose token has indexer acknowledgment, as “About HTTP Event Collector Indexer Acknowledgment” has it: without a channel
 * nothing is taken (code 10); ids count from 0 in each channel; what is in the pipeline is indexed a little later, or lost by a restart;
 * an id is told once.
 */
async function collector() {
  const indexed: Kept[] = [];
  const state = { slow: 1, hasAck: true, posts: 0, looks: 0 };
  let channels = new Map<string, { readonly events: readonly Kept[]; looks: number; isTold: boolean }[]>();
  const json = (status: number, body: unknown) => ({ status, text: JSON.stringify(body) });
  const post = (channel: string, body: string) => {
    if (!GUID.test(channel)) return json(400, { text: 'Data channel is missing', code: 10 });
    state.posts += 1;
    const events = body.split('\n').map((line) => (JSON.parse(line) as { readonly event: Kept }).event);
    const own = channels.get(channel) ?? [];
    channels.set(channel, [...own, { events, looks: 0, isTold: false }]);
    return json(200, { text: 'Success', code: 0, ackId: own.length });
  };
  const ask = (channel: string | null, body: string) => {
    if (!state.hasAck) return json(400, { text: 'ACK is disabled', code: 14 });
    if (!GUID.test(channel ?? '')) return json(400, { text: 'Data channel is missing', code: 10 });
    state.looks += 1;
    const { acks } = JSON.parse(body) as { readonly acks: readonly number[] };
    const told = acks.map((id) => {
      const taken = channels.get(channel ?? '')?.[id];
      if (!taken || taken.isTold) return [id, false];
      taken.looks += 1;
      if (taken.looks <= state.slow) return [id, false];
      indexed.push(...taken.events);
      taken.isTold = true;
      return [id, true];
    });
    return json(200, { acks: Object.fromEntries(told) });
  };
  const server = await sinkServer(({ url, headers, body }) => {
    const { pathname, searchParams } = new URL(url, 'http://x');
    if (headers.authorization !== 'Splunk token') return json(403, { text: 'Invalid token', code: 4 });
    if (pathname === '/services/collector/ack') return ask(searchParams.get('channel'), body);
    if (pathname === '/services/collector/event') return post(String(headers['x-splunk-request-channel']), body);
    return json(404, { text: 'not found', code: 404 });
  });
  const call = outgoing({ hosts: [server.host], addresses: ['127.0.0.0/8'] });
  const clock = { now: () => 1_764_000_000_000, pause: async () => {} };
  return {
    indexed,
    state,
    server,
    /** What was in its pipeline is lost, and with it what it would acknowledge. */
    restart() {
      channels = new Map();
    },
    make: (path = '/services/collector/event') =>
      httpsSink({ name: 'siem', kind: 'splunk', url: `${server.url}${path}`, secret: 'token' }, call, clock),
    kept: async () => indexed,
    fail: async (isAway: boolean) => {
      server.state.mode = isAway ? 'away' : 'well';
    },
    stop: server.stop,
  };
}

async function started() {
  const made = await collector();
  onTestFinished(made.stop);
  return made;
}

sinkConformance('Splunk with indexer acknowledgment', collector);

describe('a collector that acknowledges what it indexed', () => {
  const indexes = (kept: readonly Kept[]) => kept.map(({ index }) => index);
  const oneToTen = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

  it('has a batch only once it is indexed, however slow that is, and is not posted it again meanwhile', async () => {
    const { make, state, indexed } = await started();
    state.slow = 70;
    const sink = make();
    for (let n = 0; n < 3; n += 1) {
      await expect(sink.write(one, never)).rejects.toMatchObject({
        code: 'outgoingSilent',
        message: expect.stringContaining('has not indexed what it took'),
      });
      expect(indexed).toEqual([]);
    }
    await sink.write(one, never);
    expect([state.posts, indexes(indexed)]).toEqual([1, oneToTen]);
  });

  it('is posted it again where it lost what it took, after some minutes of asking', async () => {
    const { make, state, restart, indexed } = await started();
    state.slow = 1_000;
    const sink = make();
    await expect(sink.write(one, never)).rejects.toMatchObject({ code: 'outgoingSilent' });
    restart();
    state.slow = 1;
    const said: string[] = [];
    for (let n = 0; n < 8; n += 1)
      said.push(
        await sink.write(one, never).then(
          () => 'has it',
          () => 'asks',
        ),
      );
    expect(said).toEqual([...Array(7).fill('asks'), 'has it']);
    expect([state.posts, indexes(indexed)]).toEqual([2, oneToTen]);
  });

  it('is asked in another channel then: an id of before says nothing of what was posted again', async () => {
    const { make, state, server } = await started();
    state.slow = 1_000;
    const sink = make();
    for (let n = 0; n < 9; n += 1) await sink.write(one, never).catch(() => {});
    const channels = server.kept.flatMap(({ headers }) => headers['x-splunk-request-channel'] ?? []);
    expect(channels).toHaveLength(2);
    expect(new Set(channels).size).toBe(2);
  });

  it('is not asked for one batch by the id of another, where nobody can tell what the last records of both lead to', async () => {
    const { make, state, indexed } = await started();
    state.slow = 1_000;
    const sink = make();
    const headless = (batch: SinkBatch) => ({
      ...batch,
      links: batch.links.map((link) => ({ ...link, head: NO_HEAD })),
    });
    await expect(sink.write(headless(one), never)).rejects.toMatchObject({ code: 'outgoingSilent' });
    state.slow = 0;
    await sink.write(headless(two), never);
    expect(indexes(indexed)).toEqual(two.links.map(({ index }) => index));
  });

  it('does not hold up what comes behind it when it was switched off: that batch is posted once more', async () => {
    const { make, state } = await started();
    state.slow = 1_000;
    const sink = make();
    await expect(sink.write(one, never)).rejects.toMatchObject({ code: 'outgoingSilent' });
    state.hasAck = false;
    await expect(sink.write(one, never)).rejects.toMatchObject({ code: 'outgoingSilent' });
    state.hasAck = true;
    state.slow = 0;
    await sink.write(one, never);
    await sink.write(two, never);
    expect(state.posts).toBe(3);
  });

  it('is asked again where the answer was lost; with what it had told already, the batch comes twice', async () => {
    const { make, state, server, indexed } = await started();
    state.slow = 1_000;
    const sink = make();
    await expect(sink.write(one, never)).rejects.toMatchObject({ code: 'outgoingSilent' });
    state.slow = 0;
    server.state.mode = 'loses answers';
    await expect(sink.write(one, never)).rejects.toMatchObject({ code: 'outgoingSilent' });
    server.state.mode = 'well';
    const isKept = () =>
      sink.write(one, never).then(
        () => true,
        () => false,
      );
    for (let n = 0; n < 8 && !(await isKept()); n += 1);
    expect([...new Set(indexes(indexed))]).toEqual(oneToTen);
    expect(indexed).toHaveLength(20);
  });

  it.each(['/services/collector', '/services/collector/event/1.0', '/hec'])(
    'behind the path %s is asked beside it, or said to be unasked',
    async (path) => {
      const asked: string[] = [];
      const server = await sinkServer(({ url }) => {
        asked.push(new URL(url, 'http://x').pathname);
        return {
          status: 200,
          text: url.includes('/ack') ? '{"acks":{"0":true}}' : '{"text":"Success","code":0,"ackId":0}',
        };
      });
      onTestFinished(server.stop);
      const call = outgoing({ hosts: [server.host], addresses: ['127.0.0.0/8'] });
      const clock = { now: Date.now, pause: async () => {} };
      const settings = { name: 's', kind: 'splunk' as const, url: `${server.url}${path}`, secret: 'token' };
      const written = httpsSink(settings, call, clock).write(one, never);
      if (path === '/hec') await expect(written).rejects.toMatchObject({ code: 'outgoingSilent' });
      else {
        await written;
        expect(asked).toEqual([path, '/services/collector/ack']);
      }
    },
  );
});
