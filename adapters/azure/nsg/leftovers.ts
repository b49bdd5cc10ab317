import { outcomesOf } from '../../../src/kit/outcome.ts';
import type { Leftover } from '../../../src/ports/leftovers.ts';
import type { Subscription } from '../arm/clients.ts';
import type { Azure } from '../arm/context.ts';
import { partsOf, scopeText } from '../arm/ids.ts';
import { listGroups } from '../arm/interfaces.ts';
import { lockOver, readLocks } from '../arm/locks.ts';
import { allowRulesIn } from './lease-rules.ts';
import { isKeptByLock } from './shut.ts';

/** Rules of ours that are over and deny, as a lock, an Azure Policy or a deny assignment keeps them from being deleted. */
export async function leftovers(azure: Azure, signal: AbortSignal): Promise<readonly Leftover[]> {
  const { done, failed } = await outcomesOf(azure.subscriptions, (site) => leftIn(azure, site, signal));
  const found = done.flatMap(({ value }) => value);
  const [first] = failed;
  if (first && found.length === 0) throw first.error;
  return found;
}

async function leftIn({ installation }: Azure, site: Subscription, signal: AbortSignal): Promise<readonly Leftover[]> {
  const kept = [...allowRulesIn(await listGroups(site, signal), installation, 'deny').values()].flat();
  const locks = kept.length > 0 ? await readLocks(site, signal) : [];
  return kept.map(({ group, name, rule }) => {
    const because = locks ? becauseOf(lockOver(locks, group), isKeptByLock(rule)) : UNREAD;
    return { rule: name, where: partsOf(group).name, because };
  });
}

const UNREAD =
  'Something keeps it, and the management locks may not be read; remove what keeps it, and Drawbridge deletes the rule within a day.';

function becauseOf(lock: ReturnType<typeof lockOver>, isLocks: boolean): string {
  if (lock)
    return `The lock “${lock.name}” on ${scopeText(lock.scope)} keeps it; remove the lock, and Drawbridge deletes the rule within a few minutes.`;
  return isLocks
    ? 'No lock that Drawbridge can see keeps it any more; it is deleted at the next patrol.'
    : 'An Azure Policy or a deny assignment keeps it; allow deleting it, and Drawbridge does so within a day.';
}
