import type { VirtualMachine } from '@azure/arm-compute';
import type {
  NetworkInterface,
  NetworkInterfaceIPConfiguration,
  NetworkSecurityGroup,
  Subnet as SubnetRead,
} from '@azure/arm-network';
import {
  type Machine,
  type MachineId,
  machineId,
  type OperatingSystem,
  providerIdOf,
} from '../../../src/core/machine/machine.ts';
import { JoinedReads } from '../../../src/kit/joined-reads.ts';
import { isNotFound } from '../errors.ts';
import type { Subscription } from './clients.ts';
import { type ArmId, armIds, isOf, part, partsOf } from './ids.ts';

/** One network interface: its private addresses, and the groups that traffic must pass, subnet's and own. */
export interface Nic {
  readonly id: ArmId;
  readonly addresses: readonly string[];
  readonly groups: readonly ArmId[];
  readonly subnets: readonly Subnet[];
  /** Its own group. */
  readonly group?: ArmId;
  readonly configurations: readonly NicAddress[];
}

/** One private address of an interface, and what leads to it from outside. */
export interface NicAddress {
  /** Of the entry of the interface's `ipConfigurations`. */
  readonly id: ArmId;
  readonly address: string;
  readonly subnet: ArmId;
  /** Application security groups that it is a member of. */
  readonly memberOf: readonly ArmId[];
  readonly publicAddress?: ArmId;
  /** Backend pools and inbound NAT rules of load balancers that it names. */
  readonly leads: readonly ArmId[];
  /** The frontend of a gateway load balancer that packets to its public address go through. */
  readonly gateway?: ArmId;
}

/** A subnet with what traffic of its machines goes by. */
export interface Subnet {
  readonly id: ArmId;
  readonly group?: string | undefined;
  /** Its route table; not known of lists of interfaces. */
  readonly routes?: string | undefined;
  /** It is there, as an interface is in it, and could not be read. */
  readonly isUnread?: true;
}

/** A VM that is there, and what traffic to it must pass. */
export interface Vm {
  /** As Azure writes it. */
  readonly id: string;
  readonly machine: Machine;
  /** Azure's `vmId`: another one for a VM that is made anew under the same name. */
  readonly identity?: string;
  readonly location: string;
  readonly runs: boolean;
  readonly nics: readonly Nic[];
  /** Interfaces that it names and that were not found: what they let in nobody can tell. */
  readonly unread: readonly ArmId[];
}

/** A VM as people know it; undefined when its id is none. */
export function toMachine(vm: VirtualMachine): Machine | undefined {
  const { id = '', name = '', tags = {}, location, storageProfile } = vm;
  const known = machineId('azure', id);
  const os = systemOf(storageProfile?.osDisk?.osType);
  return (
    known && {
      id: known,
      name,
      tags,
      location: `${partsOf(known).group}, ${location}`,
      region: regionOf(location),
      ...(os === undefined ? {} : { os }),
    }
  );
}

/** `osType` is `Linux` or `Windows` ("Virtual Machines - Get"); whatever else Azure says some day is not known. */
function systemOf(type = ''): OperatingSystem | undefined {
  const name = type.toLowerCase();
  return name === 'linux' || name === 'windows' ? name : undefined;
}

/** `West Europe` and `westeurope` are the same. */
function regionOf(location = ''): string {
  return location.toLowerCase().replaceAll(' ', '');
}

/** One VM, read now; undefined when it is gone. */
export async function readVm(site: Subscription, id: MachineId, signal: AbortSignal): Promise<Vm | undefined> {
  const { group, name } = partsOf(providerIdOf(id));
  const vm = await orGone(
    site.read(signal, ({ compute }, options) =>
      compute.virtualMachines.get(group, name, { ...options, expand: 'instanceView' }),
    ),
  );
  const machine = vm && toMachine(vm);
  if (!vm || !machine) return undefined;
  const ids = armIds((vm.networkProfile?.networkInterfaces ?? []).map((nic) => nic.id));
  const nics = await Promise.all(ids.map((one) => readNic(site, one, signal)));
  const runs = (vm.instanceView?.statuses ?? []).some(({ code }) => code === 'PowerState/running');
  return {
    id: vm.id ?? '',
    machine,
    ...(vm.vmId === undefined ? {} : { identity: vm.vmId.toLowerCase() }),
    location: regionOf(vm.location),
    runs,
    nics: nics.flatMap((nic) => nic ?? []),
    unread: ids.filter((_, i) => !nics[i]),
  };
}

async function readNic(site: Subscription, id: ArmId, signal: AbortSignal): Promise<Nic | undefined> {
  const { group, name } = partsOf(id);
  const nic = await orElsewhere(site, id, () =>
    site.read(signal, ({ network }, options) => network.networkInterfaces.get(group, name, options)),
  );
  if (!nic) return undefined;
  const subnets = await Promise.all(subnetsOf(nic).map((subnet) => readSubnet(site, subnet, signal)));
  return toNic(id, nic, subnets);
}

/** The groups of the subnets come first, as traffic passes them. */
export function toNic(id: ArmId, nic: NetworkInterface, subnets: readonly Subnet[]): Nic {
  const configurations = (nic.ipConfigurations ?? []).flatMap(addressOf);
  const own = nic.networkSecurityGroup?.id?.toLowerCase();
  return {
    id,
    addresses: configurations.map(({ address }) => address),
    groups: armIds([...subnets.map(({ group }) => group), own]),
    subnets,
    ...(own === undefined ? {} : { group: own }),
    configurations,
  };
}

function addressOf(one: NetworkInterfaceIPConfiguration): readonly NicAddress[] {
  if (!one.privateIPAddress) return [];
  const publicAddress = one.publicIPAddress?.id?.toLowerCase();
  const gateway = one.gatewayLoadBalancer?.id?.toLowerCase();
  return [
    {
      id: (one.id ?? '').toLowerCase(),
      address: one.privateIPAddress,
      subnet: one.subnet?.id?.toLowerCase() ?? '',
      memberOf: armIds((one.applicationSecurityGroups ?? []).map((group) => group.id)),
      ...(publicAddress === undefined ? {} : { publicAddress }),
      leads: armIds(
        [...(one.loadBalancerBackendAddressPools ?? []), ...(one.loadBalancerInboundNatRules ?? [])].map(
          ({ id }) => id,
        ),
      ),
      ...(gateway === undefined ? {} : { gateway }),
    },
  ];
}

export function subnetsOf({ ipConfigurations = [] }: NetworkInterface): readonly ArmId[] {
  return armIds(ipConfigurations.map(({ subnet }) => subnet?.id));
}

async function readSubnet(site: Subscription, id: ArmId, signal: AbortSignal): Promise<Subnet> {
  const { group, name } = partsOf(id);
  const subnet = await orElsewhere(site, id, () =>
    joined(site).subnets.read(id, signal, (own) =>
      site.read(own, ({ network }, options) => network.subnets.get(group, part(id, 'virtualNetworks'), name, options)),
    ),
  );
  if (!subnet) return { id, isUnread: true };
  return { id, group: subnet.networkSecurityGroup?.id, routes: subnet.routeTable?.id };
}

/**
 * Interfaces, their subnets and groups are in the subscription of their machine ("Network interfaces"; "Network security groups"):
 * of one that is named in another nothing is known, whatever has its name here.
 */
async function orElsewhere<T>(site: Subscription, id: ArmId, read: () => Promise<T>): Promise<T | undefined> {
  return isOf(site, id) ? orGone(read()) : undefined;
}

/** One network security group with its rules; undefined when it is gone. */
export function readGroup(
  site: Subscription,
  id: ArmId,
  signal: AbortSignal,
): Promise<NetworkSecurityGroup | undefined> {
  const { group, name } = partsOf(id);
  return orElsewhere(site, id, () =>
    joined(site).groups.read(id, signal, (own) =>
      site.read(own, ({ network }, options) => network.networkSecurityGroups.get(group, name, options)),
    ),
  );
}

/** What many machines share: their readings are joined. */
interface Joined {
  readonly groups: JoinedReads<NetworkSecurityGroup>;
  readonly subnets: JoinedReads<SubnetRead>;
}

const joinedReads = new WeakMap<Subscription, Joined>();

function joined(site: Subscription): Joined {
  const known = joinedReads.get(site) ?? { groups: new JoinedReads(), subnets: new JoinedReads() };
  joinedReads.set(site, known);
  return known;
}

/** The result, or undefined when what was named is not there. */
export async function orGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}
