import { AsyncLocalStorage } from 'node:async_hooks';
import { JitError } from '../../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import { type Bucket, full, type Quota, taken, told, waitMs } from '../../../src/kit/token-bucket.ts';
import { CLOUD, isLock } from '../errors.ts';

type Kind = 'reads' | 'writes' | 'deletes';

/** Resource Manager, for each subscription, region and principal ("Throttling requests", token bucket). */
const MANAGER: Readonly<Record<Kind, Quota>> = {
  reads: { burst: 250, perSecond: 25 },
  writes: { burst: 200, perSecond: 10 },
  deletes: { burst: 200, perSecond: 10 },
};
/** Microsoft.Network besides: 1,000 changes and 10,000 reads in five minutes (the same page). */
const NETWORK = {
  changes: { burst: 1_000, perSecond: 1_000 / 300 },
  reads: { burst: 10_000, perSecond: 10_000 / 300 },
} as const;
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

interface Reply {
  readonly status: number;
  readonly body: string | null | undefined;
  header(name: string): string | undefined;
}

/** What is left of the quotas of one subscription. */
export class Quotas {
  readonly #clock: QuotaClock;
  readonly #buckets = new Map<Quota, Bucket>();
  /** Until when a provider wants no calls of a kind. */
  readonly #shut = new Map<string, number>();

  constructor(clock: QuotaClock) {
    this.#clock = clock;
  }

  /** Waits until this call may be made. Throws `cloudBusy` when that takes long. */
  async pass(method: string, url: string, signal: AbortSignal): Promise<void> {
    const quotas = quotasFor(method, url);
    const isUrgent = urgent.getStore() ?? false;
    for (;;) {
      const now = this.#clock.now();
      const shut = (this.#shut.get(gateOf(method, url)) ?? 0) - now;
      const wait = Math.max(0, shut, ...quotas.map((quota) => waitMs(quota, this.#of(quota), now, isUrgent)));
      if (wait === 0) {
        for (const quota of quotas) this.#buckets.set(quota, taken(quota, this.#of(quota), now));
        return;
      }
      if (wait > LONGEST_WAIT_MS) throw new JitError('cloudBusy', { cloud: CLOUD }, { retryAfterMs: wait });
      await this.#clock.pause(wait, signal);
    }
  }

  /** Learns from a reply what is left, and for how long to stay away. */
  learn(method: string, url: string, reply: Reply): void {
    const now = this.#clock.now();
    const [first = MANAGER.reads] = quotasFor(method, url);
    const left = Number(reply.header(`x-ms-ratelimit-remaining-subscription-${kindOf(method)}`) ?? Number.NaN);
    if (Number.isFinite(left)) this.#buckets.set(first, told(first, this.#of(first), now, left));
    const seconds = Number(reply.header('retry-after'));
    // NB. A 429 may also be another write to the same resource, which concerns that one alone.
    const isQuota = reply.status === 429 && !isLock(/"code"\s*:\s*"(\w+)"/.exec(reply.body ?? '')?.[1] ?? '');
    if (!isQuota || !Number.isFinite(seconds) || seconds <= 0) return;
    const gate = gateOf(method, url);
    this.#shut.set(gate, Math.max(this.#shut.get(gate) ?? 0, now + seconds * SECOND_MS));
  }

  #of(quota: Quota): Bucket {
    return this.#buckets.get(quota) ?? full(quota, this.#clock.now());
  }
}

/** The first is Resource Manager's own. */
function quotasFor(method: string, url: string): readonly Quota[] {
  const kind = kindOf(method);
  const own = MANAGER[kind];
  if (!/\/providers\/microsoft\.network\//i.test(url)) return [own];
  return [own, kind === 'reads' ? NETWORK.reads : NETWORK.changes];
}

/** A provider has limits of its own, which it does not publish: it alone is left in peace. */
function gateOf(method: string, url: string): string {
  const providers = [...url.matchAll(/\/providers\/([^/?]+)/gi)];
  return `${kindOf(method)} ${providers.at(-1)?.[1]?.toLowerCase() ?? ''}`;
}

function kindOf(method: string): Kind {
  if (method === 'GET' || method === 'HEAD') return 'reads';
  return method === 'DELETE' ? 'deletes' : 'writes';
}
