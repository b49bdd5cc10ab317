import type { Machine } from '../../core/machine/machine.ts';
import type { Deps } from '../deps.ts';

/** All machines of all clouds. A cloud that does not answer is logged and left out, unless all of them fail. */
export async function inventory(deps: Deps, signal: AbortSignal): Promise<readonly Machine[]> {
  const clouds = [...deps.clouds.values()];
  const lists = await Promise.allSettled(clouds.map((cloud) => cloud.machines(signal)));
  const failed = lists.flatMap((list, i) =>
    list.status === 'rejected' ? [{ cloud: clouds[i]?.cloud, error: list.reason }] : [],
  );
  for (const { cloud, error } of failed) deps.log.warn({ cloud, error }, 'an inventory could not be read');
  if (failed.length === clouds.length) throw failed[0]?.error;
  return lists.flatMap((list) => (list.status === 'fulfilled' ? list.value : []));
}
