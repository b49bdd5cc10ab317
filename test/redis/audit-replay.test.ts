import { beforeEach, expect, it } from 'vitest';
import { trimAudit } from '../../src/app/evidence/behind.ts';
import { deliverer } from '../../src/app/evidence/deliver.ts';
import { replay } from '../../src/app/evidence/replay.ts';
import { sequence } from '../../src/app/evidence/sequence.ts';
import type { EvidenceRoom } from '../../src/ports/evidence-room.ts';
import type { PeopleKeys } from '../../src/ports/people-keys.ts';
import type { Sink, SinkBatch } from '../../src/ports/sink.ts';
import { redisAudit } from '../../src/redis/audit.ts';
import { redisAuditChain } from '../../src/redis/audit-chain.ts';
import { redisStore } from '../../src/redis/store.ts';
import { signerOf } from '../core/evidence/chain.ts';
import { keptLog, redisOfFile } from './server.ts';

const never = new AbortController().signal;
const NOBODYS_KEYS = {} as PeopleKeys;
const alarms = { raise: async () => expect.unreachable(), over: async () => {} };

const server = redisOfFile();
let prefix = '';
beforeEach(() => {
  prefix = server.prefix();
});
let [acts, now] = [0, 0];

function keeping(name: string, more: Partial<Sink> = {}) {
  const got: SinkBatch[] = [];
  const write = async (batch: SinkBatch) => void got.push(batch);
  return { name, write, ...more, indexes: () => got.flatMap(({ links }) => links.map(({ index }) => index)), got };
}

function chainOf(...sinks: readonly Sink[]) {
  const [redis, log] = [server.client(), keptLog()];
  const audit = redisAudit({ redis, prefix, log });
  const chain = redisAuditChain({ redis, prefix });
  const room: EvidenceRoom = {
    installation: 'demo',
    chain,
    signer: signerOf(),
    keyNames: ['a1'],
    keepMs: 1e12,
    wall: Date.now,
    keep: 2,
    people: NOBODYS_KEYS,
    personal: [],
    sinks,
  };
  const deps = { audit, store: redisStore({ redis, prefix, log }), log, monotonic: () => (now += 1_000_000) };
  return {
    ...{ deps, room },
    async bring(records: number) {
      for (let n = 0; n < records; n += 1)
        await audit.record({ act: `act-${acts++}`, event: 'start', outcome: 'done', by: 'drawbridge', as: 'program' });
      await sequence(deps, room, alarms);
      for (const sink of sinks) await deliverer(deps, room, sink, alarms)(never);
    },
  };
}

it('a sink for news is brought what comes after it was configured, and more once it is asked for', async () => {
  const all = keeping('all');
  // The first key that signs is a record, too.
  await chainOf(all).bring(7);
  const news = keeping('news', { isNewsOnly: true, isBestEffort: true });
  const { bring, room, deps } = chainOf(all, news);
  await bring(0);
  expect(news.got).toEqual([]);
  await bring(3);
  expect(news.indexes()).toEqual([9, 10, 11]);

  const links = all.got.flatMap((batch) => batch.links);
  const since = links.find(({ index }) => index === 9)?.at ?? 0;
  const wanted = links.filter(({ at }) => at >= since).map(({ index }) => index);
  const again = keeping('again');
  expect(await replay(deps, room, { sink: again, since, signal: never })).toEqual({ records: wanted.length, lost: 0 });
  expect(again.indexes()).toEqual(wanted);
  expect(wanted.slice(-3)).toEqual([9, 10, 11]);
  const later = { sink: again, since: Number.MAX_SAFE_INTEGER, signal: never };
  expect(await replay(deps, room, later)).toEqual({ records: 0, lost: 0 });
  const away = keeping('away', { write: () => Promise.reject(new Error('away')) });
  await expect(replay(deps, room, { sink: away, since: 0, signal: never })).rejects.toThrow('away');
  await expect(replay(deps, room, { sink: again, since: 0, signal: AbortSignal.abort() })).rejects.toThrow();
  // How far the others are is as it was.
  await bring(0);
  expect([all.indexes().length, news.indexes()]).toEqual([11, [9, 10, 11]]);
});

it('says how much of what is asked for the store has no more', async () => {
  const sink = keeping('all');
  const { bring, room, deps } = chainOf(sink);
  for (let n = 0; n < 4; n += 1) await bring(5);
  await trimAudit(deps, room);
  const again = keeping('again');
  const { records, lost } = await replay(deps, room, { sink: again, since: 0, signal: never });
  expect([records > 0, lost > 0]).toEqual([true, true]);
  expect(again.indexes()).toEqual(sink.indexes().slice(-records));
});
