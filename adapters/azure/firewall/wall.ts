import type { AzureFirewall, RouteTable } from '@azure/arm-network';
import { JitError } from '../../../src/core/errors/errors.ts';
import { familyOf } from '../../../src/core/rule/source.ts';
import type { Subscription } from '../arm/clients.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import { type ArmId, armIds, partsOf } from '../arm/ids.ts';
import { orGone, type Vm } from '../arm/machine.ts';
import { readConnected, readPrefixes, vnetOf } from '../arm/virtual-networks.ts';
import { type Book, classicBook, readBook } from './book.ts';
import type { WallRule } from './rules.ts';

/** A firewall that everything from a subnet is sent through. */
export interface Wall {
  readonly id: ArmId;
  readonly name: string;
  /** Where its rules are written; its id is that of the firewall or of its policy, and what is locked. */
  readonly book: Book;
  /** What passes is judged by these: the parents' network rules come before those of the book. */
  readonly rules: readonly WallRule[];
  /** Prefixes of its subnet: what it translates comes from there. */
  readonly inside: readonly string[];
  /** Its public IPv4 addresses. */
  readonly addresses: readonly string[];
}

/** The firewalls in front of the interfaces of a machine, by interface. */
export type Walls = ReadonlyMap<ArmId, Wall>;

export const NO_WALLS: Walls = new Map();

/**
 * The firewalls that the routes of a machine's subnets lead to, in its own network or in one that is peered with it. Where
 * the role may not read this it is said in the log, and the machine judged as if there was none: more seems open then.
 */
export async function wallsBefore(azure: Azure, vm: Vm, signal: AbortSignal): Promise<Walls> {
  if (!vm.faces.some(({ subnets }) => subnets.some(({ routes }) => routes))) return NO_WALLS;
  try {
    return await findWalls(azure, vm, signal);
  } catch (error) {
    if (!(error instanceof JitError) || error.code !== 'cloudDenied') throw error;
    azure.log.warn({ machine: vm.machine.id, error }, 'the route of a machine could not be read');
    return NO_WALLS;
  }
}

async function findWalls(azure: Azure, vm: Vm, signal: AbortSignal): Promise<Walls> {
  const found = await findFirewalls(azure, vm, signal);
  const walls = new Map<ArmId, Wall>();
  for (const firewall of new Set(found.values())) {
    const wall = await readWall(azure, firewall, signal);
    for (const [nic, one] of found) if (wall && one === firewall) walls.set(nic, wall);
  }
  return walls;
}

/** The firewalls that the routes of a machine's subnets lead to, by interface. What may not be read is an error. */
export async function findFirewalls(
  azure: Azure,
  { faces }: Vm,
  signal: AbortSignal,
): Promise<ReadonlyMap<ArmId, AzureFirewall>> {
  const subnets = faces.flatMap((face) => face.subnets);
  const hops = new Map<ArmId, string>();
  for (const id of armIds(subnets.map(({ routes }) => routes))) {
    const hop = await readHop(siteOf(azure, id), id, signal);
    if (hop) hops.set(id, hop);
  }
  if (hops.size === 0) return new Map();
  const all = await readFirewalls(azure, signal);
  const found = new Map<ArmId, AzureFirewall>();
  for (const face of faces) {
    for (const { id, routes } of face.subnets) {
      const hop = hops.get(routes?.toLowerCase() ?? '');
      const there = hop ? all.filter((one) => addressOf(one) === hop) : [];
      if (there.length === 0) continue;
      const near = await readConnected(siteOf(azure, id), vnetOf(id), signal);
      const firewall = there.find((one) => near.includes(vnetOf(subnetOf(one) ?? '')));
      if (firewall) found.set(face.nic, firewall);
    }
  }
  return found;
}

/** Where everything that has no route of its own goes; undefined when that is no appliance. */
async function readHop(site: Subscription, id: ArmId, signal: AbortSignal): Promise<string | undefined> {
  const { group, name } = partsOf(id);
  const table = await orGone(
    site.read(signal, ({ network }, options) => network.routeTables.get(group, name, options)),
  );
  return table && hopOf(table);
}

/** The appliance that a route table sends everything to that has no route of its own. */
export function hopOf({ routes = [] }: RouteTable): string | undefined {
  return routes.find(
    ({ addressPrefix, nextHopType }) => addressPrefix === '0.0.0.0/0' && nextHopType === 'VirtualAppliance',
  )?.nextHopIpAddress;
}

/** The firewall may be in the subscription of the hub. */
export async function readFirewalls({ subscriptions }: Azure, signal: AbortSignal): Promise<readonly AzureFirewall[]> {
  const lists = await Promise.all(
    subscriptions.map((site) =>
      site.read(signal, ({ network }, options) => Array.fromAsync(network.azureFirewalls.listAll(options))),
    ),
  );
  return lists.flat();
}

/** All there is to know of one firewall; undefined when it has just gone. */
export async function readWall(azure: Azure, firewall: AzureFirewall, signal: AbortSignal): Promise<Wall | undefined> {
  const id = (firewall.id ?? '').toLowerCase();
  const site = siteOf(azure, id);
  const policy = firewall.firewallPolicy?.id?.toLowerCase();
  const [book, inside, addresses] = await Promise.all([
    policy === undefined ? classicBook(azure, firewall) : readBook(azure, policy, signal),
    readPrefixes(site, subnetOf(firewall) ?? '', signal),
    readAddresses(site, firewall, signal),
  ]);
  if (!book) return undefined;
  const inherited = 'policy' in book ? await readInherited(azure, book.policy.basePolicy?.id, signal) : [];
  return { id, name: partsOf(id).name, book, rules: [...inherited, ...book.rules], inside, addresses };
}

/** A policy inherits what its parents filter, and it comes first; what they translate it does not ("Rule hierarchy"). */
async function readInherited(
  azure: Azure,
  parent: string | undefined,
  signal: AbortSignal,
): Promise<readonly WallRule[]> {
  const book = parent === undefined ? undefined : await readBook(azure, parent.toLowerCase(), signal);
  if (!book || !('policy' in book)) return [];
  const above = await readInherited(azure, book.policy.basePolicy?.id, signal);
  return [...above, ...book.rules.filter(({ kind }) => kind === 'network')];
}

async function readAddresses(
  site: Subscription,
  { ipConfigurations = [] }: AzureFirewall,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const ids = armIds(ipConfigurations.map(({ publicIPAddress }) => publicIPAddress?.id));
  const all = await Promise.all(
    ids.map((id) => {
      const { group, name } = partsOf(id);
      return orGone(site.read(signal, ({ network }, options) => network.publicIPAddresses.get(group, name, options)));
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
