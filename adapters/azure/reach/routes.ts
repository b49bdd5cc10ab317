import { addressNumber, everyAddress, publicAddresses, readAddresses } from '../../../src/core/packet/addresses.ts';
import { type Answered, answeredByRoutes, type RouteFor } from '../../../src/core/packet/answers.ts';
import { holds } from '../../../src/core/packet/ranges.ts';
import { VIRTUAL_HUB } from './hubs.ts';
import type { AzureRoute, Surroundings, WayToMachine } from './model.ts';

/**
 * Whether answers to clients leave by the way that the packets came ("Virtual network traffic routing": the longest prefix
 * decides; of equal ones a user's route goes before a gateway's, and that before the built-in ones).
 */
export function answers(way: WayToMachine, around: Surroundings): readonly Answered[] {
  const all = everyAddress(way.family);
  if ('unknown' in around.routes) return [{ sources: all, back: 'unclear', because: around.routes.unknown }];
  // To a firewall's address answers stay near, and the firewall knows the connection.
  if (way.kind === 'firewall') return [{ sources: all, back: 'yes' }];
  const frontend = addressNumber(way.address);
  // Behind an internal load balancer clients are those of the network.
  const isInternal = way.kind === 'forwarded' && frontend && !holds(publicAddresses(way.family), frontend.value);
  const kind = isInternal ? 'network' : way.kind;
  const rank = { user: 0, gateway: 1, system: 2 } as const;
  const routes = [...around.routes.is, ...builtIn(around)]
    .flatMap((route): readonly (RouteFor & { readonly size: bigint; readonly rank: number })[] => {
      const read = readAddresses(route.prefix);
      if (read?.family !== way.family) return [];
      const size = read.set.reduce((sum, { first, last }) => sum + last - first + 1n, 0n);
      return [{ set: read.set, answers: answerThrough(route, kind), size, rank: rank[route.origin] }];
    })
    .toSorted((a, b) => (a.size === b.size ? a.rank - b.rank : a.size < b.size ? -1 : 1));
  const answered = answeredByRoutes(routes, all, 'no route leads back to the client');
  const isTagged = around.routes.is.some(({ prefix }) => !readAddresses(prefix));
  if (!isTagged) return answered;
  const because = 'a route of its subnet is for a service tag';
  return answered.map((one) => (one.back === 'unclear' ? one : { ...one, back: 'unclear', because }));
}

/** The next hop to networks that could not be read. */
const UNREAD = 'Unread';

/** Routes that every subnet has. Private ranges that no network has lead nowhere. */
function builtIn({ own, connected }: Surroundings): readonly AzureRoute[] {
  const near = [...own, ...('is' in connected ? connected.is : [])];
  const route = (prefix: string, nextHop: string): AzureRoute => ({ name: prefix, prefix, nextHop, origin: 'system' });
  return [
    ...near.map((prefix) => route(prefix, 'VnetLocal')),
    ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].map((prefix) =>
      'is' in connected ? route(prefix, 'None') : { ...route(prefix, UNREAD), name: connected.unknown },
    ),
    route('0.0.0.0/0', 'Internet'),
    route('::/0', 'Internet'),
  ];
}

function answerThrough({ nextHop, nextHopAddress, name }: AzureRoute, kind: WayToMachine['kind']): RouteFor['answers'] {
  const hop = nextHop.toLowerCase();
  // What only a hub may have sent, and ranges of networks that are not known.
  if (nextHop === VIRTUAL_HUB) return { back: 'unclear', because: `answers may leave through ${name}` };
  if (nextHop === UNREAD) return { back: 'unclear', because: name };
  if (hop === 'none') return { back: 'no', because: `the route ${name} drops answers` };
  if (hop === 'internet')
    return kind === 'network' ? { back: 'no', because: 'answers leave to the Internet' } : { back: 'yes' };
  if (hop.startsWith('virtualappliance')) {
    // Who carried the packet in may know the connection; of an appliance nobody here can tell.
    return { back: 'unclear', because: `answers leave through ${nextHopAddress ?? 'an appliance'}` };
  }
  if (hop === 'virtualnetworkgateway')
    return kind === 'network' ? { back: 'yes' } : { back: 'no', because: 'answers leave through the network gateway' };
  return kind === 'network' ? { back: 'yes' } : { back: 'no', because: 'answers stay in the network' };
}
