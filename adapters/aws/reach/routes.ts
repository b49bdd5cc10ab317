import { type AddressSet, type Family, readAddresses } from '../../../src/core/packet/addresses.ts';
import { type Answered, answeredByRoutes, type RouteFor } from '../../../src/core/packet/answers.ts';
import type { SubnetRoute, WayToInstance } from './model.ts';

/** What leads to other networks: their packets come with the source that they have, a public one too. */
const TO_NETWORKS = /^(?:pcx|tgw|vgw|lgw)-|^arn:/;
/** An appliance, or what stands before one: what it hands on nobody here can tell. */
const TO_APPLIANCE = /^(?:eni|vpce)-/;
const EVERYBODY = ['0.0.0.0/0', '::/0'];

/** A way by which packets may come that never were at the Internet gateway. */
export interface Inward {
  readonly target: string;
  /** A prefix. */
  readonly from: string;
  /** Whoever is there comes. Else nobody can tell who does: behind an appliance, at the end of a default route, in a prefix list. */
  readonly isSure: boolean;
}

/**
 * By the live routes of a subnet. A network load balancer of a peered VPC hands on clients of the Internet as they are ("Client IP
 * preservation": the target is in the same VPC or in a peered one); over a transit gateway none does.
 */
export function inwardBy(routes: readonly SubnetRoute[]): readonly Inward[] {
  return routes.flatMap((route): readonly Inward[] => {
    const { target, destination, isDead } = route;
    const isNetwork = TO_NETWORKS.test(target);
    if (isDead || !(isNetwork || TO_APPLIANCE.test(target))) return [];
    const isPlain = !isListed(route);
    const isSure = isNetwork && isPlain && !destination.endsWith('/0');
    const anybody = !isPlain || target.startsWith('pcx-') ? EVERYBODY : [];
    return [
      ...(isPlain ? [{ target, from: destination, isSure }] : []),
      ...anybody.map((from) => ({ target, from, isSure: false })),
    ];
  });
}

/** Which addresses a route for a prefix list is for is not read. */
function isListed({ destination }: SubnetRoute): boolean {
  return destination.startsWith('pl-');
}

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
  const hasList = routes.some(isListed);
  const answered = answeredByRoutes(own, all, 'its subnet has no route back to the client');
  if (!hasList) return answered;
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
