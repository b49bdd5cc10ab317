import type { SecurityGroup } from '@aws-sdk/client-ec2';
import type { Instant } from '../../src/core/language/instant.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import type { Aws } from './ec2/context.ts';
import { isStripped } from './ec2/group-life.ts';
import { instanceRef, machineAt } from './ec2/ids.ts';
import { readGroups } from './ec2/read.ts';
import { groupName, instanceOfGroup, isOurs, protectionEndedAt } from './ec2/security-group.ts';
import type { Site } from './ec2/sites.ts';
import type { LeaseGroup } from './lease/strategy.ts';

/** How many groups are read at a time. */
export const TOGETHER = 100;

/** Goes through all accounts and regions, or those of some machines. One that cannot be read does not hide what is in the others. */
export async function* everywhere<T>(
  aws: Aws,
  signal: AbortSignal,
  only: readonly MachineId[] | undefined,
  look: (site: Site, instances?: readonly string[]) => AsyncGenerator<T>,
): AsyncGenerator<T> {
  const errors: unknown[] = [];
  for (const site of aws.sites.all()) {
    const own = only?.map(instanceRef).filter((ref) => ref.account === site.account && ref.region === site.region);
    if (own?.length === 0) continue;
    try {
      yield* look(
        site,
        own?.map(({ instance }) => instance),
      );
    } catch (error) {
      errors.push(error);
      signal.throwIfAborted();
    }
  }
  if (errors.length > 0) throw errors[0];
}

export interface OurGroup extends LeaseGroup {
  readonly machine: MachineId;
  /** When its protection was ended, where only deleting it is left. */
  readonly endedAt?: Instant;
  /** As it was read, where it is like other groups, or lets something out: made by an earlier version, or edited by hand. */
  readonly unstripped?: SecurityGroup;
}

/** The groups that we made, by their ids: of all machines, or of these instances. */
export async function ourGroups(
  aws: Aws,
  site: Site,
  instances: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, OurGroup>> {
  const groups = new Map<string, OurGroup>();
  const names = (instances ?? ['i-']).map((instance) => `${groupName(aws.installation, instance)}*`);
  const filters = [{ Name: 'group-name', Values: names }];
  for await (const group of readGroups(site, filters, signal)) {
    const { GroupId: id = '', GroupName: name = '' } = group;
    const machine = machineAt(site, instanceOfGroup(aws.installation, name) ?? '');
    if (!machine || !isOurs(group, aws.installation)) continue;
    const endedAt = protectionEndedAt(group);
    groups.set(id, {
      id,
      name,
      machine,
      ...(endedAt === undefined ? {} : { endedAt }),
      ...(isStripped(group) ? {} : { unstripped: group }),
    });
  }
  return groups;
}
