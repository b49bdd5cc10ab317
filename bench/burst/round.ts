import { setTimeout as wait } from 'node:timers/promises';
import { readRecord } from '../../src/core/audit/record.ts';
import type { Instant } from '../../src/core/language/instant.ts';
import { placeKey } from '../../src/core/people/place.ts';
import { entryOf } from '../../src/core/request/audited.ts';
import type { Request } from '../../src/core/request/request.ts';
import type { AuditRecord } from '../../src/ports/audit.ts';
import type { Store } from '../../src/ports/store.ts';
import { redisAudit } from '../../src/redis/audit.ts';
import { redisStore } from '../../src/redis/store.ts';
import { type Child, startChild } from '../child.ts';
import { type Ground, LOUD } from '../ground.ts';
import { quietChat } from '../quiet-chat.ts';
import { leasesOf } from './leases.ts';
import type { Burst, Closings, Furnished, Plan } from './shared.ts';

export type Side = 'ours' | 'plain';

/** Milliseconds after the end of the leases. */
export interface Round {
  readonly firstMs: number;
  readonly lastMs: number;
  /** When the last end was read back, proven and committed; only ours does that. */
  readonly committedMs?: number;
  /** CPU from the end of the leases until all of them were closed. */
  readonly cpuMs: { readonly closer: number; readonly redis: number; readonly aws: number };
  readonly calls: Closings['calls'];
}

interface Size {
  readonly machines: number;
  readonly leasesEach: number;
  /** From the start of a round until its leases end: what putting everything in place takes. Doubled when it was too short. */
  readonly leadMs: number;
}

const CLOSERS: Readonly<Record<Side, URL>> = {
  ours: new URL('./ours.ts', import.meta.url),
  plain: new URL('./plain.ts', import.meta.url),
};
const TRIES = 5;
/** Everything stands still for so long before the leases end. */
const READY_MS = 500;
const MOST_MS = 120_000;
const LOOK_MS = 100;
const AT_ONCE = 250;
const ENDLESS = new AbortController().signal;

/** All leases end at once; one side closes them. Everything is made anew for it. */
export async function playRound(ground: Ground, side: Side, size: Size): Promise<Round> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const round = await play(ground, side, { ...size, leadMs: size.leadMs * 2 ** tries });
    if (round) return round;
  }
  throw new Error(`${size.machines} machines could not be put in place in time`);
}

/** Undefined when the leases ended before everything was in place. */
async function play(ground: Ground, side: Side, { machines, leasesEach, leadMs }: Size): Promise<Round | undefined> {
  await ground.redis.flushall();
  const until = Date.now() + leadMs;
  const burst: Burst = { machines, leasesEach, until };
  const cloud = startChild(new URL('./cloud.ts', import.meta.url));
  const closer = startChild(CLOSERS[side]);
  try {
    const furnished = await cloud.ask<Furnished>('furnish', burst);
    if (side === 'ours') await seed(ground, furnished, until);
    await closer.ask('start', { ...furnished, redisUrl: ground.url, until } satisfies Plan);
    if (Date.now() > until - READY_MS) return undefined;
    await wait(until - Date.now());
    const before = await cpuOf(ground, closer, cloud);
    const leases = machines * leasesEach;
    const committed = side === 'ours' ? await allCommitted(ground, leases, until) : undefined;
    const seen = await allClosed(cloud, until);
    const after = await cpuOf(ground, closer, cloud);
    return {
      firstMs: seen.first - until,
      lastMs: seen.last - until,
      ...(committed === undefined ? {} : { committedMs: committed - until }),
      cpuMs: {
        closer: after.closer - before.closer,
        redis: after.redis - before.redis,
        aws: after.aws - before.aws,
      },
      calls: seen.calls,
    };
  } finally {
    await closer.stop();
    await cloud.stop();
  }
}

async function cpuOf(ground: Ground, closer: Child, cloud: Child) {
  const of = ({ user, system }: NodeJS.CpuUsage) => (user + system) / 1_000;
  const [own, aws] = await Promise.all([closer.ask<NodeJS.CpuUsage>('cpu'), cloud.ask<NodeJS.CpuUsage>('cpu')]);
  const redis = (await ground.info('used_cpu_user')) + (await ground.info('used_cpu_sys'));
  return { closer: of(own), aws: of(aws), redis: redis * 1_000 };
}

/** Writes the leases into Redis as the program left them when it opened them, cards included. */
async function seed({ redis }: Ground, { stood }: Furnished, until: Instant): Promise<void> {
  const store = redisStore({ redis, log: LOUD });
  const leases = stood.flatMap((one) => leasesOf(one, until));
  for (let from = 0; from < leases.length; from += AT_ONCE) {
    const some = leases.slice(from, from + AT_ONCE);
    const saved = await store.save(
      some.map((next) => {
        const audit = entryOf(undefined, { next, event: 'opened', by: 'drawbridge' });
        return { next, from: 0, ...(audit ? { audit } : {}) };
      }),
    );
    if (saved.some((one) => one !== 'saved')) throw new Error('a lease was not saved');
    await Promise.all(some.map((request) => keepCards(store, request)));
  }
}

async function keepCards(store: Store, request: Request): Promise<void> {
  for (const place of request.places) {
    const nonce = placeKey(place).slice(-12);
    const ref = await slack.publish({ request: request.id } as never, place, { nonce, tried: false }, ENDLESS);
    await store.keepCard(request.id, { place, nonce, ref, version: request.version, announced: 'open' });
  }
  await store.published(request.id, request.version);
}

const slack = quietChat('slack');

/** The instant at which the last end was committed: Redis's own time of its audit entry. */
async function allCommitted({ redis }: Ground, leases: number, until: Instant): Promise<Instant> {
  const audit = redisAudit({ redis, log: LOUD });
  let last: AuditRecord | undefined;
  let closed = 0;
  while (Date.now() < until + MOST_MS) {
    const entries = await audit.read(last, 10 * AT_ONCE);
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

async function allClosed(cloud: Child, until: Instant): Promise<Closings> {
  while (Date.now() < until + MOST_MS) {
    const seen = await cloud.ask<Closings>('closings');
    if (seen.left === 0) return seen;
    await wait(LOOK_MS);
  }
  throw new Error(`not all rules were closed within ${MOST_MS} ms`);
}
