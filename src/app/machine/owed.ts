import { owes, owesAt } from '../../core/request/owes.ts';
import { placementsOf, type Request } from '../../core/request/request.ts';
import type { Placement } from '../../core/rule/rule.ts';
import type { Now } from '../../ports/store.ts';

/** What was judged and may be opened, by its version. */
export type MayOpen = ReadonlyMap<string, number>;
export const NOTHING_JUDGED: MayOpen = new Map();

export function isToClose(request: Request, { at }: Now): boolean {
  const debt = owesAt(request, at);
  return debt === 'closing' || debt === 'look';
}

/** An extension was judged when it was decided; a first opening is judged right before. */
export function isToOpen(request: Request, allowed: MayOpen): boolean {
  return owes(request) === 'opening' && isAllowed(request, allowed);
}

export function isAllowed(request: Request, allowed: MayOpen): boolean {
  return request.status !== 'activating' || allowed.get(request.id) === request.version;
}

/** The locks to hold while rules of these are edited. */
export function locksOf(requests: readonly Request[], found: readonly Placement[] = []): readonly string[] {
  const placements = [...requests.flatMap(placementsOf), ...found];
  return [...new Set(placements.flatMap((placement) => placement.locks))].sort();
}
