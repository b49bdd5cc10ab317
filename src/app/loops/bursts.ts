import type { Place } from '../../core/people/place.ts';
import { CARD_LIMITS } from '../../core/policy/floods.ts';
import { isSummaryDue, summedUp, untold } from '../../core/request/held-back.ts';
import type { Request } from '../../core/request/request.ts';
import { burstPage } from '../../core/view/burst-page.ts';
import type { Deps } from '../deps.ts';
import { commit } from '../machine/commit.ts';
import { tellPlaces } from '../protect/news.ts';

/** So many are summed up at a time. */
const MOST = 500;

/**
 * Tells approvers in one message what was held back from them and still waits. What was told is kept on the request after it was:
 * a process that dies between tells it twice, and never not at all. Gives how many people were told.
 */
export async function sumUp(deps: Deps, signal: AbortSignal): Promise<number> {
  const found = await deps.store.find({ by: 'state', which: 'heldBack' }, MOST);
  const held = new Map<string, Request[]>();
  for (const request of found) for (const id of untold(request)) held.set(id, [...(held.get(id) ?? []), request]);
  if (held.size === 0) return 0;
  const { at } = await deps.store.now();
  const { withinMs } = deps.rules.cards ?? CARD_LIMITS;
  let told = 0;
  for (const [id, requests] of held) {
    signal.throwIfAborted();
    if (isSummaryDue(requests, id, at, withinMs) && (await tell(deps, id, requests))) told += 1;
  }
  return told;
}

async function tell(deps: Deps, id: string, requests: readonly Request[]): Promise<boolean> {
  const person = await deps.directory.byId(id, 'last');
  const places = person ? deps.directory.reach(person) : [];
  if (!(await toldAtOne(deps, requests, places))) return false;
  for (const request of requests)
    await commit(deps, request.id, (now, { at }) =>
      now.status === 'pending'
        ? { next: summedUp(now, id, at), event: 'summed up', by: 'drawbridge', text: id }
        : undefined,
    );
  return true;
}

/** At the first address that takes it: whoever is not reached at one is told at another. */
async function toldAtOne(deps: Deps, requests: readonly Request[], places: readonly Place[]): Promise<boolean> {
  for (const place of places) if ((await tellPlaces(deps, burstPage(requests), [place])) > 0) return true;
  return false;
}
