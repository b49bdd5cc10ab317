import type { AzureFirewall } from '@azure/arm-network';
import { SECOND_MS } from '../../../src/core/language/instant.ts';
import { Recent } from '../../../src/kit/recent.ts';
import { type Azure, siteOf } from '../arm/context.ts';
import { type ArmId, armIds, partsOf } from '../arm/ids.ts';
import type { Nic, Vm } from '../arm/machine.ts';
import { readConnected, vnetOf } from '../arm/virtual-networks.ts';
import type { FirewallInPath } from '../reach/model.ts';
import { orDenied } from '../reach/or-unknown.ts';
import { type Firewall, readFirewalls, readWithoutAddresses, subnetOf } from './in-front.ts';
import type { FirewallRule } from './rules.ts';
import { withoutLeases } from './through.ts';

/** Firewalls by which packets may come to an interface, whatever its routes say: answers to what one translates go back to it. */
export type LeadingFirewalls = ReadonlyMap<ArmId, readonly FirewallInPath<FirewallRule>[]>;

const KEPT_MS = 10 * SECOND_MS;
const recentLists = new Recent<readonly AzureFirewall[]>(KEPT_MS);
const recentFirewalls = new Recent<FirewallInPath<FirewallRule> | undefined>(KEPT_MS);

interface Surroundings {
  /** Those that stand in the interfaces' way, as they were just read. */
  readonly known: ReadonlyMap<ArmId, Firewall>;
  /** The networks that one is connected with, itself too. */
  readonly nearOf: (vnet: ArmId) => Promise<readonly ArmId[]>;
  /** Every firewall there is, where it was read already. */
  readonly all?: readonly AzureFirewall[];
}

/**
 * Reads them: those in networks that are connected with the interface's, and those in virtual hubs, of which the pages do not
 * say which networks they serve.
 */
export async function leadingFirewalls(
  azure: Azure,
  nics: readonly Nic[],
  { known, nearOf, all: given }: Surroundings,
  signal: AbortSignal,
): Promise<LeadingFirewalls> {
  const all = given ?? (await listed(azure, signal));
  const found = await Promise.all(
    nics.map(async (nic): Promise<readonly [ArmId, readonly FirewallInPath<FirewallRule>[]]> => {
      const own = known.get(nic.id);
      const others = all.filter(({ id }) => id?.toLowerCase() !== own?.id);
      const near = others.length > 0 ? await nearNetworks(nic, nearOf) : [];
      const read = await Promise.all(
        others
          .filter((one) => isHub(one) || near.includes(vnetOf(subnetOf(one) ?? '')))
          .map((one) => readOne(azure, one, signal)),
      );
      return [nic.id, [...(own ? [withoutLeases(own)] : []), ...read.flatMap((one) => one ?? [])]];
    }),
  );
  return new Map(found);
}

/** Those of one machine, whose network says which others it is connected with. */
export function leadingTo(
  azure: Azure,
  { nics }: Pick<Vm, 'nics'>,
  known: ReadonlyMap<ArmId, Firewall>,
  signal: AbortSignal,
): Promise<LeadingFirewalls> {
  const nearOf = (vnet: ArmId) => readConnected(siteOf(azure, vnet), vnet, signal);
  return leadingFirewalls(azure, nics, { known, nearOf }, signal);
}

function listed(azure: Azure, signal: AbortSignal): Promise<readonly AzureFirewall[]> {
  return recentLists.read(azure, 'all', (shared) => readableFirewalls(azure, shared), signal);
}

/** Those of all subscriptions in which the role lets us read them. */
export async function readableFirewalls(azure: Azure, signal: AbortSignal): Promise<readonly AzureFirewall[]> {
  const { subscriptions } = azure;
  const lists = subscriptions.map((site) => orDenied(readFirewalls({ subscriptions: [site] }, signal)));
  return (await Promise.all(lists)).flatMap((list) => list ?? []);
}

async function nearNetworks({ subnets }: Nic, nearOf: Surroundings['nearOf']): Promise<readonly ArmId[]> {
  const vnets = armIds(subnets.map(({ id }) => vnetOf(id)));
  return (await Promise.all(vnets.map(nearOf))).flat();
}

function isHub({ virtualHub }: AzureFirewall): boolean {
  return virtualHub?.id !== undefined;
}

function readOne(
  azure: Azure,
  firewall: AzureFirewall,
  signal: AbortSignal,
): Promise<FirewallInPath<FirewallRule> | undefined> {
  const id = (firewall.id ?? '').toLowerCase();
  const { name } = partsOf(id);
  return recentFirewalls.read(
    azure,
    `${id} ${firewall.etag}`,
    async (shared) => {
      const read = await orDenied(readWithoutAddresses(azure, firewall, shared));
      const path = read && withoutLeases(read);
      if (!path)
        return { ...UNREAD, name, rules: { unknown: `the rules of the firewall ${name}, which could not be read` } };
      return isHub(firewall) ? { ...path, doubt: `whether the virtual hub of the firewall ${name} leads there` } : path;
    },
    signal,
  );
}

const ANYWHERE = ['0.0.0.0/0'];
const UNREAD = {
  isClassic: false,
  inside: ANYWHERE,
  ipGroups: new Map(),
  keepsSourceTo: { is: [] },
} as const;
