import { JitError } from '../../src/core/errors/errors.ts';
import { say } from '../../src/core/language/say.ts';
import { partsOf } from './arm/ids.ts';
import type { SeenPresent } from './backend.ts';

/**
 * Why nothing is opened on a machine of which something that stands in front of it could not be read: nobody can tell whom it lets
 * in, or keeps out. Undefined where all was read.
 */
export function unreadBefore({ vm, groups }: Pick<SeenPresent, 'vm' | 'groups'>): JitError | undefined {
  const [first] = [
    ...vm.unread.map((id) => say`the network interface ${partsOf(id).name} could not be read`),
    ...vm.nics.flatMap(({ subnets }) =>
      subnets.flatMap(({ id, isUnread }) => (isUnread ? [say`the subnet ${partsOf(id).name} could not be read`] : [])),
    ),
    ...vm.nics
      .flatMap((nic) => nic.groups.filter((id) => !groups.has(id)))
      .map((id) => say`the network security group ${partsOf(id).name} could not be read`),
  ];
  return first === undefined ? undefined : new JitError('azureInTheWay', { why: first });
}

/** Throws it. */
export function refuseUnread({ seen }: { readonly seen: Pick<SeenPresent, 'vm' | 'groups'> }): void {
  const unread = unreadBefore(seen);
  if (unread) throw unread;
}
