import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { azureLogsSink } from '../../adapters/audit-azure-logs/index.ts';
import { httpsSink } from '../../adapters/audit-https/index.ts';
import { outgoing } from '../../adapters/outgoing/index.ts';
import { deliverer } from '../../src/app/evidence/deliver.ts';
import { sequence } from '../../src/app/evidence/sequence.ts';
import type { EvidenceRoom } from '../../src/ports/evidence-room.ts';
import type { CallOut } from '../../src/ports/outgoing.ts';
import type { PeopleKeys } from '../../src/ports/people-keys.ts';
import type { Sink } from '../../src/ports/sink.ts';
import { redisAudit } from '../../src/redis/audit.ts';
import { redisAuditChain } from '../../src/redis/audit-chain.ts';
import { signerOf } from '../core/evidence/chain.ts';
import { QUIET, testRedis } from './server.ts';

let server: Awaited<ReturnType<typeof testRedis>>;
beforeAll(async () => {
  server = await testRedis();
});
afterAll(() => server.stop());

const never = new AbortController().signal;
const now = () => 1_764_000_000_000;
const clock = { now, pause: async () => {} };
const token = { getToken: async () => ({ token: 't', expiresOnTimestamp: Number.POSITIVE_INFINITY }) };

type Indexed = { readonly index?: number; readonly Index?: number };
interface Kind {
  readonly make: (url: string, call: CallOut) => Sink;
  readonly yes: Answer;
  /** What only looks like a yes there. */
  readonly hollow: readonly Answer[];
  readonly records: (body: string) => readonly Indexed[];
}
interface Answer {
  readonly status: number;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** It was taken, and the connection is cut before it is said. */
  readonly isLost?: true;
}

const rule = { rule: 'dcr-0', stream: 'Custom-Drawbridge', scope: 's', management: 'https://m' };
const KINDS: Readonly<Record<string, Kind>> = {
  splunk: {
    make: (url, call) => httpsSink({ name: 's', kind: 'splunk', url, secret: 's' }, call, clock),
    yes: { status: 200, text: '{"text":"Success","code":0}' },
    hollow: [
      { status: 200, text: '{"text":"Server is busy","code":9}' },
      { status: 200, text: '' },
    ],
    records: (body) => body.split('\n').map((line) => (JSON.parse(line) as { readonly event: Indexed }).event),
  },
  webhook: {
    make: (url, call) => httpsSink({ name: 's', kind: 'webhook', url, secret: 's' }, call, clock),
    yes: { status: 200, text: '{}' },
    hollow: [{ status: 200, text: '<html>Sign in', headers: { 'content-type': 'text/html' } }],
    records: (body) => (JSON.parse(body) as { readonly records: readonly Indexed[] }).records,
  },
  azure: {
    make: (endpoint, call) =>
      azureLogsSink({ name: 's', endpoint, ...rule }, { call, credential: token, monotonic: () => 0 }),
    yes: { status: 204 },
    hollow: [{ status: 200, text: '{}' }],
    records: (body) => JSON.parse(body) as readonly Indexed[],
  },
};
const RUDE: readonly Answer[] = [
  { status: 503 },
  { status: 429, headers: { 'retry-after': '120' } },
  { status: 413 },
  { status: 403 },
  { status: 500, text: '<html>Oops' },
  { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
];

/** A host that answers by a script, and then always yes; it remembers what it was posted, and what it took. */
async function host({ yes }: Kind, script: Answer[]) {
  const posted: { readonly body: string; readonly isYes: boolean }[] = [];
  const http = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += String(part);
    const answer = script.shift() ?? yes;
    const { status, text, headers = { 'content-type': 'application/json' }, isLost } = answer;
    posted.push({ body, isYes: answer === yes || isLost === true });
    if (isLost) return response.destroy();
    return response.writeHead(status, headers).end(status === 204 ? undefined : text);
  });
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  onTestFinished(() => {
    http.closeAllConnections();
    http.close();
  });
  const where = `127.0.0.1:${(http.address() as AddressInfo).port}`;
  return { posted, where };
}

it.each(Object.entries(KINDS))(
  '%s answers rudely, each way in turn: nothing is dropped that it did not take, and it has all in order',
  async (name, kind) => {
    const script = [...RUDE, ...kind.hollow, { ...kind.yes, isLost: true } as const, ...RUDE.toReversed()];
    const ways = script.length;
    const { posted, where } = await host(kind, script);
    const warned: string[] = [];
    const log = { ...QUIET, warn: (_: unknown, message: string) => void warned.push(message) };
    const [redis, prefix] = [server.client(), `rude-${name}`];
    const audit = redisAudit({ redis, prefix, log });
    const chain = redisAuditChain({ redis, prefix });
    const sink = kind.make(`http://${where}`, outgoing({ hosts: [where], addresses: ['127.0.0.0/8'] }));
    const room: EvidenceRoom = {
      ...{
        installation: 'demo',
        chain,
        signer: signerOf(),
        keyNames: [],
        keepMs: 1,
        wall: Date.now,
        keep: 0,
        sinks: [sink],
      },
      ...{ people: {} as PeopleKeys, personal: [] },
    };
    let monotonic = 0;
    const deps = { audit, log, monotonic: () => (monotonic += 1e7) };
    const alarms = { raise: async () => {} };
    const bring = deliverer(deps, room, sink, alarms);
    const taken = () =>
      posted.flatMap(({ body, isYes }) => (isYes ? kind.records(body).map((one) => one.index ?? one.Index ?? 0) : []));
    // The key that signs says so in the first one.
    let written = 1;
    let dropped = 0;
    for (let turn = 0; turn < ways + 3; turn += 1) {
      for (let n = 0; n < 3; n += 1) {
        written += 1;
        await audit.record({ act: `a${written}`, event: 'start', outcome: 'done', by: 'drawbridge', as: 'program' });
      }
      await sequence(deps, room, alarms, never);
      await bring(never);
      dropped += await chain.trim(0);
      expect(dropped).toBeLessThanOrEqual(Math.max(0, ...taken()));
    }
    expect(script).toEqual([]);
    expect([...new Set(taken())]).toEqual(Array.from({ length: written }, (_, i) => i + 1));
    // What it took without saying so came again.
    expect(taken().length).toBeGreaterThan(written);
    expect(warned).toEqual(Array(ways).fill('a sink of the audit took nothing; it is tried again'));
  },
);
