import type { Redis } from 'ioredis';
import { beforeEach } from 'vitest';
import { deliverer } from '../../src/app/evidence/deliver.ts';
import { sequence } from '../../src/app/evidence/sequence.ts';
import type { Alarm } from '../../src/app/operators/alarms.ts';
import type { AuditEntry } from '../../src/core/audit/entry.ts';
import type { EvidenceRoom } from '../../src/ports/evidence-room.ts';
import type { PeopleKeys } from '../../src/ports/people-keys.ts';
import type { Sink, SinkBatch } from '../../src/ports/sink.ts';
import { redisAudit } from '../../src/redis/audit.ts';
import { redisAuditChain } from '../../src/redis/audit-chain.ts';
import { redisStore } from '../../src/redis/store.ts';
import { signerOf } from '../core/evidence/chain.ts';
import { keptLog, redisOfFile } from './server.ts';

const never = new AbortController().signal;
const ENTRY: AuditEntry = { act: 'a', event: 'start', outcome: 'done', by: 'drawbridge', as: 'program' };
const NOBODYS_KEYS = {} as PeopleKeys;

/** Keeps what it is given, unless it is away. */
export function memorySink(name = 'memory', more: Partial<Sink> = {}) {
  const got: SinkBatch[] = [];
  const sink = {
    isAway: false,
    got,
    name,
    ...more,
    async write(batch: SinkBatch) {
      if (sink.isAway) throw new Error('away');
      got.push(batch);
    },
  };
  return sink;
}

export interface Ground {
  readonly redis: Redis;
  readonly prefix: string;
  /** What the operators are told. */
  readonly raised: Alarm[];
}

/** The audit on a real Redis, its chain, and what brings it to these sinks. */
export function chainWorld(
  { redis, prefix, raised }: Ground,
  sinks: readonly Sink[],
  more: Partial<EvidenceRoom> = {},
) {
  const alarms = { raise: async (alarm: Alarm) => void raised.push(alarm), over: async () => {} };
  const log = keptLog();
  const audit = redisAudit({ redis, prefix, log });
  const store = redisStore({ redis, prefix, log });
  const room: EvidenceRoom = {
    installation: 'demo',
    chain: redisAuditChain({ redis, prefix }),
    signer: signerOf(),
    keyNames: ['a1'],
    keepMs: 400 * 86_400_000,
    wall: Date.now,
    people: NOBODYS_KEYS,
    personal: [],
    sinks,
    ...more,
  };
  let now = 0;
  const deps = { audit, store, log, monotonic: () => (now += 1_000_000) };
  let acts = 0;
  return {
    ...{ deps, room, log, audit, alarms },
    async write(count: number) {
      for (let n = 0; n < count; n += 1) await audit.record({ ...ENTRY, act: `act-${prefix}-${acts++}` });
    },
    chain: () => sequence(deps, room, alarms),
    bring: async () => {
      for (const sink of sinks) await deliverer(deps, room, sink, alarms)(never);
    },
  };
}

/** For a file of tests: its Redis, and worlds on it, each test with its own keys. */
export function chainOfFile() {
  const server = redisOfFile();
  let [redis, prefix]: [Redis | undefined, string] = [undefined, ''];
  const raised: Alarm[] = [];
  beforeEach(() => {
    [redis, prefix] = [server.client(), server.prefix()];
    raised.length = 0;
  });
  const ground = {
    get redis(): Redis {
      if (!redis) throw new Error('before the first test');
      return redis;
    },
    get prefix() {
      return prefix;
    },
    raised,
  };
  return {
    ground,
    /** What the operators are told. */
    raised,
    world: (sinks: readonly Sink[], more: Partial<EvidenceRoom> = {}) => chainWorld(ground, sinks, more),
  };
}

export const indexes = ({ got }: { readonly got: readonly SinkBatch[] }) =>
  got.flatMap(({ links }) => links.map(({ index }) => index));
export const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
