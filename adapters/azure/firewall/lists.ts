import type { AzureFirewall } from '@azure/arm-network';
import type { Azure } from '../arm/context.ts';
import { partsOf } from '../arm/ids.ts';
import type { NearNetwork } from '../arm/virtual-networks.ts';
import { isHubNetwork } from '../reach/hubs.ts';
import type { FirewallInPath } from '../reach/model.ts';
import { orDenied } from '../reach/or-unknown.ts';

/** The firewalls of all subscriptions, as far as the role lets us read them: one may be in the subscription of a hub. */
export interface FirewallLists {
  readonly all: readonly AzureFirewall[];
  /** Whose lists were read, by their ids in lower case. */
  readonly sites: ReadonlySet<string>;
}

export async function readFirewalls(
  { subscriptions }: Pick<Azure, 'subscriptions'>,
  signal: AbortSignal,
): Promise<FirewallLists> {
  const lists = await Promise.all(
    subscriptions.map(async (site) => {
      const list = await orDenied(
        site.read(signal, ({ network }, options) => Array.fromAsync(network.azureFirewalls.listAll(options))),
      );
      return list ? [{ list, site: site.id.toLowerCase() }] : [];
    }),
  );
  const read = lists.flat();
  return { all: read.flatMap(({ list }) => list), sites: new Set(read.map(({ site }) => site)) };
}

const ANYWHERE = ['0.0.0.0/0'];

/** Stands for the firewalls that nobody here could read. `inside`: what these send from. */
export function unreadFirewall(name: string, unknown: string, inside = ANYWHERE): FirewallInPath<never> {
  return { name, isClassic: false, rules: { unknown }, inside, ipGroups: new Map(), keepsSourceTo: { is: [] } };
}

/**
 * One for each of these networks in which there may be firewalls that are in no list: those of subscriptions that could not be read.
 * Firewalls of a virtual hub are not in its network, which is Microsoft's.
 */
export function hiddenIn(near: readonly NearNetwork[], { sites }: FirewallLists): readonly FirewallInPath<never>[] {
  return near
    .filter(({ id }) => !sites.has(partsOf(id).subscription.toLowerCase()) && !isHubNetwork(id))
    .map(({ id, prefixes }) => {
      const { name } = partsOf(id);
      const unknown = `which firewalls are in the virtual network ${name}, as its subscription could not be read`;
      return unreadFirewall(name, unknown, prefixes.length > 0 ? [...prefixes] : ANYWHERE);
    });
}
