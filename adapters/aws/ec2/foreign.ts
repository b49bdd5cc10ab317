import type { NetworkInterface } from '@aws-sdk/client-ec2';
import { JitError } from '../../../src/core/errors/errors.ts';
import { CLOUD } from '../errors.ts';
import type { Aws } from './context.ts';
import { changeGroups, type GroupWork } from './group-life.ts';
import { nameOf, ownerOf } from './owners.ts';
import { readInterfaces } from './read.ts';
import type { Site } from './sites.ts';

/** A group of ours, and the instance that it was made for. */
export interface OwnGroup {
  /** `sg-…` */
  readonly id: string;
  readonly name: string;
  /** `i-…` */
  readonly instance: string;
}

/** How many are named. */
const MOST_NAMED = 5;

/** The interfaces that a group is on and that are not its machine's: of another instance, of a service, or of nobody. */
export async function foreignOn(
  site: Site,
  { id, instance }: Pick<OwnGroup, 'id' | 'instance'>,
  signal: AbortSignal,
): Promise<readonly NetworkInterface[]> {
  const all = await site.now.interfaces(id, signal);
  return all.filter(({ Attachment }) => Attachment?.InstanceId !== instance);
}

/**
 * Throws `foreignInterface` while a group of ours is on an interface that is not its machine's: what is opened in the group is
 * open there too. Where the settings say so it is taken off there first; what it cannot be taken off is in the error.
 */
export async function mustBeAlone(work: GroupWork, group: OwnGroup): Promise<void> {
  const { aws, site, allowed } = work;
  const foreign = await foreignOn(site, group, allowed.signal);
  const left = detaches(aws) ? await takeOff(work, group, foreign) : foreign;
  if (left.length > 0) throw await foreignError(site, group, left, allowed.signal);
}

/** The same without changing anything: undefined where nothing is in the way, or what is will be put right when it opens. */
export async function foreignTo(
  aws: Pick<Aws, 'settings'>,
  site: Site,
  group: OwnGroup,
  signal: AbortSignal,
): Promise<JitError | undefined> {
  const foreign = await foreignOn(site, group, signal);
  const left = foreign.filter((one) => !isDetachable(aws, one));
  return left.length > 0 ? foreignError(site, group, left, signal) : undefined;
}

/** Takes a group of ours off interfaces that are not its machine's, and gives those that it has to be left on. */
export async function takeOff(
  { aws, site, allowed }: GroupWork,
  { id, name }: OwnGroup,
  interfaces: readonly NetworkInterface[],
): Promise<readonly NetworkInterface[]> {
  // Whoever opens needs no right to change interfaces.
  const work = { aws, site: aws.sites.of(site, true), allowed };
  const left: NetworkInterface[] = [];
  for (const one of interfaces) {
    const filters = [{ Name: 'network-interface-id', Values: [one.NetworkInterfaceId ?? ''] }];
    const read = () => Array.fromAsync(readInterfaces(site, filters, allowed.signal));
    try {
      if (!isRemovable(one)) throw new JitError('cloudRefused', { cloud: CLOUD, code: 'LastGroupOfInterface' });
      await changeGroups(work, read, (ids) => ids.filter((group) => group !== id));
      aws.log.warn({ group: name, interface: one.NetworkInterfaceId }, 'took a security group off a foreign interface');
    } catch (error) {
      allowed.signal.throwIfAborted();
      aws.log.warn(
        { group: name, interface: one.NetworkInterfaceId, error },
        'a security group stays on a foreign interface',
      );
      left.push(one);
    }
  }
  return left;
}

/** The last group of an interface cannot be taken off, and what a service manages nobody else may change. */
function isRemovable({ Groups = [], RequesterManaged = false, Operator }: NetworkInterface): boolean {
  return Groups.length > 1 && !RequesterManaged && Operator?.Managed !== true;
}

/** May, and can, a group of ours be taken off there? */
export function isDetachable(aws: Pick<Aws, 'settings'>, one: NetworkInterface): boolean {
  return detaches(aws) && isRemovable(one);
}

function detaches({ settings }: Pick<Aws, 'settings'>): boolean {
  return settings.foreignInterfaces === 'detach';
}

export async function foreignError(
  site: Site,
  { name, instance }: OwnGroup,
  foreign: readonly NetworkInterface[],
  signal: AbortSignal,
): Promise<JitError> {
  const machine = nameOf(await site.now.instance(instance, signal)) ?? instance;
  const shown = await Promise.all(foreign.slice(0, MOST_NAMED).map((one) => ownerOf(site, one, signal)));
  const more = foreign.length - shown.length;
  const others = [...shown.toSorted(), ...(more > 0 ? [`${more} more`] : [])].join(', ');
  return new JitError('foreignInterface', { group: name, machine, others });
}
