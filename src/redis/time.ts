import { uptime } from 'node:os';
import { type Instant, MINUTE_MS, SECOND_MS } from '../core/language/instant.ts';
import type { Log } from '../ports/log.ts';
import type { Now } from '../ports/store.ts';

/** One reading of Redis's clock, between two readings of a clock that only goes forward (both in milliseconds). */
export interface ClockReading {
  readonly redis: Instant;
  readonly sent: number;
  readonly got: number;
}

/** A difference of up to this much is a slow network or an adjusted clock, not a jump. */
const LEAP_MS = MINUTE_MS;
/** Time that stands still for so long is said: leases end that much later. */
const STILL_MS = 2 * SECOND_MS;

/**
 * Did Redis's clock jump between two readings? Each was taken somewhere between its question and its answer, so that at
 * least `after.sent - before.got` and at most `after.got - before.sent` went by: a process that slept on an answer, or
 * a Redis that was away for minutes, is no jump.
 */
export function jumped(before: ClockReading, after: ClockReading): boolean {
  const moved = after.redis - before.redis;
  const least = after.sent - before.got;
  const most = after.got - before.sent;
  return moved < least - LEAP_MS || moved > most + LEAP_MS;
}

/** What is asked of the computer: its uptime with its sleep, a clock that stands still in it, and the wall clock; all in milliseconds. */
interface Clocks {
  readonly uptime: () => number;
  readonly awake: () => number;
  readonly wall: () => number;
}

/** The uptime is a file of the system: read for every answer of Redis, it takes a twentieth of the CPU. */
const READ_AGAIN_MS = SECOND_MS;
/** The wall clock is nudged all the time; a sleep that is shorter matters to nobody. */
const NUDGED_MS = SECOND_MS;

/**
 * Milliseconds since the computer started, its sleep included: after a laptop woke up, Redis's clock and this one have
 * moved by the same. `performance.now()` stands still while a computer sleeps, and would see a jump. So the uptime is asked
 * for again every second, and at once where the wall clock went on without `performance.now()`.
 */
export function bootClock({ uptime, awake, wall }: Clocks): () => number {
  let read: { readonly uptime: number; readonly awake: number; readonly wall: number } | undefined;
  return () => {
    const now = { awake: awake(), wall: wall() };
    const went = read && now.awake - read.awake;
    if (!read || went === undefined || went >= READ_AGAIN_MS || Math.abs(now.wall - read.wall - went) > NUDGED_MS)
      read = { ...now, uptime: uptime() };
    return read.uptime + now.awake - read.awake;
  };
}

export const sinceBoot: () => number = bootClock({
  uptime: () => uptime() * 1_000,
  awake: () => performance.now(),
  wall: () => Date.now(),
});

interface PassingClocks {
  readonly boot: () => number;
  readonly wall: () => number;
}

/**
 * Milliseconds that only go forward, and never less than really passed: a computer's sleep counts, and so does that of a virtual machine
 * that its host paused or moved, of which the wall clock alone tells once it was set right. Where that clock leaps forward for another reason,
 * too much counts: locks are given up and taken again.
 */
export function passingClock({ boot, wall }: PassingClocks): () => number {
  let before: { readonly boot: number; readonly wall: number } | undefined;
  let missed = 0;
  let latest = Number.NEGATIVE_INFINITY;
  return () => {
    const now = { boot: boot(), wall: wall() };
    const ahead = before ? now.wall - before.wall - (now.boot - before.boot) : 0;
    if (ahead > NUDGED_MS) missed += ahead;
    before = now;
    latest = Math.max(latest, now.boot + missed);
    return latest;
  };
}

export const passing: () => number = passingClock({ boot: sinceBoot, wall: () => Date.now() });

export interface ClockAnswer {
  /** The store's instant: the highest seen, or Redis's time. */
  readonly at: Instant;
  /** By how much Redis's time is behind the highest seen. */
  readonly behindMs: number;
  readonly reading: ClockReading;
}

/**
 * Judges every answer's time. Once it saw a jump it trusts no time until the process is started again; a clock that is
 * more than a minute behind the highest instant seen is not trusted by any process, as long as it is.
 */
export class ClockWatch {
  readonly #log: Log;
  readonly #key: string;
  #last: ClockReading | undefined;
  #latest: Instant = 0;
  #trusted = true;
  #isStill = false;

  /** @param key where the highest instant is kept; named in the log for whoever must repair a clock. */
  constructor(log: Log, key: string) {
    this.#log = log;
    this.#key = key;
  }

  judge({ at, behindMs, reading }: ClockAnswer): Now {
    const leapt = this.#last !== undefined && jumped(this.#last, reading);
    if (this.#trusted && (leapt || behindMs > LEAP_MS)) {
      this.#trusted = false;
      this.#log.error(
        { behindMs, redis: reading.redis, before: this.#last?.redis, key: this.#key },
        'the clock of Redis jumped: nothing is opened until it was set right and Drawbridge was restarted; if it had been ahead, delete the key first',
      );
    }
    const isStill = behindMs > STILL_MS;
    if (isStill && !this.#isStill && this.#trusted)
      this.#log.warn(
        { behindMs, redis: reading.redis },
        'the clock of Redis went back: time stands still until it has caught up, and leases end that much later',
      );
    this.#isStill = isStill;
    this.#last = reading;
    this.#latest = Math.max(this.#latest, at);
    return { at: this.#latest, trusted: this.#trusted };
  }
}
