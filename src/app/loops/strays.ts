import { SECOND_MS } from '../../core/language/instant.ts';
import { cloudOf } from '../../core/machine/machine.ts';
import type { Stray } from '../../core/request/stray.ts';
import { placementKey } from '../../core/rule/rule.ts';
import type { Deps } from '../deps.ts';
import { patrolMachines } from './patrol.ts';

/** A cloud's clock may be a little behind, and has to say that it is over as well. */
const MARGIN_MS = 2 * SECOND_MS;

/**
 * Has rules without a record closed when their time comes, and not by the next patrol alone. What could not be closed stays
 * listed, and is tried again at the next turn.
 */
export async function closeStrays(deps: Deps, signal: AbortSignal): Promise<void> {
  const [known, { at, trusted }] = await Promise.all([deps.store.strays(), deps.store.now()]);
  const due = known?.rules.filter(({ until }) => until + MARGIN_MS <= at) ?? [];
  if (!known || !trusted || due.length === 0) return;
  const closed = new Set<string>();
  for (const cloud of deps.clouds.values()) {
    const here = due.filter(({ placement }) => cloudOf(placement.rule.machine) === cloud.cloud);
    if (here.length === 0) continue;
    const machines = [...new Set(here.map(({ placement }) => placement.rule.machine))];
    const { strays, isWhole } = await patrolMachines(deps, cloud, machines, signal);
    if (!isWhole) continue;
    const left = new Set(strays.rules.map(keyOf));
    for (const key of here.map(keyOf)) if (!left.has(key)) closed.add(key);
  }
  if (closed.size === 0) return;
  const rules = known.rules.filter((stray) => !closed.has(keyOf(stray)));
  await deps.store.keepStrays({ ...known, rules, count: known.count - closed.size });
}

function keyOf({ placement }: Stray): string {
  return placementKey(placement);
}
