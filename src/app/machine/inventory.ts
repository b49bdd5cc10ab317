import { joined } from '../../core/machine/joined.ts';
import { CLOUD_NAMES } from '../../core/machine/machine.ts';
import type { MachineList } from '../../core/machine/match.ts';
import type { Deps } from '../deps.ts';

/** All machines of all clouds. A cloud that does not answer is logged and counts as not read, unless all of them fail. */
export async function inventory(deps: Pick<Deps, 'clouds' | 'log'>, signal: AbortSignal): Promise<MachineList> {
  const clouds = [...deps.clouds.values()];
  const lists = await Promise.allSettled(clouds.map((cloud) => cloud.machines(signal)));
  const failed = lists.flatMap((list, i) =>
    list.status === 'rejected' ? [{ cloud: clouds[i]?.cloud, error: list.reason }] : [],
  );
  for (const { cloud, error } of failed) deps.log.warn({ cloud, error }, 'an inventory could not be read');
  if (failed.length === clouds.length) throw failed[0]?.error;
  const read = lists.flatMap((list) => (list.status === 'fulfilled' ? [list.value] : []));
  return {
    all: joined(read.map(({ all }) => all)),
    unread: [
      ...failed.flatMap(({ cloud }) => (cloud ? [`all of ${CLOUD_NAMES[cloud]}`] : [])),
      ...read.flatMap(({ unread }) => unread),
    ],
    unserved: read.flatMap(({ unserved = [] }) => unserved),
  };
}
