import { SECOND_MS } from '../../core/language/instant.ts';
import { cloudOf } from '../../core/machine/machine.ts';
import type { Stray } from '../../core/request/stray.ts';
import { placementKey } from '../../core/rule/rule.ts';
import type { Cloud } from '../../ports/cloud.ts';
import type { Deps } from '../deps.ts';
import { dropStrays } from './kept-strays.ts';
import { patrolMachines } from './patrol.ts';

/** A cloud's clock may be a little behind, and has to say that it is over as well. */
const MARGIN_MS = 2 * SECOND_MS;

/**
 * Has rules without a record closed when their time comes, and not by the next patrol alone. What could not be closed stays
 * listed, and is tried again at the next turn. No cloud waits for another one.
 */
export async function closeStrays(deps: Deps, signal: AbortSignal): Promise<void> {
  const [known, { at }] = await Promise.all([deps.store.strays(), deps.store.now()]);
  // Where the clock of Redis is not trusted, this says only where to look: the patrol goes by the cloud's own then.
  const due = known?.rules.filter(({ until }) => until + MARGIN_MS <= at) ?? [];
  if (due.length === 0) return;
  const all = await Promise.allSettled([...deps.clouds.values()].map((cloud) => closeIn(deps, cloud, due, signal)));
  const failed = all.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
}

async function closeIn(deps: Deps, cloud: Cloud, due: readonly Stray[], signal: AbortSignal): Promise<void> {
  const here = due.filter(({ placement }) => cloudOf(placement.rule.machine) === cloud.cloud);
  if (here.length === 0) return;
  const machines = [...new Set(here.map(({ placement }) => placement.rule.machine))];
  const { strays, isWhole, doubtful } = (await patrolMachines(deps, cloud, machines, signal)).looked;
  if (!isWhole) return;
  const left = new Set([...doubtful, ...strays.rules.map(keyOf)]);
  await dropStrays(deps, new Set(here.map(keyOf).filter((key) => !left.has(key))));
}

function keyOf({ placement }: Stray): string {
  return placementKey(placement);
}
