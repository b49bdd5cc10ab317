import {
  type AddressSet,
  addressesIn,
  everyAddress,
  type Family,
  publicAddresses,
  readAddresses,
} from '../../../src/core/packet/addresses.ts';
import { type KnownSet, known, knownUnion, NOTHING, unclear } from '../../../src/core/packet/known.ts';
import { difference, isWithin, union } from '../../../src/core/packet/ranges.ts';
import { VIRTUAL_HUB } from './hubs.ts';
import type { AzureRoute, Surroundings } from './model.ts';

/** The platform's own address, from which load balancers probe: no client has it ("What is IP address 168.63.129.16?"). */
export const PLATFORM = setIn(['168.63.129.16', '169.254.169.254'], 'ipv4');

/** Ranges that a private network may use, and a gateway may lead to. */
const PRIVATE: Readonly<Record<Family, AddressSet>> = {
  ipv4: setIn(['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16'], 'ipv4'),
  ipv6: setIn(['fc00::/7'], 'ipv6'),
};

/**
 * What a word of a rule stands for on the interfaces of a subnet, of one family ("Service tags"; "Network security groups").
 * `0.0.0.0/0` takes no IPv6, `*` takes both. `relied` says that somebody relies on the set to keep sources out (a deny):
 * then only what is sure may be in it without a doubt.
 */
export function wordSet(word: string, family: Family, around: Surroundings, relied: boolean): KnownSet {
  if (word === '*') return known(everyAddress(family));
  const prefix = readAddresses(word);
  if (prefix) return prefix.family === family ? known(prefix.set) : NOTHING;
  const tag = word.toLowerCase();
  const told = around.tags.get(tag);
  if (told) return known(setIn(told, family));
  switch (tag) {
    case 'virtualnetwork':
      return virtualNetwork(family, around);
    case 'internet':
      return internet(family, around, relied);
    case 'azureloadbalancer':
      return family === 'ipv4' ? known(setIn(['168.63.129.16'], 'ipv4')) : NOTHING;
    default:
      return unclear(`which addresses the tag ${word} has`, publicAddresses(family));
  }
}

/**
 * The network's own addresses, those of networks connected with it, what a gateway leads to, and prefixes of user-defined routes: one to an appliance
 * in there makes the tag as wide as the route, all of IPv4 for a default route.
 */
function virtualNetwork(family: Family, around: Surroundings): KnownSet {
  const own = setIn(around.own, family);
  const connected: KnownSet =
    'is' in around.connected
      ? known(setIn(around.connected.is, family))
      : unclear(around.connected.unknown, everyAddress(family));
  const inside = union(own, connected.surely);
  const learned = around.learns
    ? unclear('which prefixes the gateway of the network has learned', difference(PRIVATE[family], inside))
    : NOTHING;
  const routed: KnownSet =
    'is' in around.routes
      ? knownUnion(around.routes.is.map((route) => routedSet(route, family, inside, around)))
      : unclear(around.routes.unknown, everyAddress(family));
  const platform = family === 'ipv4' ? known(setIn(['168.63.129.16'], 'ipv4')) : NOTHING;
  return knownUnion([known(own), connected, learned, routed, platform]);
}

function routedSet(route: AzureRoute, family: Family, inside: AddressSet, around: Surroundings): KnownSet {
  if (route.origin === 'system') return NOTHING;
  const prefix = readAddresses(route.prefix);
  if (prefix && prefix.family !== family) return NOTHING;
  const unknown = `whether the tag VirtualNetwork holds the prefix of the route ${route.name}`;
  // What a virtual hub has sent, if anything, only effective routes tell.
  if (prefix && route.nextHop === VIRTUAL_HUB) return unclear(unknown, prefix.set);
  // The tag "might also contain default routes" that a gateway learned; of `::/0` nothing at all is written.
  const isDefault = prefix !== undefined && isWithin(everyAddress(family), prefix.set);
  if (prefix && isDefault && (route.origin === 'gateway' || family === 'ipv6')) return unclear(unknown, prefix.set);
  if (prefix && route.origin === 'gateway') return known(prefix.set);
  const told = around.tags.get(route.prefix.toLowerCase());
  const set = prefix?.set ?? (told ? setIn(told, family) : publicAddresses(family));
  const hop = route.nextHopAddress === undefined ? undefined : readAddresses(route.nextHopAddress);
  const isAppliance = route.nextHop.toLowerCase().startsWith('virtualappliance');
  if (isAppliance && (prefix || told) && hop && isWithin(hop.set, inside)) return known(set);
  const isNear = /^(?:vnetlocal|virtualnetworkgateway)$/i.test(route.nextHop);
  return isNear && (prefix || told) ? known(set) : unclear(unknown, set);
}

/** Networks that a gateway has learned: on-premises, and whatever addresses they use. */
export function learnedNetworks(family: Family, { routes }: Surroundings): AddressSet {
  const learned = 'is' in routes ? routes.is.filter(({ origin }) => origin === 'gateway') : [];
  return union(
    ...learned.flatMap(({ prefix }) => {
      const read = readAddresses(prefix);
      return read?.family === family && !isWithin(everyAddress(family), read.set) ? [read.set] : [];
    }),
  );
}

/**
 * All public addresses that are not the network's own. What exactly is in it is printed nowhere but in effective rules, and
 * there were holes in it once: who relies on it to keep somebody out is not sure, who lets somebody in by it is.
 */
function internet(family: Family, around: Surroundings, relied: boolean): KnownSet {
  const unknown = 'which addresses the tag Internet has here';
  // What becomes of the tag next to a default route is not documented.
  if (hasDefaultRoute(family, around)) return unclear(unknown, publicAddresses(family));
  const inside = wordSet('VirtualNetwork', family, around, relied);
  const outside = difference(publicAddresses(family), inside.surely);
  return relied || inside.if.length > 0 ? unclear(unknown, outside) : known(outside);
}

/** A default route, or one in halves. */
function hasDefaultRoute(family: Family, { routes }: Surroundings): boolean {
  if ('unknown' in routes) return true;
  return routes.is.some(({ prefix }) => {
    const read = readAddresses(prefix);
    return read?.family === family && /\/[01]$/.test(prefix.trim());
  });
}

function setIn(texts: readonly string[], family: Family): AddressSet {
  return addressesIn(texts, family).set;
}
