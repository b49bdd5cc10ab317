import type { Clock } from '../shared/clock.ts';
import { type Quotas, Region } from './region.ts';

interface Late {
  readonly atMs: number;
  readonly run: () => void;
}

/** All accounts and regions, and what is still to happen to them. There are no timers: `settle` does what is due. */
export class AwsWorld {
  readonly #clock: Clock;
  readonly #regions = new Map<string, Region>();
  #late: Late[] = [];
  #asOfMs: number | undefined;
  /** How far reads lag behind, on the clock. */
  readLagMs: number;

  constructor(clock: Clock, readLagMs: number) {
    this.#clock = clock;
    this.readLagMs = readLagMs;
  }

  /** UTC ms: the clock's time, or that of the effect which is just landing. */
  readonly now: Clock = () => this.#asOfMs ?? this.#clock();

  addRegion(account: string, name: string, quotas: Quotas): Region {
    const region = new Region(account, name, quotas, this.now);
    this.#regions.set(`${account}/${name}`, region);
    return region;
  }

  region(account: string, name: string): Region | undefined {
    return this.#regions.get(`${account}/${name}`);
  }

  regions(): Iterable<Region> {
    return this.#regions.values();
  }

  regionNames(account: string): string[] {
    return [...this.#regions.values()].filter((one) => one.account === account).map((one) => one.name);
  }

  /** Sets up what was always there: no read lags behind it. */
  setUp(run: (nowMs: number) => void): void {
    this.#asOfMs = Number.NEGATIVE_INFINITY;
    run(this.#clock());
    this.#asOfMs = undefined;
  }

  /** Does `run` once the clock has moved on by `ms`. */
  later(ms: number, run: () => void): void {
    this.#late.push({ atMs: this.#clock() + ms, run });
    this.#late.sort((a, b) => a.atMs - b.atMs);
  }

  /** Does all that is due, each thing at its own instant. Called before anybody calls or looks. */
  settle(): void {
    for (let next = this.#late[0]; next && next.atMs <= this.#clock(); next = this.#late[0]) {
      this.#late.shift();
      this.#asOfMs = next.atMs;
      try {
        next.run();
      } finally {
        this.#asOfMs = undefined;
      }
    }
  }
}
