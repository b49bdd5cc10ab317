import { JitError } from '../../../src/core/errors/errors.ts';
import { MINUTE_MS, SECOND_MS } from '../../../src/core/language/instant.ts';
import type { ClosingLimits } from '../../../src/core/request/closing-budget.ts';
import { CallSlots } from '../../../src/kit/call-slots.ts';
import type { Clock } from '../../../src/kit/clock.ts';
import { type Lane, Pacing } from '../../../src/kit/pacing.ts';
import { untimed } from '../../../src/kit/time-limit.ts';
import type { Quota } from '../../../src/kit/token-bucket.ts';
import { CLOUD } from '../errors.ts';
import { codeIn } from './operation.ts';
import { isLock } from './refusals.ts';

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
/** A rule is deleted from the group of the interface and from that of the subnet. Regions are not told apart, as ids do not name them. */
export const CLOSINGS: ClosingLimits = { rates: [MANAGER.deletes, NETWORK.changes], calls: 2, together: false };
/** So much of a rate is taken. */
const SURE = 0.97;
/** Whoever would have to wait for longer tries again later: a lock is held meanwhile. */
const LONGEST_WAIT_MS = 2 * SECOND_MS;

/**
 * Nothing is called for so long at most, whatever a reply wants: closings wait behind it. What comes too early is not processed, and told anew how
 * long to wait ("Throttling requests").
 */
const LONGEST_SHUT_MS = 5 * MINUTE_MS;

/** Under way at once: with calls of a second that is more than Resource Manager lets through. */
const AT_ONCE = 64;

interface Call {
  readonly method: string;
  readonly url: string;
  readonly isChange: boolean;
}

interface Reply {
  readonly status: number;
  readonly body: string | null | undefined;
  header(name: string): string | undefined;
}

/** What is left of the quotas of one subscription. */
export class ArmQuotas {
  readonly #pacing: Pacing;

  constructor(clock: Clock) {
    const tooLong = (retryAfterMs: number) =>
      new JitError('cloudBusy', { cloud: CLOUD }, { retryAfterMs, isQueued: true });
    this.#pacing = new Pacing(clock, LONGEST_WAIT_MS, tooLong, new CallSlots(AT_ONCE));
  }

  /** Waits until this call may be made. Throws `cloudBusy` when that takes long. Gives what is to be called once it has ended. */
  turn({ method, url, isChange }: Call, signal: AbortSignal): Promise<() => void> {
    return untimed(() => this.#pacing.pass(lanesFor(method, url), signal, { gate: gateOf(method, url), isChange }));
  }

  /** Learns from a reply what is left, and for how long to stay away. */
  learn(method: string, url: string, reply: Reply): void {
    const [first] = lanesFor(method, url);
    const left = Number(reply.header(`x-ms-ratelimit-remaining-subscription-${kindOf(method)}`) ?? Number.NaN);
    if (first && Number.isFinite(left)) this.#pacing.left(first, left);
    const seconds = Number(reply.header('retry-after'));
    // NB. A 429 may also be another write to the same resource, which concerns that one alone.
    const isQuota = reply.status === 429 && !isLock(codeIn(reply.body));
    if (isQuota && Number.isFinite(seconds) && seconds > 0)
      this.#pacing.shut(gateOf(method, url), Math.min(seconds * SECOND_MS, LONGEST_SHUT_MS));
  }
}

/** The first is Resource Manager's own. */
function lanesFor(method: string, url: string): readonly Lane[] {
  const kind = kindOf(method);
  const own = { name: `manager ${kind}`, quota: surely(MANAGER[kind]) };
  if (!/\/providers\/microsoft\.network\//i.test(url)) return [own];
  const [name, quota] = kind === 'reads' ? ['network reads', NETWORK.reads] : ['network changes', NETWORK.changes];
  return [own, { name, quota: surely(quota) }];
}

/** One that arrives a moment before its token is refused, and shuts the gate for everybody: calls are not equally long on their way. */
function surely({ burst, perSecond }: Quota): Quota {
  return { burst, perSecond: perSecond * SURE };
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
