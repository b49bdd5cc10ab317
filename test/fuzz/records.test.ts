import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { converge } from '../../src/app/machine/converge.ts';
import { notify } from '../../src/app/request/notify.ts';
import { JitError } from '../../src/core/errors/errors.ts';
import type { Request } from '../../src/core/request/request.ts';
import type { Status } from '../../src/core/request/workflow.ts';
import { decodeCards, decodeRequest, decodeStrays, encodeCard, encodeRequest } from '../../src/redis/codec.ts';
import { redisJournal } from '../../src/redis/journal.ts';
import { redisProtectionRecords } from '../../src/redis/protection-records.ts';
import { redisStore } from '../../src/redis/store.ts';
import { MACHINE, world } from '../app/fixtures.ts';
import { change, machine, open, pending } from '../conformance/fixtures.ts';
import { inStatus } from '../core/samples.ts';
import { QUIET, SEALS, testRedis } from '../redis/server.ts';
import { holds, SEED } from './hold.ts';
import { mutated, mutatedText } from './mutate.ts';

const STATES: readonly Status[] = [
  'pending',
  'scheduled',
  'denied',
  'withdrawn',
  'expired',
  'activating',
  'active',
  'closing',
  'ended',
];
const SAMPLES: readonly Request[] = STATES.map((status) => inStatus(status, { machine: MACHINE.id }));
const never = new AbortController().signal;

describe(`records of any shape (seed ${SEED})`, () => {
  it('a request that can be read can be worked on, and shown; another one is left alone', async () => {
    const records = fc
      .constantFrom(...SAMPLES)
      .chain((sample) =>
        fc.oneof(
          { weight: 4, arbitrary: mutated(sample).map((value) => `${sample.version} ${JSON.stringify(value)}`) },
          mutatedText(encodeRequest(sample)),
        ),
      );
    await holds('records of requests', records, { usual: 200, long: 10_000 }, async (record) => {
      const { request, faults } = decodeRequest('k7m3q9w', record);
      if (!request) return expect(faults?.length).toBeGreaterThan(0);
      const errors: unknown[] = [];
      const { deps, cloud, clock } = world();
      const log = { info: () => {}, warn: () => {}, error: (fields: object) => void errors.push(fields) };
      const opened = async () => {
        throw new JitError('cloudBusy', { cloud: 'Test' });
      };
      cloud.open = opened;
      clock.advance(1);
      await deps.store.save([change(request, 0)]);
      for (const work of [
        converge({ ...deps, log }, request.machine, never),
        notify({ ...deps, log }, request.id, never),
      ])
        await work.catch((error: unknown) => errors.push({ error }));
      for (const said of errors) {
        const { error } = said as { error?: unknown };
        if (error !== undefined && !(error instanceof JitError)) throw error;
      }
      return undefined;
    });
  });

  it('cards and what the patrol found are read, or are not there', async () => {
    const card = {
      place: { chat: 'slack', kind: 'private', id: 'U1' },
      nonce: 'abc',
      version: 1,
      ref: { ts: '1' },
    } as const;
    const { begins, line } = encodeCard(card);
    const strays = JSON.stringify({ rules: [], count: 0, isWhole: true });
    await holds(
      'cards',
      fc.oneof(
        mutatedText(line),
        mutated(JSON.parse(line)).map((value) => JSON.stringify(value) ?? ''),
      ),
      { usual: 200, long: 10_000 },
      (text) => {
        decodeCards('x', `${text}\n${line}`, QUIET);
      },
    );
    await holds('strays', mutatedText(strays), { usual: 100, long: 5_000 }, (text) => void decodeStrays(text, QUIET));
    expect(line.startsWith(begins)).toBe(true);
  });
});

describe(`a Redis in which anything is damaged (seed ${SEED})`, () => {
  let redis: Awaited<ReturnType<typeof testRedis>>;
  beforeAll(async () => {
    redis = await testRedis();
  });
  afterAll(() => redis.stop());

  it('is read, or says what it cannot read, and goes on with what is whole', async () => {
    const raw = redis.client();
    const told = { ...QUIET };
    const options = { redis: redis.client(), seals: SEALS, log: told };
    const seed = async () => {
      await raw.flushall();
      const store = redisStore(options);
      const { at } = await store.now();
      const waiting = pending('aaaaaaa', at);
      await store.save([change(waiting, 0), change(pending('bbbbbbb', at), 0)]);
      await store.save([change({ ...open(pending('ccccccc', at), at), version: 1 } as Request, 0)]);
      const records = redisProtectionRecords(options);
      await records.keepProtectedBy(machine(1), [{ number: 22, protocol: 'tcp' }], { by: 'x', through: 'person', at });
      const journal = redisJournal(options);
      await journal.accept({ chat: 'slack', key: 'k', ttlMs: 60_000, what: '{}' });
      return { store, records, journal: redisJournal({ ...options, aliveMs: 1 }) };
    };
    const damage = fc.tuple(
      fc.nat(1_000),
      fc.nat(1_000),
      mutatedText('{"version":1,"at":1700000000000}'),
      fc.boolean(),
    );
    await holds('Redis', fc.array(damage, { minLength: 1, maxLength: 3 }), { usual: 30, long: 800 }, async (all) => {
      const { store, records, journal } = await seed();
      for (const one of all) await spoil(raw, one);
      const asked: Promise<unknown>[] = [
        store.load('aaaaaaa'),
        store.liveOn(machine(1)),
        store.live(100),
        store.claim(10, 1_000),
        store.cards('aaaaaaa'),
        store.write(),
        store.settle(machine(1)),
        records.pages(),
        records.protectedBy(),
        journal.unfinished(10),
        store.save([change(pending('ddddddd', Date.now()), 0)]),
      ];
      // Redis may refuse (a key of another type); nothing of ours may stumble.
      for (const done of await Promise.allSettled(asked))
        if (done.status === 'rejected' && !/ReplyError|JitError/.test(String((done.reason as Error).name)))
          throw done.reason;
    });
  });
});

type Damage = readonly [nth: number, field: number, text: string, isWhole: boolean];

/** Writes over one value of one key, whatever its type. */
async function spoil(
  raw: ReturnType<Awaited<ReturnType<typeof testRedis>>['client']>,
  [nth, field, text, isWhole]: Damage,
) {
  const keys = (await raw.keys('*')).sort();
  const key = keys[nth % Math.max(1, keys.length)];
  if (key === undefined) return;
  const type = await raw.type(key);
  if (isWhole) await raw.set(key, text);
  else if (type === 'hash') {
    const fields = (await raw.hkeys(key)).sort();
    await raw.hset(key, fields[field % fields.length] ?? 'x', text);
  } else if (type === 'zset') await raw.zadd(key, field, text);
  else if (type === 'set') await raw.sadd(key, text);
  else if (type === 'list') await raw.rpush(key, text);
  else if (type === 'string') await raw.set(key, text);
}
