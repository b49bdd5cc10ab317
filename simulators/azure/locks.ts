import { Refusal } from './errors.ts';
import { type ManagementLock, type Snapshot, sameId } from './model.ts';
import { page, type Route } from './route.ts';
import type { Simulation } from './simulation.ts';
import { isNamed } from './tenant.ts';

const TYPE = 'Microsoft.Authorization/locks';
/** The version of @azure/arm-locks 2.1.0. */
const VERSION = '2020-05-01';

type Level = ManagementLock['level'];

/** The lock that is set on a resource, or on what it is in: the strictest counts ("Lock your resources"). */
export function lockOver({ locks }: Snapshot, id: string): ManagementLock | undefined {
  const over = [...locks.values()].filter(
    ({ scope }) => sameId(scope, id) || id.toLowerCase().startsWith(`${scope.toLowerCase()}/`),
  );
  return over.find(({ level }) => level === 'ReadOnly') ?? over[0];
}

/** Refuses what a lock forbids, before the provider is asked: deleting, and under `ReadOnly` writing and every POST too. */
export function checkLocks(view: Snapshot, method: string, path: string): void {
  const lock = method === 'GET' ? undefined : lockOver(view, path);
  if (!lock || (lock.level === 'CanNotDelete' && method !== 'DELETE')) return;
  const action = method === 'DELETE' ? 'delete' : 'write';
  const message = `The scope '${path}' cannot perform ${action} operation because following scope(s) are locked: '${lock.scope}'. Please remove the lock and try again.`;
  throw new Refusal(409, 'ScopeLocked', message);
}

/** The locks of the subscription and of all that is in it ("Management Locks", List At Subscription Level). */
export function lockRoutes(sim: Simulation): readonly Route[] {
  return [
    {
      operation: 'ManagementLocks_ListAtSubscriptionLevel',
      area: 'arm',
      method: 'GET',
      apiVersion: VERSION,
      path: `/subscriptions/{subscriptionId}/providers/${TYPE}`,
      query: ['$filter', '$skiptoken'],
      handle: (call) => {
        const own = [...call.view.locks.values()].filter((lock) => isNamed(call, lock));
        const items = own.map(({ id, name, level }) => ({
          id,
          name,
          type: TYPE,
          properties: { level, notes: 'set by hand' },
        }));
        return page(call, items, sim.behaviour.pageSize, sim.origin());
      },
    },
  ];
}

/** What people who may set locks do. */
export function lockHands({ world, subscriptionId }: Simulation) {
  const idOf = (name: string, scope: string) => `${scope}/providers/${TYPE}/${name}`;
  const subscription = `/subscriptions/${subscriptionId}`;
  return {
    /** Sets a lock on a scope below the subscription (`/resourceGroups/rg-prod`), or on all of it. */
    setLock(name: string, level: Level, below = ''): void {
      const scope = `${subscription}${below}`;
      world.put('locks', { id: idOf(name, scope), name, scope, level });
    },
    removeLock(name: string): void {
      for (const lock of world.current.locks.values()) if (sameId(lock.name, name)) world.remove('locks', lock.id);
    },
  };
}
