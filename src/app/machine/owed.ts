import { owes, owesAt } from '../../core/request/owes.ts';
import { type Active, placementsOf, type Request } from '../../core/request/request.ts';
import { type Placement, placementKey } from '../../core/rule/rule.ts';
import type { Now } from '../../ports/store.ts';

/** What was judged and may be opened, by its version. */
export type MayOpen = ReadonlyMap<string, number>;
export const NOTHING_JUDGED: MayOpen = new Map();

export function isToClose(request: Request, { at }: Now): boolean {
  const debt = owesAt(request, at);
  return debt === 'closing' || debt === 'look';
}

/** Approved to last longer than the cloud was seen to carry. What nobody here wrote gets no more time in any case. */
export function isLonger(request: Request): request is Active {
  return request.status === 'active' && !request.isUnsealed && request.lease.until > request.lease.seenUntil;
}

export function isToOpen(request: Request, allowed: MayOpen): boolean {
  return owes(request) === 'opening' && isAllowed(request, allowed);
}

/** A first opening is judged right before, and so is more time. */
function isAllowed(request: Request, allowed: MayOpen): boolean {
  const isJudged = request.status === 'activating' || isLonger(request);
  return !isJudged || allowed.get(request.id) === request.version;
}

/**
 * What may be made right of these: what was judged, as it is; what is open and may not last longer, at the end from before. Where that
 * end is over, whatever has the same rule waits for the judgement, which comes next: nobody is cut off to be let in again.
 */
export function allowedOf(requests: readonly Request[], allowed: MayOpen, { at }: Now): readonly Request[] {
  const unjudged = requests.filter(
    (request) => isLonger(request) && !isAllowed(request, allowed) && request.lease.seenUntil <= at,
  );
  const kept = placesOf(unjudged);
  return requests.flatMap((request): readonly Request[] => {
    if (placementsOf(request).some((one) => kept.has(placementKey(one)))) return [];
    if (isAllowed(request, allowed)) return [request];
    return isLonger(request) ? [{ ...request, lease: { ...request.lease, until: request.lease.seenUntil } }] : [];
  });
}

/** Found rules that no access still needs which is to be judged first. */
export function foundToClose(
  found: readonly Placement[],
  requests: readonly Request[],
  { at }: Now,
): readonly Placement[] {
  const kept = placesOf(requests.filter((request) => isLonger(request) && request.lease.until > at));
  return found.filter((one) => !kept.has(placementKey(one)));
}

function placesOf(requests: readonly Request[]): ReadonlySet<string> {
  return new Set(requests.flatMap(placementsOf).map(placementKey));
}

/** The locks to hold while rules of these are edited. */
export function locksOf(requests: readonly Request[], found: readonly Placement[] = []): readonly string[] {
  const placements = [...requests.flatMap(placementsOf), ...found];
  return [...new Set(placements.flatMap((placement) => placement.locks))].sort();
}
