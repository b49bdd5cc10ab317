import { DeleteSecurityGroupCommand, type Instance, ModifyNetworkInterfaceAttributeCommand } from '@aws-sdk/client-ec2';
import { JitError } from '../../src/core/errors.ts';
import type { MachineId } from '../../src/core/machine.ts';
import { type Port, samePort } from '../../src/core/port.ts';
import type { MachineState } from '../../src/ports/cloud.ts';
import type { Aws } from './context.ts';
import { isCode, isNotFound } from './errors.ts';
import { look } from './observe.ts';
import { findGroup, patiently, refused, tagProtection, type Work, workOn } from './protect.ts';
import { protectionOf } from './security-group.ts';

/**
 * Takes ports out of what a machine's JIT security group says is protected; with the last one, or for all of them, takes the
 * group off its interfaces and deletes it. Refused while rules stand in it, and where an
 * interface would be left without any group, which EC2 does not allow. Each step is left out where it was done before.
 */
export async function unprotect(
  aws: Aws,
  machine: MachineId,
  signal: AbortSignal,
  ports?: readonly Port[],
): Promise<MachineState> {
  const work = await workOn(aws, machine, signal);
  const group = await findGroup(work);
  const known = (group && protectionOf(group, aws.installation)?.ports) ?? [];
  const left = known.filter(({ port }) => ports && !ports.some((one) => samePort(one, port)));
  if (group && left.length > 0) {
    if (left.length < known.length) await tagProtection(work, group, { ports: left });
  } else if (group) {
    if ((group.IpPermissions ?? []).length > 0) throw refused('GroupHasRules');
    await detach(work, group.GroupId ?? '');
    await remove(work, group.GroupId ?? '');
  }
  return look(aws, machine, signal);
}

/** NB. The list is replaced whole, without a version: it is read right before, and read back. */
async function detach(work: Work, group: string): Promise<void> {
  const { site, instance, signal } = work;
  const read = async (): Promise<Instance> => (await site.now.instance(instance.InstanceId ?? '', signal)) ?? {};
  const holding = ({ NetworkInterfaces = [] }: Instance) =>
    NetworkInterfaces.filter(({ Groups = [] }) => Groups.some(({ GroupId }) => GroupId === group));
  for (const { NetworkInterfaceId, Groups = [] } of holding(await read())) {
    const rest = Groups.flatMap(({ GroupId }) => (GroupId && GroupId !== group ? [GroupId] : []));
    if (rest.length === 0) throw refused('LastGroupOfInterface');
    await site.call(signal, (ec2, options) =>
      ec2.send(new ModifyNetworkInterfaceAttributeCommand({ NetworkInterfaceId, Groups: rest }), options),
    );
  }
  await patiently(work, async () => {
    if (holding(await read()).length > 0) throw busy();
  });
}

async function remove(work: Work, GroupId: string): Promise<void> {
  await patiently(work, async () => {
    try {
      await work.site.call(work.signal, (ec2, options) =>
        ec2.send(new DeleteSecurityGroupCommand({ GroupId }), options),
      );
    } catch (error) {
      if (isNotFound(error)) return;
      // A detachment is not known everywhere at once.
      throw isCode(error, 'DependencyViolation') ? busy() : error;
    }
  });
}

const busy = (): JitError => new JitError('cloudBusy', { cloud: 'AWS' });
