import { setTimeout as wait } from 'node:timers/promises';
import { redisStore } from '../../src/redis/store.ts';
import { waitingFor } from '../approvals/requests.ts';
import { leasesOf } from '../burst/leases.ts';
import { seedLeases } from '../burst/seed.ts';
import type { Burst, Closings, Furnished } from '../burst/shared.ts';
import { startChild } from '../child.ts';
import { type Ground, LOUD, onGround } from '../ground.ts';
import type { Effort, Measurement } from '../measurement.ts';
import { spread } from '../spread.ts';
import { measureArm } from './arm.ts';

/** Of one action that changes something, in one account and region (EC2 developer guide, "Request throttling"). */
const BUCKET = { size: 50, perSecond: 5 };
const LEAST_SHARE = 0.95;
const MOST_REFUSED = 0.02;
const LOOK_MS = 100;
const TRIES = 4;
const LIMIT_MS = 180_000;
const CLOSING = 'RevokeSecurityGroupIngress';

const COST =
  'A closing that would have to wait for more than two seconds is given back, so that its lock is free meanwhile; it is taken up again a second ' +
  'before its token is there, and where the machine is so busy that it comes later than that, the token waits for it.';

interface Size {
  readonly machines: number;
  readonly openings: number;
  readonly leadMs: number;
}

interface Round {
  readonly lastMs: number;
  /** Closings that were made, of those that the bucket had given by the last of them. */
  readonly share: number;
  /** Calls of any kind that were refused, of all. */
  readonly refused: number;
  readonly calls: number;
  /** From the presses until the last opening. */
  readonly openedMs: number;
}

/** A burst of ends under EC2's published throttles, with openings that are wanted at the same time. */
export async function measureThrottle(effort: Effort): Promise<readonly Measurement[]> {
  return [await measureEc2(effort), await measureArm(effort)];
}

async function measureEc2({ quick }: Effort): Promise<Measurement> {
  const size = quick ? { machines: 80, openings: 10, leadMs: 5_000 } : { machines: 300, openings: 60, leadMs: 15_000 };
  const rounds: Round[] = [];
  for (let i = 0; i < (quick ? 1 : 3); i += 1) rounds.push(await onGround((ground) => play(ground, size)));
  const of = (value: (round: Round) => number) => rounds.map(value);
  const ideal = ((size.machines - BUCKET.size) / BUCKET.perSecond) * 1_000;
  return {
    title: `${size.machines} ends in the same second under EC2’s throttles`,
    how:
      `${size.machines} leases on as many machines of one account and region end at once, and ${size.openings} other requests are approved in the same ` +
      `second. EC2 gives ${BUCKET.size} calls of an action at once and ${BUCKET.perSecond} a second after that; for reading 100 and 20. One process with the real ` +
      'store, queue, workers, timer and adapter. Beside the bucket itself: how many closings it had given by the time of the last one.',
    rows: [
      { what: 'last closing', unit: 'ms', values: of(({ lastMs }) => lastMs) },
      { what: 'the bucket itself: the last one could be made after', unit: 'ms', values: [ideal] },
      { what: 'last opening', unit: 'ms', values: of(({ openedMs }) => openedMs) },
      { what: 'calls', unit: 'calls', values: of(({ calls }) => calls) },
      { what: 'of them refused', unit: '%', values: of(({ refused }) => refused * 100) },
    ],
    goals: [
      {
        what: 'closings ÷ what the bucket gives (median)',
        value: spread(of(({ share }) => share)).median,
        cost: COST,
        least: LEAST_SHARE,
        unit: '×',
      },
      {
        what: 'calls that were refused, of all (median)',
        value: spread(of(({ refused }) => refused * 100)).median,
        ...{ most: MOST_REFUSED * 100, unit: '%' },
      },
    ],
    notes: [
      'EC2 has a bucket for each action, so openings and closings share those of reading alone, of which a fifth is kept for closings.',
    ],
  };
}

async function play(ground: Ground, size: Size): Promise<Round> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const round = await attempt(ground, { ...size, leadMs: size.leadMs * 2 ** tries });
    if (round) return round;
  }
  throw new Error('the leases could not be put in place in time');
}

/** Undefined when the leases ended before everything was in place. */
async function attempt(ground: Ground, size: Size): Promise<Round | undefined> {
  await ground.redis.flushall();
  const cloud = startChild(new URL('../burst/cloud.ts', import.meta.url));
  const house = startChild(new URL('../approvals/process.ts', import.meta.url));
  try {
    await Promise.all([cloud.ask('cpu'), house.ask('cpu')]);
    const until = Date.now() + size.leadMs;
    const burst: Burst = { machines: size.machines, leasesEach: 1, more: size.openings, until, isThrottled: true };
    const { settings, stood } = await cloud.ask<Furnished>('furnish', burst);
    const store = redisStore({ redis: ground.redis, log: LOUD });
    await seedLeases(
      store,
      stood.slice(0, size.machines).flatMap((one) => leasesOf(one, until)),
    );
    const waiting = waitingFor(stood.slice(size.machines), Date.now());
    await store.save(waiting.map((next) => ({ next, from: 0 })));
    // As the configuration has it unless told.
    await house.ask('start', { settings: { ...settings, paced: true }, redisUrl: ground.url });
    if (Date.now() > until) return undefined;
    await wait(until - Date.now());
    await house.ask(
      'press',
      waiting.map(({ id }) => id),
    );
    return roundOf(await settled(cloud, until, size), until, size);
  } finally {
    await house.stop();
    await cloud.stop();
  }
}

/** When all is closed and all is open. */
async function settled(cloud: { ask<T>(name: string): Promise<T> }, until: number, { machines, openings }: Size) {
  for (;;) {
    const seen = await cloud.ask<Closings>('closings');
    const closed = (seen.calls[CLOSING] ?? 0) - (seen.refused[CLOSING] ?? 0);
    if (closed >= machines && seen.opened.length >= openings) return seen;
    if (Date.now() > until + LIMIT_MS)
      throw new Error(`${closed} closed and ${seen.opened.length} opened within ${LIMIT_MS} ms`);
    await wait(LOOK_MS);
  }
}

function roundOf(seen: Closings, until: number, { machines }: Size): Round {
  const lastMs = seen.last - until;
  const given = Math.min(machines, BUCKET.size) + (BUCKET.perSecond * lastMs) / 1_000;
  const sum = (of: Readonly<Record<string, number>>) => Object.values(of).reduce((all, one) => all + one, 0);
  const calls = sum(seen.calls);
  return {
    ...{ lastMs, calls },
    // What the bucket had given beyond what was asked for is nobody's loss.
    share: machines / Math.max(machines, given),
    refused: sum(seen.refused) / calls,
    openedMs: Math.max(...seen.opened) - until,
  };
}
