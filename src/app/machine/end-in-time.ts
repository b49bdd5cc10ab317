import { JitError } from '../../core/errors/errors.ts';
import { CLOUD_NAMES, cloudOf } from '../../core/machine/machine.ts';
import { budgetOf, earliestEnd, plannedEnd } from '../../core/request/closing-budget.ts';
import { endingEarly } from '../../core/request/ending-early.ts';
import { isInForce, type Request } from '../../core/request/request.ts';
import type { Deps } from '../deps.ts';

/**
 * A decision that gives time, with the latest end at which the cloud can still close it in time: mostly the one that was
 * approved, never a later one. `closingsFull` where it would have to end so early that it is not what was approved; who breaks
 * glass and drills are never held up, and do not come here.
 */
export async function endInTime<D extends { readonly next: Request }>(
  deps: Deps,
  from: Request | undefined,
  decision: D,
): Promise<D> {
  const { next } = decision;
  const { machine, machineName, ports } = next;
  const limits = deps.clouds.get(cloudOf(machine))?.limits.closings;
  const wish = plannedEnd(next);
  const before = from && plannedEnd(from);
  if (!limits || wish === undefined || (before !== undefined && wish <= before)) return decision;
  const start = before ?? (isInForce(next) ? next.lease.from : (next.startsAt ?? next.askedAt));
  const earliest = earliestEnd(start, wish);
  const wanted = { budget: budgetOf(limits), wish, earliest, ports: ports.length };
  const kept = await deps.store.keepEnd(next, wanted);
  if (!kept) {
    const words = {
      machine: machineName,
      cloud: CLOUD_NAMES[cloudOf(machine)],
      from: { at: earliest },
      until: { at: wish },
    };
    throw new JitError('closingsFull', words);
  }
  const { until, others } = kept;
  if (until === wish) return decision;
  const at = next.timeline.at(-1)?.at ?? next.askedAt;
  return { ...decision, next: endingEarly(next, { until, insteadOf: wish, others }, at) };
}
