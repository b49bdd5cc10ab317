import { setTimeout as pause } from 'node:timers/promises';
import { JitError } from '../../core/errors/errors.ts';
import { SECOND_MS } from '../../core/language/instant.ts';
import type { Deps } from '../deps.ts';
import { patrolMachines } from './patrol.ts';

/** After trouble with the news: the patrol goes round all the same. */
const AFTER_TROUBLE_MS = 30 * SECOND_MS;

/** Does any cloud tell soon what somebody changed? */
export function isTold({ clouds }: Deps): boolean {
  return [...clouds.values()].some((cloud) => cloud.changed !== undefined);
}

/**
 * Hears from the clouds that tell soon what somebody changed, and goes to look at these machines: rules that are over or
 * nobody's are closed, and leases that miss theirs get them back. Resolves after each piece of news, or none.
 */
export async function watch(deps: Deps, signal: AbortSignal): Promise<void> {
  const watching = [...deps.clouds.values()].filter((cloud) => cloud.changed !== undefined);
  await Promise.all(
    watching.map(async (cloud) => {
      try {
        const machines = (await cloud.changed?.(signal)) ?? [];
        if (machines.length === 0) return;
        const { at } = await deps.store.now();
        deps.log.info({ machines }, 'somebody changed something around these machines; looking');
        await deps.queue.converge(machines, `drift-${at}`, 'close');
        await patrolMachines(deps, cloud, machines, signal);
      } catch (error) {
        if (signal.aborted) throw error;
        const isBusy = error instanceof JitError && error.kind === 'busy';
        deps.log[isBusy ? 'info' : 'warn']({ cloud: cloud.cloud, error }, 'the news of a cloud could not be heard');
        await pause(AFTER_TROUBLE_MS, undefined, { signal }).catch(() => {});
      }
    }),
  );
}
