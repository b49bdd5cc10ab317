import { evaluate, waysInto } from '../../adapters/azure/reach/evaluate.ts';
import { waysThrough } from '../../adapters/azure/reach/firewall.ts';
import type { AzureRoute, FirewallInPath, TrafficRule, WayToMachine } from '../../adapters/azure/reach/model.ts';
import { answers } from '../../adapters/azure/reach/routes.ts';
import { addressNumber } from '../../src/core/packet/addresses.ts';
import { holds } from '../../src/core/packet/ranges.ts';
import type { PacketVerdict } from '../../src/core/packet/verdict.ts';
import { answered, delivered, type Entrance } from './azure-oracle.ts';
import { rulesIn, SECOND_WALL, WALL } from './azure-rules.ts';
import type { AzureWorld } from './azure-worlds.ts';
import { edgesOf, isAddressText, isInPrefix, isPublic, plainAddress } from './plain-address.ts';

/** What the evaluation and the oracle say of one source at one entrance. */
export interface Compared {
  readonly entrance: Door;
  readonly source: string;
  readonly said: 'open' | 'closed' | 'cannot tell';
  readonly because: readonly string[];
  /** Undefined: it depends on what is not known. */
  readonly isDelivered: boolean | undefined;
}

/** An entrance and every private address behind it. */
export interface Door extends Omit<Entrance, 'private'> {
  readonly private: readonly string[];
}

/** Every place that a client can send to, told from the facts alone, and not by the evaluation that is judged. */
function entrancesOf({ view, walls, asked }: AzureWorld): readonly Door[] {
  return view.addresses.flatMap((address): readonly Door[] => {
    const inside = addressesOf(address.address, rulesIn(view), walls);
    const dialled: Omit<Entrance, 'address' | 'private'>[] = [
      { kind: 'network', at: address.address, port: asked.number },
    ];
    if (address.publicAddress)
      dialled.push({ kind: 'publicAddress', at: address.publicAddress.address, port: asked.number });
    for (const forwarding of address.forwarded) {
      const behind = forwarding.floating ? forwarding.frontendPort : forwarding.backendPort;
      const at = { at: forwarding.frontend.address, port: forwarding.frontendPort || asked.number, forwarding };
      if (behind === 0 || behind === asked.number) dialled.push({ kind: 'forwarded', ...at });
    }
    if (address.mayLead) dialled.push({ kind: 'forwarded', at: address.address, port: asked.number, isUnread: true });
    if (address.family === 'ipv4')
      for (const wall of walls)
        for (const at of [WALL, SECOND_WALL, address.address])
          for (const port of at === address.address ? [asked.number] : portsOf(wall))
            dialled.push({ kind: 'firewall', at, port, wall: wall.name });
    return dialled.map((one) => ({ ...one, address, private: inside }));
  });
}

/** The address, or of a block the ends and all at which some rule begins or ends. */
function addressesOf(
  block: string,
  rules: readonly TrafficRule[],
  walls: readonly FirewallInPath[],
): readonly string[] {
  if (!block.includes('/')) return [block];
  const edges = rules.flatMap(({ destinations }) => destinations.filter(isAddressText).flatMap(edgesOf));
  const targets = walls.flatMap((wall) =>
    'is' in wall.rules
      ? wall.rules.is.flatMap(({ to, destinations }) => [to?.address ?? '', ...destinations.flatMap(prefixesOf)])
      : [],
  );
  const all = [...edgesOf(block), ...edges, ...targets.filter(isAddressText).flatMap(edgesOf)];
  return [...new Set(all)].filter((edge) => isInPrefix(plainAddress(edge), block));
}

/** Every port of a firewall at which something can change. */
function portsOf({ rules }: FirewallInPath): readonly number[] {
  const all = 'is' in rules ? rules.is.filter(({ kind }) => kind === 'nat').flatMap(({ ports }) => ports) : [];
  const edges = all.flatMap((text) => [Number(text.split('-')[0]), Number(text.split('-')[1] ?? text) + 1]);
  return [...new Set([22, ...edges])];
}

/** The ends of a range, which are addresses. */
function prefixesOf(text: string): readonly string[] {
  return text.includes('-') && isAddressText(text) ? text.split('-') : [text];
}

/** Sources at which anything could change: the edges of every prefix of the world, and some of every kind. */
function sourcesOf(
  { view, walls }: Pick<AzureWorld, 'view' | 'walls'>,
  family: 'ipv4' | 'ipv6',
  most: number,
): readonly string[] {
  const { around } = view;
  const words = [
    ...rulesIn(view).flatMap(({ sources }) => sources),
    ...('is' in around.routes ? around.routes.is.map(({ prefix }) => prefix) : []),
    ...('is' in around.connected ? around.connected.is : []),
    ...around.own,
    ...[...around.tags.values()].flat(),
    ...[...around.members.values()].flatMap((read) => ('is' in read ? read.is : [])),
    ...walls.flatMap((wall) => ('is' in wall.rules ? wall.rules.is.flatMap(({ sources }) => sources) : [])),
    ...walls.flatMap(({ ipGroups }) => [...ipGroups.values()].flatMap((read) => ('is' in read ? read.is : []))),
    ...walls.flatMap(({ threats }) => threats?.never ?? []),
  ];
  const edges = words.flatMap((word) => (isAddressText(word) && !word.includes('-') ? edgesOf(word) : []));
  const plain =
    family === 'ipv4'
      ? ['198.51.100.7', '10.1.2.3', '172.16.9.9', '20.1.2.3', '192.168.7.7', '8.8.8.8', '10.0.0.77', '20.200.0.1']
      : ['2001:db8:1::7', 'fd00:a::9', '2a00::1', 'fd00:b::1'];
  const own = [...new Set([...plain, ...edges])].filter(
    (one) => one.includes(':') === (family === 'ipv6') && isClient(one),
  );
  const step = Math.max(1, (own.length - plain.length) / (most - plain.length));
  return own.filter((_, i) => i < plain.length || Math.floor(i / step) !== Math.floor((i - 1) / step));
}

/** The platform's own addresses, and link-local ones, are no client's. */
function isClient(address: string): boolean {
  return !/^(?:168\.63\.129\.16$|169\.254\.|fe[89ab])/.test(address);
}

/** The ways that the evaluation knows through an entrance. */
function waysOf({ view, walls, asked }: AzureWorld): readonly { way: WayToMachine; verdict: PacketVerdict }[] {
  const ways = [...waysInto(view, asked), ...walls.flatMap((wall) => waysThrough(wall, view, asked))];
  return ways.map((way) => ({ way, verdict: evaluate(view, way, asked) }));
}

function leadsBy(entrance: Door, way: WayToMachine, areRulesRead: boolean): boolean {
  if (way.kind !== entrance.kind || way.family !== entrance.address.family) return false;
  if (entrance.isUnread || way.unread !== undefined)
    return entrance.isUnread === true && way.unread !== undefined && way.address === entrance.at;
  if (entrance.kind === 'firewall') {
    if (way.name?.split(':')[0] !== entrance.wall) return false;
    if (!isInPrefix(plainAddress(way.seen.destination.split('/')[0] ?? ''), entrance.address.address)) return false;
    return !areRulesRead || (way.address === entrance.at && way.port === entrance.port);
  }
  if (entrance.kind === 'network') return way.address === entrance.at;
  if (way.name !== entrance.forwarding?.name || way.address !== entrance.at || way.port !== entrance.port) return false;
  return entrance.forwarding !== undefined || way.seen.destination === entrance.address.address;
}

export function compare(world: AzureWorld, most: number): readonly Compared[] {
  const ways = waysOf(world);
  return entrancesOf(world).flatMap((entrance) => {
    const inside = entrance.private;
    const areRulesRead = world.walls.every(({ name, rules }) => name !== entrance.wall || 'is' in rules);
    const mine = ways.filter(({ way }) => leadsBy(entrance, way, areRulesRead));
    return sourcesOf(world, entrance.address.family, most).map((source): Compared => {
      // Into a block of addresses a client gets when it gets to one of them.
      const answers = world.truths.map((truth) =>
        inside.some((one) => delivered(truth, { ...entrance, private: one }, source, world.asked)),
      );
      const value = addressNumber(source)?.value ?? -1n;
      const causes = mine.flatMap(({ verdict }) => verdict.unclear.filter(({ sources }) => holds(sources, value)));
      const isOpen = mine.some(({ verdict }) => verdict.open.some(({ sources }) => holds(sources, value)));
      const [first] = answers;
      return {
        entrance,
        source,
        said: isOpen ? 'open' : causes.length > 0 ? 'cannot tell' : 'closed',
        because: causes.flatMap(({ because }) => because),
        isDelivered: answers.every((one) => one === first) ? first : undefined,
      };
    });
  });
}

/** Sources of which is said that answers come back or do not, and the oracle knows otherwise. */
export function falseAnswers({ view, asked }: AzureWorld, most: number): readonly string[] {
  const { around } = view;
  if ('unknown' in around.routes || 'unknown' in around.connected) return [];
  const system = (prefix: string, nextHop: string): AzureRoute => ({ name: prefix, prefix, nextHop, origin: 'system' });
  const routes = [
    ...around.routes.is,
    ...around.own.map((prefix) => system(prefix, 'VnetLocal')),
    ...around.connected.is.map((prefix) => system(prefix, 'VNetPeering')),
    ...['0.0.0.0/0', '::/0'].map((prefix) => system(prefix, 'Internet')),
    ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10'].map((prefix) => system(prefix, 'None')),
  ];
  const isRead = routes.every(({ prefix }) => isAddressText(prefix) || around.tags.has(prefix.toLowerCase()));
  return waysInto(view, asked).flatMap((way) => {
    const said = answers(way, around);
    return sourcesOf({ view, walls: [] }, way.family, most).flatMap((source) => {
      const value = addressNumber(source)?.value ?? -1n;
      const isClients = holds(way.clients.surely, value);
      const back = said.find(({ sources }) => holds(sources, value))?.back;
      const is = answered(
        routes,
        around.tags,
        source,
        way.kind === 'forwarded' && !isPublicWay(way) ? 'network' : way.kind,
      );
      const isFalse = isRead && isClients && ((back === 'yes' && is === 'no') || (back === 'no' && is === 'yes'));
      return isFalse ? [`${way.kind} ${way.address} ${source}: said ${back}, is ${is}`] : [];
    });
  });
}

function isPublicWay({ address }: WayToMachine): boolean {
  return isPublic(plainAddress(address));
}
