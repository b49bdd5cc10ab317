import { DAY_MS } from '../../core/language/instant.ts';
import type { Deps } from '../deps.ts';
import { tellOver } from '../people/delegation-over.ts';

/** What ran out while nothing ran is told for as long. */
const TOLD_MS = DAY_MS;

/** Tells both people of a delegation whose time is over, once. Gives of how many. */
export async function tellEnded(deps: Deps, signal: AbortSignal): Promise<number> {
  const { at } = await deps.store.now();
  let told = 0;
  for (const delegation of (await deps.delegations?.all()) ?? []) {
    signal.throwIfAborted();
    const { from, to, until } = delegation;
    if (until > at || until < at - TOLD_MS) continue;
    if (!(await deps.store.once(`delegation over ${from.id} ${until}`, 2 * TOLD_MS))) continue;
    for (const id of [to.id, from.id]) await tellOver(deps, delegation, id);
    told += 1;
  }
  return told;
}
