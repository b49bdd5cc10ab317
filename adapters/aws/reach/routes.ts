import { type AddressSet, type Family, readAddresses } from '../../../src/core/packet/addresses.ts';
import { type Answered, answeredByRoutes, type RouteFor } from '../../../src/core/packet/answers.ts';
import type { SubnetRoute, WayToInstance } from './model.ts';

/**
 * Whether answers to a client leave the way that the packet came ("AzureRoute tables": the longest prefix decides). What came
 * through the Internet gateway must leave by one; what came privately, by anything that leads to private networks.
 */
export function answersBy(
  routes: readonly SubnetRoute[],
  kind: WayToInstance['kind'],
  family: Family,
  all: AddressSet,
): readonly Answered[] {
  const own = routes
    .flatMap((route): readonly (RouteFor & { readonly size: bigint })[] => {
      const read = readAddresses(route.destination);
      if (read?.family !== family) return [];
      const size = read.set.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
      return [{ set: read.set, answers: answerThrough(route, kind), size }];
    })
    .toSorted((a, b) => (a.size < b.size ? -1 : 1));
  // A route for a prefix list names no addresses here: nobody can tell whom it is for.
  const isListed = routes.some(({ destination }) => destination.startsWith('pl-'));
  const answered = answeredByRoutes(own, all, 'its subnet has no route back to the client');
  if (!isListed) return answered;
  return answered.map((one) =>
    one.back === 'no' ? { ...one, back: 'unclear', because: 'a route of its subnet is for a prefix list' } : one,
  );
}

function answerThrough({ target, isDead }: SubnetRoute, kind: WayToInstance['kind']): RouteFor['answers'] {
  if (isDead) return { back: 'no', because: `the route to ${target} leads nowhere` };
  const isGateway = target.startsWith('igw-');
  if (kind === 'internet') {
    if (isGateway) return { back: 'yes' };
    if (target === 'local') return { back: 'no', because: 'answers stay in the VPC' };
    if (/^(?:eni|vpce|tgw)-/.test(target)) return { back: 'unclear', because: `answers leave through ${target}` };
    return { back: 'no', because: `answers leave through ${target}` };
  }
  if (target === 'local' || /^(?:pcx|tgw|vgw|lgw|cagw|eni|vpce|core-network|arn:)/.test(target)) {
    const isAppliance = /^(?:eni|vpce)-/.test(target);
    return isAppliance ? { back: 'unclear', because: `answers leave through ${target}` } : { back: 'yes' };
  }
  return { back: 'no', because: `answers leave through ${target}` };
}
