import type { Clock } from '../shared/clock.ts';

interface Bucket {
  tokens: number;
  atMs: number;
}

interface Rate {
  readonly size: number;
  /** Tokens a second. */
  readonly refill: number;
}

const MUTATING: Rate = { size: 50, refill: 5 };
const DESCRIBE: Rate = { size: 100, refill: 20 };
/** DescribeInstances and its like, when they ask for everything at once. */
const EVERYTHING: Rate = { size: 50, refill: 10 };

const RATES: Readonly<Record<string, Rate>> = {
  ModifyNetworkInterfaceAttribute: { size: 100, refill: 5 },
  CreateTags: { size: 100, refill: 10 },
  DeleteTags: { size: 100, refill: 10 },
};

const COSTLY = new Set(['DescribeInstances', 'DescribeNetworkInterfaces', 'DescribeSecurityGroups']);

/** The token buckets of EC2, one for each account, region and action (EC2 developer guide, "Request throttling"). */
export class Throttle {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Takes a token for one call; false when there is none. `everything`: neither filtered nor paged. */
  take(scope: string, action: string, mutating: boolean, everything: boolean): boolean {
    const costly = everything && COSTLY.has(action);
    const rate = costly ? EVERYTHING : (RATES[action] ?? (mutating ? MUTATING : DESCRIBE));
    const key = `${scope}/${action}/${costly}`;
    const now = this.#clock();
    const bucket = this.#buckets.get(key) ?? { tokens: rate.size, atMs: now };
    this.#buckets.set(key, bucket);
    bucket.tokens = Math.min(rate.size, bucket.tokens + (Math.max(0, now - bucket.atMs) / 1000) * rate.refill);
    bucket.atMs = now;
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }
}
