import { JitError } from '../errors/errors.ts';
import { durationText } from '../language/duration.ts';
import type { Instant } from '../language/instant.ts';
import type { Policy } from '../policy/policy.ts';
import { sourceText } from '../rule/source.ts';
import { failed } from './closing.ts';
import { note, scheduled } from './life.ts';
import { isRepair } from './repair.ts';
import type { Active, Closing, Request } from './request.ts';

/** What policies say of it together: the shortest time of all. Undefined where none says any. */
export function endUnusedOf(policies: readonly Pick<Policy, 'endUnusedMs'>[]): number | undefined {
  const all = policies.flatMap(({ endUnusedMs }) => endUnusedMs ?? []);
  return all.length > 0 ? Math.min(...all) : undefined;
}

/** Is it open, and is it still to be found out whether anybody connects? Broken glass is never closed for that. */
export function isUseWatched(request: Request): request is Active & { readonly unused: { readonly afterMs: number } } {
  const { unused, status, breakGlass, isUnsealed } = request;
  const isKnown = unused?.untold !== undefined || unused?.seenAt !== undefined;
  return status === 'active' && unused?.afterMs !== undefined && !isKnown && !breakGlass && !isUnsealed;
}

/** By when somebody must have connected: it counts anew from each extension, and from when what lets people in was put back. */
export function neededBy({ lease, timeline, unused }: Active): Instant {
  const again = timeline.findLast((moment) => moment.event === 'extended' || isRepair(moment));
  return Math.max(lease.openedAt, again?.at ?? 0) + (unused?.afterMs ?? 0);
}

/** Somebody connected: it stays open until its end. */
export function usedAt(request: Active, seenAt: Instant, now: Instant): Active {
  return scheduled({ ...request, ...note(request), unused: { ...request.unused, seenAt } }, now);
}

/** Nobody will ever tell: it stays open until its end. */
export function untoldUse(request: Active, untold: string, now: Instant): Active {
  return scheduled({ ...request, ...note(request), unused: { ...request.unused, untold } }, now);
}

/** Nobody connected in time: its rules are to go. */
export function unused(request: Active, now: Instant): Closing {
  const { source, unused: rule } = request;
  const within = durationText(rule?.afterMs ?? 0);
  return failed(request, new JitError('unused', { source: sourceText(source), within }), now);
}
