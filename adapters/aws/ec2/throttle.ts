import { JitError } from '../../../src/core/errors/errors.ts';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import type { ClosingLimits } from '../../../src/core/request/closing-budget.ts';
import { CallSlots } from '../../../src/kit/call-slots.ts';
import type { Clock } from '../../../src/kit/clock.ts';
import { type Lane, Pacing } from '../../../src/kit/pacing.ts';
import { untimed } from '../../../src/kit/time-limit.ts';
import type { Quota } from '../../../src/kit/token-bucket.ts';
import { CLOUD } from '../errors.ts';
import type { StrategyName } from '../settings.ts';

/** EC2's buckets, one for each account, region and action ("Request throttling for the Amazon EC2 API"). */
const MUTATING: Quota = { burst: 50, perSecond: 5 };
const DESCRIBE: Quota = { burst: 100, perSecond: 20 };
const OTHERS: Readonly<Record<string, Quota>> = {
  ModifyNetworkInterfaceAttribute: { burst: 100, perSecond: 5 },
  CreateTags: { burst: 100, perSecond: 10 },
  DescribeSecurityGroupReferences: { burst: 20, perSecond: 5 },
};
/**
 * One RevokeSecurityGroupIngress closes all that ends at once in a group, and each machine has its own. Where each lease has a group,
 * it takes a call of each kind: to revoke, to take the group off, and to delete it.
 */
export const CLOSINGS: Readonly<Record<StrategyName, ClosingLimits>> = {
  dedicated: { rates: [MUTATING], calls: 1, together: true },
  perRequest: { rates: [MUTATING], calls: 1, together: false },
};
/** Whoever would have to wait for longer tries again later: a lock is held meanwhile. */
const LONGEST_WAIT_MS = 2 * SECOND_MS;
/** Under way at once: as many connections as the SDK keeps (`maxSockets`). */
const AT_ONCE = 50;

/** Keeps to the rates of one account in one region. */
export class Throttle {
  readonly #pacing: Pacing;

  constructor(clock: Clock) {
    const busy = (retryAfterMs: number) =>
      new JitError('cloudBusy', { cloud: CLOUD }, { retryAfterMs, isQueued: true });
    this.#pacing = new Pacing(clock, LONGEST_WAIT_MS, busy, new CallSlots(AT_ONCE));
  }

  /** Calls this action once it may be called. Throws `cloudBusy` when that takes long. */
  async inTurn<T>(action: string, signal: AbortSignal, call: () => Promise<T>): Promise<T> {
    const isChange = !action.startsWith('Describe');
    const done = await untimed(() => this.#pacing.pass([laneOf(action)], signal, { isChange }));
    try {
      return await call();
    } finally {
      done();
    }
  }

  /** EC2 said that there is nothing left: others call with the same right. It names no time to wait. */
  exhausted(action: string): void {
    this.#pacing.left(laneOf(action), 0);
  }
}

function laneOf(name: string): Lane {
  return { name, quota: OTHERS[name] ?? (name.startsWith('Describe') ? DESCRIBE : MUTATING) };
}
