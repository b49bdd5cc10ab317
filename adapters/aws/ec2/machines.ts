import type { Instance } from '@aws-sdk/client-ec2';
import { MINUTE_MS } from '../../../src/core/language/instant.ts';
import type { Machine } from '../../../src/core/machine/machine.ts';
import { SiteLists } from '../../../src/kit/site-lists.ts';
import { ENDLESS } from '../../../src/kit/time-limit.ts';
import type { Aws } from './context.ts';
import { type AccountRegion, machineAt, nameOf } from './ids.ts';
import { readInstances } from './read.ts';
import type { Site } from './sites.ts';
import { tagsOf } from './tags.ts';

/** How old a list may be. */
const KEPT_MS = MINUTE_MS;
/** Instances that are there; a terminated one lingers in the lists for about an hour. */
export const THERE = { Name: 'instance-state-name', Values: ['pending', 'running', 'stopping', 'stopped'] };

/** An instance as people know it; undefined when its id is none. */
export function toMachine(where: AccountRegion, instance: Instance): Machine | undefined {
  const id = machineAt(where, instance.InstanceId ?? '');
  if (!id) return undefined;
  const tags = tagsOf(instance.Tags);
  return {
    id,
    name: tags.Name || (instance.InstanceId ?? ''),
    tags,
    location: nameOf(where),
    ...(instance.VpcId ? { network: instance.VpcId.toLowerCase() } : {}),
    // "The platform. This value is windows for Windows instances; otherwise, it is empty" (DescribeInstances).
    os: instance.Platform?.toLowerCase() === 'windows' ? 'windows' : 'linux',
  };
}

/** The machines of all accounts and regions, each region's list read at most once a minute. */
export function machineLists(aws: Aws): SiteLists<Site, Machine> {
  return instanceLists(aws, 'the machines of a region could not be read', toMachine);
}

/** What each instance of all accounts and regions tells, each region read at most once a minute. */
export function instanceLists<T>(
  { sites, log, now }: Aws,
  warning: string,
  tell: (site: Site, instance: Instance) => T | undefined,
): SiteLists<Site, T> {
  return new SiteLists({
    async sites() {
      await sites.organization.refresh(ENDLESS);
      return sites.all();
    },
    async read(site) {
      const all = await Array.fromAsync(readInstances(site, [THERE], ENDLESS));
      return all.flatMap((instance) => tell(site, instance) ?? []);
    },
    keptMs: KEPT_MS,
    clock: { now },
    log,
    warning,
  });
}
