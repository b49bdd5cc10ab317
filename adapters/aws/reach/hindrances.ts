import {
  type AddressSet,
  addressesIn,
  everyAddress,
  type Family,
  publicAddresses,
  readAddresses,
} from '../../../src/core/packet/addresses.ts';
import { difference, intersection, isWithin } from '../../../src/core/packet/ranges.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { answersOut, passesIn } from './acl.ts';
import type { InstanceAddress, InstanceInterface, SubnetFacts, SubnetRoute } from './model.ts';
import { answersBy, inwardBy } from './routes.ts';

/**
 * The network ACL that keeps all of a source from a port, or all answers from it, whatever security groups let in; undefined
 * where somebody of it may get through, or nobody can tell.
 */
export function deniedByAcl({ acl, prefixes }: SubnetFacts, port: Port, source: string): string | undefined {
  const wanted = readAddresses(source);
  if (!wanted || 'unknown' in acl || 'unknown' in prefixes) return undefined;
  const { family, set } = wanted;
  // Between two interfaces of one subnet no ACL is asked ("Network ACLs").
  if (intersection(set, addressesIn(prefixes.is, family).set).length > 0) return undefined;
  const passed = intersection(set, passesIn(acl.is, family, port, everyAddress(family)));
  return answersOut(acl.is, family, port, passed).every(({ back }) => back === 'no') ? acl.is.id : undefined;
}

/** Why answers from a public address may not get to people on the Internet, as the end of a sentence: each cause once. */
export function unanswered(routes: readonly SubnetRoute[], one: InstanceAddress): readonly string[] {
  if (!isOnInternet(one)) return [];
  const { family } = one;
  const people = peopleOutside(routes, family);
  const causes = answersBy(routes, 'internet', family, people)
    .filter(({ back }) => back !== 'yes')
    .flatMap(({ because }) => because ?? []);
  return [...new Set(causes)];
}

/** Does an address have a public one that leads to it, or is it one? */
export function isOnInternet({ address, family, publicAddress }: InstanceAddress): boolean {
  if (publicAddress !== undefined) return true;
  return family === 'ipv6' && intersection(addressesIn([address], family).set, publicAddresses(family)).length > 0;
}

/** Public addresses, but for prefixes that a network of the customer has: nobody on the Internet comes from there. */
function peopleOutside(routes: readonly SubnetRoute[], family: Family): AddressSet {
  const local = routes.filter(({ target }) => target === 'local');
  const led = inwardBy(routes).filter(({ from }) => !from.endsWith('/0'));
  const near = addressesIn(
    [...local.map(({ destination }) => destination), ...led.map(({ from }) => from)],
    family,
  ).set;
  return difference(publicAddresses(family), near);
}

type AtGateway = Pick<InstanceInterface, 'id' | 'addresses' | 'publicAccess' | 'routes' | 'deniesGateway' | 'relays'>;

/**
 * What keeps all of a source, or everybody, from coming to these addresses over the Internet, as the end of a sentence; undefined
 * where nothing does, where some of it may come another way, or where nobody can tell.
 */
export function keptOffInternet(
  { id, addresses, publicAccess, routes, deniesGateway, relays }: AtGateway,
  source?: string,
): string | undefined {
  if (source !== undefined) {
    const wanted = readAddresses(source);
    if (!wanted || relays !== undefined || 'unknown' in routes) return undefined;
    if (!isWithin(wanted.set, peopleOutside(routes.is, wanted.family))) return undefined;
    const mayComeBy = inwardBy(routes.is).map(({ from }) => addressesIn([from], wanted.family).set);
    if (mayComeBy.some((set) => intersection(set, wanted.set).length > 0)) return undefined;
    // Who has no public address to come to is told by its addresses.
    if (!addresses.some((one) => one.family === wanted.family && isOnInternet(one))) return undefined;
    const six = wanted.family === 'ipv6';
    return keptOffInternet({
      id,
      addresses: addresses.filter(({ family }) => (family === 'ipv6') === six),
      publicAccess,
      routes,
      deniesGateway,
    });
  }
  if ('is' in publicAccess && publicAccess.is === 'noGateway') return 'its VPC has no Internet gateway';
  if ('is' in publicAccess && publicAccess.is === 'blocked') return 'VPC Block Public Access keeps the Internet out';
  const isShut = 'is' in deniesGateway && deniesGateway.is && addresses.every(({ family }) => family === 'ipv6');
  return isShut ? `its network interface ${id} is shut to the Internet (DenyAllIgwTraffic)` : undefined;
}
