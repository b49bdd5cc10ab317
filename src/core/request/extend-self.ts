import type { Instant } from '../language/instant.ts';
import { isOutside } from '../policy/needs.ts';
import type { Policy } from '../policy/policy.ts';
import { endFrom } from './life.ts';
import type { InForce } from './request.ts';

/**
 * May the requester take more time until then without a decision, who did so `before` times? It counts beyond what was approved, which
 * `until 18:00` or a start that was past made shorter than was asked for. At other hours others decide: nobody does so by themselves.
 */
export function mayExtendAlone(request: InForce, policies: readonly Policy[], until: Instant, before: number): boolean {
  const { from } = request.lease;
  const own = until - endFrom(request, request.startsAt ?? from);
  return policies.every(
    (one) => !isOutside(one, from, until) && own <= one.extendSelfUpToMs && before < (one.extendSelfTimes ?? Infinity),
  );
}
