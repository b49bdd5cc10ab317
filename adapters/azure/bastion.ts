import type { BastionHost } from '@azure/arm-network';
import { JitError } from '../../src/core/errors/errors.ts';
import type { MachineId } from '../../src/core/machine/machine.ts';
import type { Bastion } from '../../src/ports/bastions.ts';
import { type Azure, siteOf } from './arm/context.ts';
import { type ArmId, armIds } from './arm/ids.ts';
import { readPresent } from './arm/reading.ts';
import { readConnected, readPrefixes, vnetOf } from './arm/virtual-networks.ts';

/**
 * The Azure Bastion that reaches a machine: the one of its own virtual network, else the only one of those that are
 * peered with it ("About virtual network peering and Bastion"). It connects to the private address, from its own subnet.
 */
export async function bastionFor(azure: Azure, machine: MachineId, signal: AbortSignal): Promise<Bastion> {
  const vm = await readPresent(azure, machine, signal);
  const own = armIds(vm.nics.flatMap(({ subnets }) => subnets.map(({ id }) => vnetOf(id))));
  const near = await Promise.all(own.map((vnet) => readConnected(siteOf(azure, vnet), vnet, signal)));
  const hosts = (await readHosts(azure, signal)).flatMap(seated);
  const inOwn = hosts.filter(({ subnet }) => own.includes(vnetOf(subnet)));
  const reaching = inOwn.length > 0 ? inOwn : hosts.filter(({ subnet }) => near.flat().includes(vnetOf(subnet)));
  const found = await Promise.all(
    reaching.map(async ({ name, subnet }) => {
      const [prefix] = await readPrefixes(siteOf(azure, subnet), subnet, signal);
      return prefix === undefined ? [] : [{ name, prefix }];
    }),
  );
  const [only, ...more] = found.flat();
  if (!only) throw new JitError('noBastion', { machine: vm.machine.name });
  if (more.length === 0) return only;
  const names = [only, ...more].map(({ name, prefix }) => `${name} (${prefix})`).join(', ');
  throw new JitError('severalBastions', { machine: vm.machine.name, names });
}

/** It may be in the subscription of the hub. One that cannot be read could hold the right one: then it is an error. */
async function readHosts({ subscriptions }: Azure, signal: AbortSignal): Promise<readonly BastionHost[]> {
  const lists = await Promise.all(
    subscriptions.map((site) =>
      site.read(signal, ({ network }, options) => Array.fromAsync(network.bastionHosts.list(options))),
    ),
  );
  return lists.flat();
}

/** A Bastion of the Developer tier has no subnet: what it connects from is not known. */
function seated({ name = '', ipConfigurations = [] }: BastionHost): readonly { name: string; subnet: ArmId }[] {
  const subnet = ipConfigurations.find((one) => one.subnet)?.subnet?.id?.toLowerCase();
  return subnet === undefined ? [] : [{ name, subnet }];
}
