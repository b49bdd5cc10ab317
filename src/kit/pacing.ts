import { AsyncLocalStorage } from 'node:async_hooks';
import type { Clock } from './clock.ts';
import { type Bucket, full, type Quota, taken, told, waitMs } from './token-bucket.ts';

/** A bucket of its own: the same name has the same quota always. */
export interface Lane {
  readonly name: string;
  readonly quota: Quota;
}

const urgent = new AsyncLocalStorage<boolean>();

/** Lets the calls of this work go before all others: closing never waits behind opening. */
export function urgently<T>(work: () => Promise<T>): Promise<T> {
  return urgent.run(true, work);
}

/** Keeps calls to the limits that a service publishes, so that it never has to refuse one. */
export class Pacing {
  readonly #clock: Clock;
  readonly #longestMs: number;
  readonly #tooLong: (waitMs: number) => Error;
  readonly #buckets = new Map<string, Bucket>();
  readonly #shut = new Map<string, number>();

  /** Who would have to wait for longer than `longestMs` gets the error `tooLong`, and tries again later: a lock is held meanwhile. */
  constructor(clock: Clock, longestMs: number, tooLong: (waitMs: number) => Error) {
    this.#clock = clock;
    this.#longestMs = longestMs;
    this.#tooLong = tooLong;
  }

  /** Waits until a call may be made that takes one token of each lane, and whose gate, if it has one, is not shut. */
  async pass(lanes: readonly Lane[], signal: AbortSignal, gate?: string): Promise<void> {
    const isUrgent = urgent.getStore() ?? false;
    for (;;) {
      const now = this.#clock.now();
      const shut = gate === undefined ? 0 : (this.#shut.get(gate) ?? 0) - now;
      const wait = Math.max(0, shut, ...lanes.map((lane) => waitMs(lane.quota, this.#of(lane, now), now, isUrgent)));
      if (wait === 0) {
        for (const lane of lanes) this.#buckets.set(lane.name, taken(lane.quota, this.#of(lane, now), now));
        return;
      }
      if (wait > this.#longestMs) throw this.#tooLong(wait);
      await this.#clock.pause(wait, signal);
    }
  }

  /** The service said what is left of a lane: others may call with the same right. */
  left(lane: Lane, count: number): void {
    const now = this.#clock.now();
    this.#buckets.set(lane.name, told(lane.quota, this.#of(lane, now), now, count));
  }

  /** The service wants no calls through a gate for so long. A longer wish that was said before stays. */
  shut(gate: string, forMs: number): void {
    this.#shut.set(gate, Math.max(this.#shut.get(gate) ?? 0, this.#clock.now() + forMs));
  }

  #of({ name, quota }: Lane, now: number): Bucket {
    return this.#buckets.get(name) ?? full(quota, now);
  }
}
