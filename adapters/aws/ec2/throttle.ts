import { AsyncLocalStorage } from 'node:async_hooks';
import { JitError } from '../../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import { type Bucket, full, type Quota, taken, told, waitMs } from '../../../src/kit/token-bucket.ts';
import { CLOUD } from '../errors.ts';

/** EC2's buckets, one for each account, region and action ("Request throttling for the Amazon EC2 API"). */
const MUTATING: Quota = { burst: 50, perSecond: 5 };
const DESCRIBE: Quota = { burst: 100, perSecond: 20 };
const OTHERS: Readonly<Record<string, Quota>> = {
  ModifyNetworkInterfaceAttribute: { burst: 100, perSecond: 5 },
  CreateTags: { burst: 100, perSecond: 10 },
  DescribeSecurityGroupReferences: { burst: 20, perSecond: 5 },
};
/** Whoever would have to wait for longer tries again later: a lock is held meanwhile. */
const LONGEST_WAIT_MS = 2 * SECOND_MS;

const urgent = new AsyncLocalStorage<boolean>();

/** Lets the calls of this work go before all others. */
export function urgently<T>(work: () => Promise<T>): Promise<T> {
  return urgent.run(true, work);
}

export interface QuotaClock {
  now(): number;
  pause(ms: number, signal: AbortSignal): Promise<void>;
}

/** What is left of the quotas of one account in one region. */
export class Quotas {
  readonly #clock: QuotaClock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: QuotaClock) {
    this.#clock = clock;
  }

  /** Waits until this action may be called. Throws `cloudBusy` when that takes long. */
  async pass(action: string, signal: AbortSignal): Promise<void> {
    const quota = quotaFor(action);
    const isUrgent = urgent.getStore() ?? false;
    for (;;) {
      const now = this.#clock.now();
      const bucket = this.#buckets.get(action) ?? full(quota, now);
      const wait = waitMs(quota, bucket, now, isUrgent);
      if (wait === 0) {
        this.#buckets.set(action, taken(quota, bucket, now));
        return;
      }
      if (wait > LONGEST_WAIT_MS) throw new JitError('cloudBusy', { cloud: CLOUD }, { retryAfterMs: wait });
      await this.#clock.pause(wait, signal);
    }
  }

  /** EC2 said that there is nothing left: others call with the same right. It names no time to wait. */
  exhausted(action: string): void {
    const quota = quotaFor(action);
    const now = this.#clock.now();
    this.#buckets.set(action, told(quota, this.#buckets.get(action) ?? full(quota, now), now, 0));
  }
}

function quotaFor(action: string): Quota {
  return OTHERS[action] ?? (action.startsWith('Describe') ? DESCRIBE : MUTATING);
}
