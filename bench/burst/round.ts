import { setTimeout as wait } from 'node:timers/promises';
import { readRecord } from '../../src/core/audit/record.ts';
import type { Instant } from '../../src/core/language/instant.ts';
import type { AuditRecord } from '../../src/ports/audit.ts';
import { redisAudit } from '../../src/redis/audit.ts';
import { type Ground, LOUD } from '../ground.ts';
import { type Arena, allClosed, onArena, type Size, type Stores } from './arena.ts';
import type { Closings, Side } from './shared.ts';

/** Milliseconds after the end of the leases. */
export interface Round {
  readonly firstMs: number;
  readonly lastMs: number;
  /** When the last end was read back, proven and committed; only ours does that. */
  readonly committedMs?: number;
  /** CPU from the end of the leases until all of them were closed. */
  readonly cpuMs: Cpu;
  readonly calls: Closings['calls'];
  /** What a rival never closed. */
  readonly left: number;
}

/** In milliseconds, and how long the whole took. */
export interface Cpu {
  /** Of all processes that close. */
  readonly closer: number;
  readonly redis: number;
  readonly aws: number;
  readonly wall: number;
}

const MOST_MS = 120_000;
const LOOK_MS = 100;
const READ_AT_ONCE = 2_500;

/** All leases end at once; one side closes them. Everything is made anew for it. */
export function playRound(stores: Stores, side: Side, size: Size): Promise<Round> {
  return onArena(stores, side, size, async (arena) => {
    const { until } = arena;
    const before = await cpuOf(stores.ground, arena);
    const committed = side === 'ours' ? await allCommitted(stores.ground, arena.leases, until) : undefined;
    const seen = await allClosed(arena, until);
    if (side === 'ours' && seen.left > 0) throw new Error(`${seen.left} rules were not closed`);
    const after = await cpuOf(stores.ground, arena);
    return {
      firstMs: seen.first - until,
      lastMs: seen.last - until,
      ...(committed === undefined ? {} : { committedMs: committed - until }),
      cpuMs: {
        closer: after.closer - before.closer,
        redis: after.redis - before.redis,
        aws: after.aws - before.aws,
        wall: after.wall - before.wall,
      },
      ...{ calls: seen.calls, left: seen.left },
    };
  });
}

async function cpuOf(ground: Ground, { closers, cloud }: Arena): Promise<Cpu> {
  const of = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1_000;
  const [aws, ...own] = await Promise.all([cloud, ...closers].map((child) => child.ask<NodeJS.CpuUsage>('cpu')));
  const redis = (await ground.info('used_cpu_user')) + (await ground.info('used_cpu_sys'));
  return {
    closer: own.map(of).reduce((sum, ms) => sum + ms, 0),
    aws: aws ? of(aws) : Number.NaN,
    redis: redis * 1_000,
    wall: performance.now(),
  };
}

/** The instant at which the last end was committed: Redis's own time of its audit entry. */
async function allCommitted({ redis }: Ground, leases: number, until: Instant): Promise<Instant> {
  const audit = redisAudit({ redis, log: LOUD });
  let last: AuditRecord | undefined;
  let closed = 0;
  while (Date.now() < until + MOST_MS) {
    const entries = await audit.read(last, READ_AT_ONCE);
    for (const entry of entries) {
      const { event, why } = readRecord(entry).facts;
      if (event !== 'closed') continue;
      if (why !== 'closed') throw new Error('an end is not proven');
      closed += 1;
    }
    last = entries.at(-1) ?? last;
    if (closed === leases) return last?.at ?? until;
    if (entries.length === 0) await wait(LOOK_MS);
  }
  throw new Error(`not all ended within ${MOST_MS} ms`);
}
