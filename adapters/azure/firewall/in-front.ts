import type { AzureFirewall, RouteTable } from '@azure/arm-network';
import { JitError } from '../../../src/core/errors/errors.ts';
import { familyOf } from '../../../src/core/rule/source.ts';
import { type Azure, isConfigured, siteIn } from '../arm/context.ts';
import { type ArmId, armIds, partsOf } from '../arm/ids.ts';
import { orGone, type Vm } from '../arm/machine.ts';
import { type NearNetwork, readConnected, readPrefixes, vnetOf } from '../arm/virtual-networks.ts';
import { CLOUD } from '../errors.ts';
import type { FirewallInPath } from '../reach/model.ts';
import { orDenied } from '../reach/or-unknown.ts';
import { type FirewallLists, readFirewalls } from './lists.ts';
import { readPath } from './path.ts';
import { classicRuleSource, type RuleSource, readRuleSource } from './rule-source.ts';
import type { FirewallRule } from './rules.ts';

/** A firewall that everything from a subnet is sent through. */
export interface Firewall {
  readonly id: ArmId;
  readonly name: string;
  /** Where its rules are written; its id is that of the firewall or of its policy, and what is locked. */
  readonly ruleSource: RuleSource;
  /** What passes is judged by this: the parents' network rules come before those of the rule source. */
  readonly path: FirewallInPath<FirewallRule>;
  /** Prefixes of its subnet: what it translates comes from there. */
  readonly inside: readonly string[];
  /** Its public IPv4 addresses. */
  readonly addresses: readonly string[];
}

/** The firewalls in front of the interfaces of a machine, by interface. */
export type Firewalls = ReadonlyMap<ArmId, Firewall>;

export const NO_FIREWALLS: Firewalls = new Map();

/**
 * The firewalls that the routes of a machine's subnets lead to, in its own network or in one that is peered with it. Where
 * the role may not read this it is said in the log, and the machine judged as if there was none: more seems open then.
 */
export async function firewallsBefore(azure: Azure, vm: Vm, signal: AbortSignal): Promise<Firewalls> {
  const found = await findFirewalls(azure, vm, signal, (read) => orTold(azure, vm, read));
  const firewalls = new Map<ArmId, Firewall>();
  for (const resource of new Set(found.values())) {
    const firewall = await orTold(azure, vm, () => readFirewall(azure, resource, signal));
    for (const [nic, one] of found) if (firewall && one === resource) firewalls.set(nic, firewall);
  }
  return firewalls;
}

/** Where the role may not read what is on a machine's way. */
async function orTold<T>(azure: Azure, { machine }: Vm, read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof JitError) || error.code !== 'cloudDenied') throw error;
    azure.log.warn({ machine: machine.id, error }, 'the route of a machine could not be read');
    return undefined;
  }
}

/** What becomes of a reading that the role does not allow. */
type Reading = <T>(read: () => Promise<T>) => Promise<T | undefined>;

/** The firewalls that the routes of a machine's subnets lead to, by interface. What may not be read is an error unless told otherwise. */
export async function findFirewalls(
  azure: Azure,
  vm: Vm,
  signal: AbortSignal,
  reading: Reading = (read) => read(),
): Promise<ReadonlyMap<ArmId, AzureFirewall>> {
  const { nics } = vm;
  const subnets = nics.flatMap((nic) => nic.subnets);
  const hops = new Map<ArmId, string>();
  for (const id of armIds(subnets.map(({ routes }) => routes))) {
    const hop = await reading(() => readHop(azure, id, signal));
    if (hop) hops.set(id, hop);
  }
  if (hops.size === 0) return new Map();
  const lists = await readFirewalls(azure, signal);
  const found = new Map<ArmId, AzureFirewall>();
  for (const nic of nics) {
    for (const { id, routes } of nic.subnets) {
      const hop = hops.get(routes?.toLowerCase() ?? '');
      if (!hop) continue;
      const near = (await reading(() => readConnected(azure, vnetOf(id), signal))) ?? [];
      const isNear = (one: AzureFirewall) => near.some((network) => network.id === vnetOf(subnetOf(one) ?? ''));
      const firewall = lists.all.find((one) => addressOf(one) === hop && isNear(one));
      if (firewall) found.set(nic.id, firewall);
      else await reading(async () => refuseHidden(azure, near, lists));
    }
  }
  return found;
}

/** Throws where the firewall may be in a configured subscription whose firewalls may not be read. */
function refuseHidden(azure: Azure, near: readonly NearNetwork[], { sites }: FirewallLists): void {
  const hidden = near.find(({ id }) => isConfigured(azure, id) && !sites.has(partsOf(id).subscription.toLowerCase()));
  if (hidden) throw new JitError('cloudDenied', { cloud: CLOUD, code: 'Microsoft.Network/azureFirewalls/read' });
}

/** Where everything that has no route of its own goes; undefined when that is no appliance. */
async function readHop(azure: Azure, id: ArmId, signal: AbortSignal): Promise<string | undefined> {
  const { group, name } = partsOf(id);
  const read = siteIn(azure, id)?.read(signal, ({ network }, options) => network.routeTables.get(group, name, options));
  const table = read && (await orGone(read));
  return table && hopOf(table);
}

/** The appliance that a route table sends everything to that has no route of its own. */
export function hopOf({ routes }: RouteTable): string | undefined {
  const hopFor = (prefix: string) =>
    (routes ?? []).find(
      ({ addressPrefix, nextHopType }) => addressPrefix === prefix && nextHopType === 'VirtualAppliance',
    )?.nextHopIpAddress;
  // A default route can be written in halves, so that it goes before one that a gateway learned.
  const [low, high] = [hopFor('0.0.0.0/1'), hopFor('128.0.0.0/1')];
  return low !== undefined && low === high ? low : hopFor('0.0.0.0/0');
}

/** All there is to know of one firewall; undefined when it has just gone. */
export async function readFirewall(
  azure: Azure,
  firewall: AzureFirewall,
  signal: AbortSignal,
): Promise<Firewall | undefined> {
  const id = (firewall.id ?? '').toLowerCase();
  const [known, addresses] = await Promise.all([
    readWithoutAddresses(azure, firewall, signal),
    readAddresses(azure, firewall, signal),
  ]);
  return known && { id, name: partsOf(id).name, addresses, ...known };
}

/** What decides of packets. Where people connect to is for who writes there. */
export async function readWithoutAddresses(
  azure: Azure,
  firewall: AzureFirewall,
  signal: AbortSignal,
): Promise<Pick<Firewall, 'ruleSource' | 'inside' | 'path'> | undefined> {
  const { name } = partsOf(firewall.id ?? '');
  const policy = firewall.firewallPolicy?.id?.toLowerCase();
  const subnet = subnetOf(firewall);
  const [ruleSource, inside] = await Promise.all([
    policy === undefined ? classicRuleSource(azure, firewall) : readConfigured(azure, policy, signal),
    subnet === undefined ? ANYWHERE : readInside(azure, subnet, signal),
  ]);
  if (!ruleSource) return undefined;
  return { ruleSource, inside, path: await readPath(azure, { name, firewall, ruleSource, inside }, signal) };
}

/** Which addresses a firewall in a virtual hub has is not told. */
const ANYWHERE = ['0.0.0.0/0'];

/** Which addresses its subnet has nobody can tell where that may not be read. */
async function readInside(azure: Azure, subnet: ArmId, signal: AbortSignal): Promise<readonly string[]> {
  return (isConfigured(azure, subnet) && (await orDenied(readPrefixes(azure, subnet, signal)))) || ANYWHERE;
}

/** Undefined for one in a subscription that is not configured. */
async function readConfigured(azure: Azure, id: ArmId, signal: AbortSignal): Promise<RuleSource | undefined> {
  return isConfigured(azure, id) ? readRuleSource(azure, id, signal) : undefined;
}

/** Those that may be read: the others are not where anybody is told to connect. */
async function readAddresses(
  azure: Azure,
  { ipConfigurations = [] }: AzureFirewall,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const ids = armIds(ipConfigurations.map(({ publicIPAddress }) => publicIPAddress?.id));
  const all = await Promise.all(
    ids.map(async (id) => {
      const { group, name } = partsOf(id);
      const read = siteIn(azure, id)?.read(signal, ({ network }, options) =>
        network.publicIPAddresses.get(group, name, options),
      );
      return read && orDenied(orGone(read));
    }),
  );
  return all.flatMap((one) => one?.ipAddress ?? []).filter((address) => familyOf(address) === 'ipv4');
}

/** Without a subnet a firewall is deallocated and lets nothing through. */
export function subnetOf({ ipConfigurations = [] }: AzureFirewall): ArmId | undefined {
  return ipConfigurations.find(({ subnet }) => subnet)?.subnet?.id?.toLowerCase();
}

export function addressOf({ ipConfigurations = [] }: AzureFirewall): string | undefined {
  return ipConfigurations.find(({ privateIPAddress }) => privateIPAddress)?.privateIPAddress;
}
