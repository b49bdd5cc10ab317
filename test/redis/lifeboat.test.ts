import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Deps } from '../../src/app/deps.ts';
import { Lifeboat } from '../../src/app/lifeboat/lifeboat.ts';
import { LeaseMemory } from '../../src/app/lifeboat/memory.ts';
import { placementKey } from '../../src/core/rule/rule.ts';
import type { Store } from '../../src/ports/store.ts';
import { redisAudit } from '../../src/redis/audit.ts';
import type { RedisClient } from '../../src/redis/client.ts';
import { redisStore } from '../../src/redis/store.ts';
import { placement, world } from '../app/fixtures.ts';
import { memorySpool } from '../app/lifeboat-rig.ts';
import { ownRedis } from './own-redis.ts';
import { QUIET } from './server.ts';

let server: Awaited<ReturnType<typeof ownRedis>>;
let operator: RedisClient;
let store: Store;
let boat: Lifeboat;
let deps: Deps;
let rules: Map<string, unknown>;

/** A process with a rule in the cloud that is over; the limits of the lifeboat are a twentieth of the real ones. */
beforeEach(async () => {
  server = await ownRedis();
  operator = server.client();
  const redis = server.client();
  const made = world();
  store = redisStore({ redis, log: QUIET });
  const at = placement();
  made.cloud.clock = Date.now;
  made.cloud.rules.set(placementKey(at), { placement: at, mark: 'valid', until: Date.now() - 1 });
  rules = made.cloud.rules;
  deps = { ...made.deps, store, audit: redisAudit({ redis, log: QUIET }), monotonic: () => performance.now() };
  const short = { awayMs: 500, writeMs: 150, beatMs: 50, roundMs: 50, patrolMs: 1_000 };
  boat = new Lifeboat({ deps, memory: new LeaseMemory(), spool: memorySpool(), host: 'here', ...short });
  await store.write();
  await boat.start({});
});
afterEach(async () => {
  await boat.stop();
  await server.stop();
});

const isOn = () => vi.waitFor(() => expect(boat.isOn).toBe(true), { timeout: 10_000, interval: 10 });
const isOver = () => vi.waitFor(() => expect(boat.isOn).toBe(false), { timeout: 15_000, interval: 10 });

const WAYS: readonly (readonly [string, () => Promise<unknown>, () => Promise<unknown>])[] = [
  ['is killed with -9', () => server.kill(), () => server.start()],
  ['is paused', async () => server.pause(), async () => server.resume()],
  [
    'becomes the replica of a host that is gone',
    () => operator.replicaof('127.0.0.1', '1'),
    () => operator.replicaof('NO', 'ONE'),
  ],
  ['is full', () => operator.config('SET', 'maxmemory', '1'), () => operator.config('SET', 'maxmemory', '0')],
];

it.each(WAYS)('a Redis that %s: what is over is closed, and it goes on when that is over', async (_, happen, end) => {
  await vi.waitFor(() => store.write());
  expect(rules.size).toBe(1);
  await happen();
  await isOn();
  await vi.waitFor(() => expect(rules.size).toBe(0), { timeout: 5_000, interval: 10 });
  expect(() => boat.mayOpen()).toThrow('storeAway');
  await end();
  await isOver();
  await store.write();
  await vi.waitFor(async () => {
    const found = await deps.audit.read(undefined, 10);
    expect(found.map(({ record }) => JSON.parse(record).outcome)).toEqual(['begun', 'done']);
  });
});

it('one that cannot be written can still be read: the instant that is kept is not in the way', async () => {
  // Reading keeps the instant where the one that is kept is older than a second.
  await operator.hset('{drawbridge}:clock', 'highest', Date.now() - 5_000);
  await operator.config('SET', 'maxmemory', '1');
  expect(await store.load('none')).toMatchObject({ request: undefined });
  expect((await store.liveOn('aws:123456789012:eu-west-1:i-0123456789abcdef0')).requests).toEqual([]);
});
