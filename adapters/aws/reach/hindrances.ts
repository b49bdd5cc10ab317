import { addressesIn, everyAddress, publicAddresses, readAddresses } from '../../../src/core/packet/addresses.ts';
import { difference, intersection } from '../../../src/core/packet/ranges.ts';
import type { Port } from '../../../src/core/rule/port.ts';
import { answersOut, passesIn } from './acl.ts';
import type { InstanceAddress, SubnetFacts, SubnetRoute } from './model.ts';
import { answersBy } from './routes.ts';

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
export function unanswered(
  routes: readonly SubnetRoute[],
  { address, family, publicAddress }: InstanceAddress,
): readonly string[] {
  const isPublic = intersection(addressesIn([address], family).set, publicAddresses(family)).length > 0;
  if (publicAddress === undefined && (family === 'ipv4' || !isPublic)) return [];
  // Public prefixes that a network of the customer has: nobody on the Internet comes from there.
  const own = routes.filter(
    ({ target, destination, isDead }) =>
      target === 'local' || (/^(?:pcx|tgw|vgw)-/.test(target) && !isDead && !destination.endsWith('/0')),
  );
  const near = addressesIn(
    own.map(({ destination }) => destination),
    family,
  ).set;
  const people = difference(publicAddresses(family), near);
  const causes = answersBy(routes, 'internet', family, people)
    .filter(({ back }) => back !== 'yes')
    .flatMap(({ because }) => because ?? []);
  return [...new Set(causes)];
}
