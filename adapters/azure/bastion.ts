import type { BastionHost } from '@azure/arm-network';
import { JitError } from '../../src/core/errors/errors.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import { outcomesOf } from '../../src/kit/outcome.ts';
import type { Bastion } from '../../src/ports/bastions.ts';
import type { Subscription } from './arm/clients.ts';
import type { Azure } from './arm/context.ts';
import { type ArmId, armIds, isOf } from './arm/ids.ts';
import { readPresent } from './arm/reading.ts';
import { readConnected, readPrefixes, vnetOf } from './arm/virtual-networks.ts';

/**
 * The Azure Bastion that reaches a machine: the one of its own virtual network, else the only one of those that are
 * peered with it ("About virtual network peering and Bastion"). It connects to the private address, from its own subnet.
 */
export async function bastionFor(azure: Azure, machine: MachineId, signal: AbortSignal): Promise<Bastion> {
  const vm = await readPresent(azure, machine, signal);
  const own = armIds(vm.nics.flatMap(({ subnets }) => subnets.map(({ id }) => vnetOf(id))));
  const [connected, { hosts, failed }] = await Promise.all([
    Promise.all(own.map((vnet) => readConnected(azure, vnet, signal))),
    readHosts(azure, signal),
  ]);
  const near = connected.flat().map(({ id }) => id);
  const inOwn = hosts.filter(({ subnet }) => own.includes(vnetOf(subnet)));
  const reaching = inOwn.length > 0 ? inOwn : hosts.filter(({ subnet }) => near.includes(vnetOf(subnet)));
  // One that could not be read may hold the right one, or another one besides, where it has a network that is near.
  const isNear = (site: Subscription) => (inOwn.length > 0 ? own : near).some((vnet) => isOf(site, vnet));
  const unread = failed.find(({ of }) => isNear(of));
  if (unread) throw unread.error;
  const found = await Promise.all(
    reaching.map(async ({ name, subnet }) => {
      const [prefix] = await readPrefixes(azure, subnet, signal);
      return prefix === undefined ? [] : [{ name, prefix }];
    }),
  );
  const [only, ...more] = found.flat();
  if (!only) throw new JitError('noBastion', { machine: vm.machine.name });
  if (more.length === 0) return only;
  const names = [only, ...more].map(({ name, prefix }) => `${name} (${prefix})`).join(', ');
  throw new JitError('severalBastions', { machine: vm.machine.name, names });
}

/** It may be in the subscription of the hub. */
async function readHosts({ subscriptions }: Azure, signal: AbortSignal) {
  const { done, failed } = await outcomesOf(subscriptions, (site) =>
    site.read(signal, ({ network }, options) => Array.fromAsync(network.bastionHosts.list(options))),
  );
  signal.throwIfAborted();
  return { hosts: done.flatMap(({ value }) => value.flatMap(seated)), failed };
}

/** A Bastion of the Developer tier has no subnet: what it connects from is not known. */
function seated({ name = '', ipConfigurations = [] }: BastionHost): readonly { name: string; subnet: ArmId }[] {
  const subnet = ipConfigurations.find((one) => one.subnet)?.subnet?.id?.toLowerCase();
  return subnet === undefined ? [] : [{ name, subnet }];
}
