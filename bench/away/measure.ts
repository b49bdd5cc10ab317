import { Lifeboat } from '../../src/app/lifeboat/lifeboat.ts';
import { LeaseMemory } from '../../src/app/lifeboat/memory.ts';
import { MINUTE_MS, SECOND_MS } from '../../src/core/language/instant.ts';
import type { Cloud } from '../../src/ports/cloud.ts';
import { bullQueue } from '../../src/queue/producer.ts';
import { redisAudit } from '../../src/redis/audit.ts';
import { openRedis } from '../../src/redis/client.ts';
import { redisStore } from '../../src/redis/store.ts';
import { type Ground, LOUD, onGround } from '../ground.ts';
import type { Effort, Measurement } from '../measurement.ts';
import { FastClock } from './clock.ts';
import { BACKENDS, type BackendUnderTest, openAll, startCloud } from './world.ts';

const AWAY_MS = 10 * MINUTE_MS;
const PATROL_MS = 3 * MINUTE_MS;
const TOLERANCE_MS = PATROL_MS + 20 * SECOND_MS;
const EACH = 20;
/** Opening everything takes less: waiting sets the clock forward. */
const LEAD_MS = 360 * MINUTE_MS;

/** Measurement 6: how late leases close that end while Redis is away, by a process that remembers none of them. */
export async function measureAway({ quick }: Effort): Promise<Measurement> {
  const machines = quick ? 5 : 50;
  const factor = quick ? 60 : 20;
  const values = new Map<BackendUnderTest, readonly number[]>();
  await onGround(async (ground) => {
    for (const backend of BACKENDS) {
      console.error(`${machines * EACH} leases: ${backend}`);
      values.set(backend, await play(ground, backend, machines, new FastClock(factor)));
    }
  });
  const count = (machines * EACH).toLocaleString('en-US');
  return {
    title: `${count} leases that end within ten minutes without Redis`,
    how:
      `Redis cannot be reached for ten minutes, in which ${count} open leases on ${machines} machines end one after another. The real lifeboat ` +
      'and adapters in one process that remembers nothing, so that marks and clocks of the clouds alone tell; simulated clouds. ' +
      `Time runs ${factor} times as fast: what calls and this machine take counts ${factor} times. Lateness of each closing, looked ` +
      'at every second of that time.',
    rows: BACKENDS.map((backend) => ({ what: backend, unit: 's', values: values.get(backend) ?? [] })),
    goals: BACKENDS.map((backend) => ({
      what: `${backend}: latest closing after its end, the patrol’s period and 20 s`,
      value: Math.max(...(values.get(backend) ?? [])),
      most: TOLERANCE_MS / SECOND_MS,
      unit: ' s',
    })),
    notes: ['A lease that ends in the first ten seconds waits until Redis counts as away.'],
  };
}

/** In seconds, of every lease. */
async function play(ground: Ground, backend: BackendUnderTest, machines: number, clock: FastClock) {
  const cloud = await startCloud(backend, machines, clock, ground.folder);
  try {
    const count = machines * EACH;
    const from = clock.now() + LEAD_MS;
    const ends = await openAll(cloud, EACH, (n) => from + Math.ceil(((n + 1) * AWAY_MS) / count), clock.now);
    if (cloud.standing().size !== count) throw new Error(`${cloud.standing().size} of ${count} were opened`);
    const { boat, close } = boatOf(ground, cloud.adapter, clock);
    const late = new Map<string, number>();
    const look = () => {
      const standing = cloud.standing();
      for (const [address, end] of ends)
        if (!standing.has(address) && !late.has(address)) late.set(address, clock.now() - end);
      return late.size === count;
    };
    clock.runFrom(from);
    await boat.start({});
    await clock.until(from + AWAY_MS + TOLERANCE_MS, look);
    await boat.stop();
    await close();
    if (late.size !== count) throw new Error(`${count - late.size} were not closed`);
    const early = [...late].filter(([, ms]) => ms < 0);
    if (early.length > 0) throw new Error(`${early.length} were closed before their end`);
    return [...late.values()].map((ms) => ms / SECOND_MS);
  } finally {
    await cloud.stop();
  }
}

/** The lifeboat of a process whose Redis is at a port that nobody listens at. */
function boatOf({ url, redis }: Ground, cloud: Cloud, { now, factor }: FastClock) {
  const away = openRedis('redis://127.0.0.1:1', { retries: 0, commandMs: 100 });
  away.on('error', () => {});
  const queue = bullQueue({ url, log: LOUD });
  const deps = {
    store: redisStore({ redis: away, log: LOUD }),
    audit: redisAudit({ redis, log: LOUD }),
    queue,
    clouds: new Map([[cloud.cloud, cloud]]),
    chats: new Map(),
    rules: { policies: [], protectors: [], security: [], sources: new Map(), shortestMs: 0 },
    log: { ...LOUD, warn: () => {} },
    monotonic: now,
  };
  const fast = { awayMs: 10_000, patrolMs: PATROL_MS, writeMs: 3_000 / factor };
  const boat = new Lifeboat({
    deps,
    memory: new LeaseMemory(),
    spool: { add: async () => {}, merge: async () => 0 },
    host: 'bench',
    ...fast,
    beatMs: SECOND_MS / factor,
    roundMs: (5 * SECOND_MS) / factor,
  });
  const close = async () => {
    away.disconnect();
    await queue.close();
  };
  return { boat, close };
}
