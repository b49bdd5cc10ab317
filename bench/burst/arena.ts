import { setTimeout as wait } from 'node:timers/promises';
import type { Instant } from '../../src/core/language/instant.ts';
import { redisStore } from '../../src/redis/store.ts';
import { type Child, startChild } from '../child.ts';
import { type Ground, LOUD, onGround } from '../ground.ts';
import { type Postgres, startPostgres } from '../postgres.ts';
import { leasesOf } from './leases.ts';
import { seedLeases } from './seed.ts';
import { type Burst, CLOSERS, type Closings, type Furnished, needsPostgres, type Plan, type Side } from './shared.ts';

/** What the sides keep their jobs in. */
export interface Stores {
  readonly ground: Ground;
  readonly postgres: Postgres | { readonly notRun: string };
}

export interface Size extends Omit<Burst, 'until'> {
  /** From the start of a round until its leases end: what putting everything in place takes. Doubled when it was too short. */
  readonly leadMs: number;
  /** Processes that close; one unless told. */
  readonly processes?: number;
  readonly stalledMs?: number;
  readonly hasSpare?: boolean;
}

/** The simulated AWS with open leases, and the processes that will close them; nothing has ended yet. */
export interface Arena {
  readonly side: Side;
  readonly cloud: Child;
  readonly closers: readonly Child[];
  /** One more of them, loaded and not started. */
  readonly spare?: Child;
  readonly plan: Plan;
  readonly leases: number;
  readonly until: Instant;
}

const TRIES = 5;
/** Everything stands still for so long before the leases end. */
const READY_MS = 500;
const MOST_MS = 120_000;
const LOOK_MS = 100;

/** Lends fresh stores to `work`. */
export function onStores<T>(work: (stores: Stores) => Promise<T>): Promise<T> {
  return onGround(async (ground) => {
    const postgres = await startPostgres(ground.folder);
    try {
      return await work({ ground, postgres });
    } finally {
      if ('stop' in postgres) await postgres.stop();
    }
  });
}

/** Why this side does not run here, if so. */
export function lacks({ postgres }: Stores, side: Side): string | undefined {
  return needsPostgres(side) && 'notRun' in postgres ? postgres.notRun : undefined;
}

/** Has `work` done from the instant at which all leases end, with everything made anew. */
export async function onArena<T>(
  stores: Stores,
  side: Side,
  size: Size,
  work: (arena: Arena) => Promise<T>,
): Promise<T> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const round = await play(stores, side, { ...size, leadMs: size.leadMs * 2 ** tries }, work);
    if (round) return round.value;
  }
  throw new Error(`${size.machines} machines could not be put in place in time`);
}

/** Undefined when the leases ended before everything was in place. */
async function play<T>(
  { ground, postgres }: Stores,
  side: Side,
  { processes = 1, leadMs, stalledMs, hasSpare, ...size }: Size,
  work: (arena: Arena) => Promise<T>,
): Promise<{ readonly value: T } | undefined> {
  await ground.redis.flushall();
  const postgresUrl = needsPostgres(side) && 'fresh' in postgres ? await postgres.fresh() : undefined;
  const cloud = startChild(new URL('./cloud.ts', import.meta.url));
  const closers = Array.from({ length: processes }, () => startChild(CLOSERS[side]));
  const spares = hasSpare ? [startChild(CLOSERS[side])] : [];
  try {
    // Loading them is no part of putting things in place.
    await Promise.all([cloud, ...closers, ...spares].map((child) => child.ask('cpu')));
    const until = Date.now() + leadMs;
    const furnished = await cloud.ask<Furnished>('furnish', { ...size, until } satisfies Burst);
    if (side === 'ours')
      await seedLeases(
        redisStore({ redis: ground.redis, log: LOUD }),
        furnished.stood.flatMap((one) => leasesOf(one, until)),
      );
    const plan: Plan = {
      ...furnished,
      redisUrl: ground.url,
      until,
      ...(postgresUrl === undefined ? {} : { postgresUrl }),
      ...(stalledMs === undefined ? {} : { stalledMs }),
    };
    for (const [n, closer] of closers.entries()) await closer.ask('start', { ...plan, isAgain: n > 0 } satisfies Plan);
    if (Date.now() > until - READY_MS) return undefined;
    await wait(until - Date.now());
    const leases = size.machines * size.leasesEach;
    const [spare] = spares;
    return { value: await work({ side, cloud, closers, plan, leases, until, ...(spare ? { spare } : {}) }) };
  } finally {
    await Promise.all([...closers, ...spares].map((closer) => closer.stop()));
    await cloud.stop();
  }
}

/** When nothing is left open; or what is left after so long. */
export async function allClosed({ cloud }: Pick<Arena, 'cloud'>, from: Instant, mostMs = MOST_MS): Promise<Closings> {
  for (;;) {
    const seen = await cloud.ask<Closings>('closings');
    if (seen.left === 0 || Date.now() > from + mostMs) return seen;
    await wait(LOOK_MS);
  }
}
