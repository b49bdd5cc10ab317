import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it, onTestFinished, vi } from 'vitest';
import { azureLogsSink } from '../../adapters/audit-azure-logs/index.ts';
import { fileSink } from '../../adapters/audit-file/index.ts';
import { eventHook, httpsSink } from '../../adapters/audit-https/index.ts';
import { otlpSink } from '../../adapters/audit-otlp/index.ts';
import { s3Sink } from '../../adapters/audit-s3/index.ts';
import { outgoing } from '../../adapters/outgoing/index.ts';
import { startS3Simulator } from '../../simulators/s3/index.ts';
import { deliverer } from '../../src/app/evidence/deliver.ts';
import { sequence } from '../../src/app/evidence/sequence.ts';
import { pauseFor } from '../../src/kit/clock.ts';
import type { EvidenceRoom } from '../../src/ports/evidence-room.ts';
import type { PeopleKeys } from '../../src/ports/people-keys.ts';
import type { Sink } from '../../src/ports/sink.ts';
import { redisAudit } from '../../src/redis/audit.ts';
import { redisAuditChain } from '../../src/redis/audit-chain.ts';
import { sinkServer } from '../adapters/sink-server.ts';
import { signerOf } from '../core/evidence/chain.ts';
import { keptLog, testRedis } from './server.ts';

const RECORDS = 12;
const KINDS = ['files', 's3', 'splunk', 'webhook', 'events', 'azure', 'otlp'] as const;
type Kind = (typeof KINDS)[number];

let server: Awaited<ReturnType<typeof testRedis>>;
beforeAll(async () => {
  server = await testRedis();
});
afterAll(() => server.stop());
afterEach(() => vi.unstubAllEnvs());

const now = () => Date.now();
const alarms = { raise: async () => {} };

/** Every kind of sink that there is, in front of what answers as it should; the one that is stuck, of what never answers. */
async function allSinks(stuck: Kind): Promise<readonly Sink[]> {
  const url: Record<string, string> = {};
  const hosts: string[] = [];
  for (const kind of KINDS) {
    const answers = { splunk: '{"text":"Success","code":0}', azure: undefined }[kind as string] ?? '{}';
    const one = await sinkServer(() => ({ status: kind === 'azure' ? 204 : 200, text: answers }));
    onTestFinished(one.stop);
    if (kind === stuck) one.state.mode = 'hangs';
    url[kind] = one.url;
    hosts.push(one.host);
  }
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-stuck-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const call = outgoing({ hosts, addresses: ['127.0.0.0/8'] });
  const simulator = await startS3Simulator();
  onTestFinished(simulator.stop);
  vi.stubEnv('AWS_ACCESS_KEY_ID', simulator.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', simulator.secretAccessKey);
  const { bucket, region } = simulator;
  const endpoint = stuck === 's3' ? (url.s3 ?? '') : simulator.url;
  const files = fileSink({ installation: 'demo', folder, rotateBytes: 1_000_000, vkeys: [] });
  const hangs = () => Promise.withResolvers<never>().promise;
  const token = { getToken: async () => ({ token: 't', expiresOnTimestamp: Number.POSITIVE_INFINITY }) };
  const rule = {
    endpoint: url.azure ?? '',
    rule: 'dcr-0',
    stream: 'Custom-Drawbridge',
    scope: 's',
    management: 'https://m',
  };
  return [
    // A disk that hangs, such as one in a network: no signal ends a call to it.
    stuck === 'files' ? { name: 'files', write: hangs, end: hangs } : files,
    s3Sink(
      {
        name: 's3',
        installation: 'demo',
        bucket,
        region,
        endpoint,
        prefix: '',
        mode: 'governance',
        days: 1,
        vkeys: [],
      },
      now,
    ),
    httpsSink({ name: 'splunk', kind: 'splunk', url: url.splunk ?? '', secret: 's' }, call, { now, pause: pauseFor }),
    httpsSink({ name: 'webhook', kind: 'webhook', url: url.webhook ?? '', secret: 's' }, call, {
      now,
      pause: pauseFor,
    }),
    eventHook({ name: 'events', url: url.events ?? '', secret: 's' }, call, now),
    azureLogsSink({ name: 'azure', ...rule }, { call, credential: token, monotonic: now }),
    otlpSink({ name: 'otlp', url: url.otlp ?? '', headers: {} }, call, { warn: () => {} }),
  ];
}

it.each(KINDS)(
  '%s hangs: every other sink gets everything meanwhile, and nothing is dropped that this one lacks',
  async (stuck) => {
    const [log, redis, prefix] = [keptLog(), server.client(), `stuck-${stuck}`];
    const audit = redisAudit({ redis, prefix, log });
    const chain = redisAuditChain({ redis, prefix });
    const sinks = await allSinks(stuck);
    const room: EvidenceRoom = {
      ...{ installation: 'demo', chain, signer: signerOf(), keyNames: [], keepMs: 1, wall: Date.now, keep: 0, sinks },
      ...{ people: {} as PeopleKeys, personal: [] },
    };
    const deps = { audit, log, monotonic: () => performance.now() };
    const stopping = new AbortController();
    const write = async (act: string) => {
      for (let n = 0; n < RECORDS / 2; n += 1)
        await audit.record({ act: `${act}-${n}`, event: 'start', outcome: 'done', by: 'drawbridge', as: 'program' });
      await sequence(deps, room, alarms, stopping.signal);
    };
    const turns = sinks.map((sink) => ({ sink, turn: deliverer(deps, room, sink, alarms) }));
    // The one that hangs is in the middle of its turn; a loop of its own is what the program gives each.
    const bring = () =>
      Promise.all(turns.filter(({ sink }) => sink.name !== stuck).map(({ turn }) => turn(stopping.signal)));
    await write('before');
    const stays = turns.find(({ sink }) => sink.name === stuck)?.turn(stopping.signal);
    await bring();
    await write('meanwhile');
    await bring();
    const states = await chain.sinks();
    const behind = states.filter(({ index }) => index < RECORDS).map(({ name }) => name);
    expect([states.length, behind]).toEqual([KINDS.length, [stuck]]);
    const isBestEffort = sinks.find(({ name }) => name === stuck)?.isBestEffort;
    expect((await chain.trim(0)) > 0).toBe(isBestEffort === true);
    stopping.abort();
    if (stuck !== 'files') await stays;
  },
  60_000,
);
