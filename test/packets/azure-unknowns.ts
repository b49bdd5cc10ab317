import type {
  AzureRoute,
  FirewallInPath,
  NetworkInterfaceFacts,
  SecurityGroup,
  TrafficRule,
} from '../../adapters/azure/reach/model.ts';
import type { OrUnknown } from '../../src/core/packet/read.ts';
import type { Asked, AzureTruth } from './azure-oracle.ts';
import { FRONTEND, rulesIn } from './azure-rules.ts';
import { seesFrontends, unknownWays } from './azure-unknown-ways.ts';
import type { Wall } from './azure-wall-oracle.ts';
import { unclearWalls } from './azure-wall-unknowns.ts';
import type { Alternatives } from './dice.ts';
import { isAddressText, isInAny, plainAddress } from './plain-address.ts';
import { PUBLIC } from './public-prefixes.ts';

/** Everything of a view that is not known, or that Azure's pages do not say, with all that it may really be. */

type Change = Alternatives<AzureTruth>;

const FAMILIES = ['ipv4', 'ipv6'] as const;
const EVERYTHING = ['0.0.0.0/0', '::/0'];
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', 'fc00::/7'];
const rulesOf = (group: OrUnknown<SecurityGroup>): SecurityGroup =>
  'is' in group ? group.is : { id: 'unread', name: 'unread', rules: [] };

/** The truth in which everything is as it was read, and the plainest is true of the rest. */
export function plainTruth(view: NetworkInterfaceFacts, walls: readonly FirewallInPath[]): AzureTruth {
  const { around } = view;
  const connected = 'is' in around.connected ? around.connected.is : [];
  const routes = 'is' in around.routes ? around.routes.is : [];
  const virtualNetwork = around.tags.get('virtualnetwork') ?? [
    ...around.own,
    ...connected,
    '168.63.129.16/32',
    ...routes.flatMap((route) => (isUnclearInTag(view, route) ? [] : contentOfRoute(view, route))),
  ];
  const tags = new Map([
    ...around.tags,
    ['virtualnetwork', virtualNetwork] as const,
    ['azureloadbalancer', ['168.63.129.16/32']] as const,
  ]);
  if (!around.tags.has('internet')) tags.set('internet', PUBLIC);
  return {
    ...(view.subnetGroup ? { subnetGroup: rulesOf(view.subnetGroup) } : {}),
    ...(view.ownGroup ? { ownGroup: rulesOf(view.ownGroup) } : {}),
    managers: 'is' in view.admin ? view.admin.is : [],
    childCountsAfterAllow: false,
    alwaysAllowIsEnough: false,
    absentIsAny: false,
    frontendIsMember: false,
    doubtfulArrive: false,
    inside: [
      ...around.own,
      ...connected,
      ...routes.flatMap(({ origin, prefix }) => (origin === 'gateway' && !prefix.endsWith('/0') ? [prefix] : [])),
    ],
    tags,
    // What the platform printed is the whole of it.
    internetIsOutside: around.tags.has('internet') ? [] : FAMILIES,
    members: new Map([...around.members].map(([id, read]) => [id, 'is' in read ? read.is : []])),
    firewalls: walls.map(
      (wall): Wall => ({
        name: wall.name,
        isClassic: wall.isClassic,
        rules: 'is' in wall.rules ? wall.rules.is : [],
        sendsFrom: wall.inside[0]?.split('/')[0] ?? '',
        words: new Map([...wall.ipGroups].map(([id, read]) => [id, 'is' in read ? read.is : []])),
        listed: [],
        neverListed: wall.threats?.never ?? [],
        keepsSourceTo: 'is' in wall.keepsSourceTo ? wall.keepsSourceTo.is : PRIVATE,
        applied: [],
        isProxy: wall.isProxy === true,
        isNear: true,
      }),
    ),
  };
}

/** "Prefixes of user-defined routes": said of no route that leads out, of no default route of a gateway, and not of `::/0`. */
function isUnclearInTag({ around }: NetworkInterfaceFacts, route: AzureRoute): boolean {
  if (route.prefix === '::/0' || route.nextHop === 'VirtualHub') return true;
  if (route.origin === 'gateway') return route.prefix.endsWith('/0');
  if (!isAddressText(route.prefix) && !around.tags.has(route.prefix.toLowerCase())) return true;
  if (route.nextHop === 'VirtualNetworkGateway') return false;
  if (route.nextHop !== 'VirtualAppliance') return true;
  const near = [...around.own, ...('is' in around.connected ? around.connected.is : [])];
  return !isInAny(plainAddress(route.nextHopAddress ?? ''), near);
}

function contentOfRoute({ around }: NetworkInterfaceFacts, { prefix }: AzureRoute): readonly string[] {
  return isAddressText(prefix) ? [prefix] : (around.tags.get(prefix.toLowerCase()) ?? PUBLIC);
}

const unchanged = (truth: AzureTruth): AzureTruth => truth;
const withTag =
  (tag: string, content: (truth: AzureTruth) => readonly string[]) =>
  (truth: AzureTruth): AzureTruth => ({ ...truth, tags: new Map([...truth.tags, [tag, content(truth)]]) });
const moreInside = (prefixes: readonly string[]) => (truth: AzureTruth) => ({
  ...truth,
  inside: [...truth.inside, ...prefixes],
});
const inVirtualNetwork = (prefixes: readonly string[]) =>
  withTag('virtualnetwork', ({ tags }) => [...(tags.get('virtualnetwork') ?? []), ...prefixes]);

export function azureUnknowns(
  view: NetworkInterfaceFacts,
  walls: readonly FirewallInPath[],
  asked: Asked,
): readonly Change[] {
  return [
    ...unreadGroups(view),
    ...unclearAdmin(view),
    ...unclearRules(view),
    ...unclearTags(view),
    ...unclearWalls(walls, `${asked.number}`),
    ...unknownWays(view),
  ];
}

const all = (access: TrafficRule['access']): TrafficRule => ({
  name: 'unread',
  priority: 1,
  access,
  protocol: '*',
  sources: ['*'],
  sourceGroups: [],
  sourcePorts: ['*'],
  destinations: ['*'],
  destinationGroups: [],
  ports: ['*'],
  isInForce: true,
});

function unreadGroups({ subnetGroup, ownGroup }: NetworkInterfaceFacts): readonly Change[] {
  const unread = (which: readonly ('subnetGroup' | 'ownGroup')[]): Change =>
    (['allow', 'deny'] as const).map((access) => (truth) => {
      const group = { id: 'unread', name: 'unread', rules: [all(access)] };
      return { ...truth, ...Object.fromEntries(which.map((one) => [one, group])) };
    });
  const is = { subnet: subnetGroup && 'unknown' in subnetGroup, own: ownGroup && 'unknown' in ownGroup };
  if (is.subnet && subnetGroup === ownGroup) return [unread(['subnetGroup', 'ownGroup'])];
  return [...(is.subnet ? [unread(['subnetGroup'])] : []), ...(is.own ? [unread(['ownGroup'])] : [])];
}

function unclearAdmin({ admin, subnetGroup, ownGroup }: NetworkInterfaceFacts): readonly Change[] {
  const isUnguarded = !subnetGroup && !ownGroup;
  const enough: Change = [unchanged, (truth) => ({ ...truth, alwaysAllowIsEnough: true })];
  if ('unknown' in admin) {
    const only = (access: TrafficRule['access']) => (truth: AzureTruth) => ({
      ...truth,
      managers: [{ manager: 'unread', collections: [{ name: 'unread', rules: [all(access)] }] }],
    });
    return [[unchanged, only('deny'), only('alwaysAllow')], ...(isUnguarded ? [enough] : [])];
  }
  const priorities = admin.is.map(({ collections }) =>
    collections.map(({ rules }) => rules.map((one) => one.priority)),
  );
  const isTied = priorities.some(([one = [], other = []]) => one.some((priority) => other.includes(priority)));
  const reversed: Change = [
    unchanged,
    ({ managers, ...truth }) => ({
      ...truth,
      managers: managers.map((one) => ({ ...one, collections: one.collections.toReversed() })),
    }),
  ];
  const higher: Change = [unchanged, (truth) => ({ ...truth, childCountsAfterAllow: true })];
  const isAlways = priorities.flat(2).length > 0 && isUnguarded;
  return [...(isTied ? [reversed] : []), ...(admin.is.length > 1 ? [higher] : []), ...(isAlways ? [enough] : [])];
}

function unclearRules(view: NetworkInterfaceFacts): readonly Change[] {
  const rules = rulesIn(view);
  const isAbsent = rules.some(
    (one) =>
      one.sources.length + one.sourceGroups.length === 0 ||
      one.destinations.length + one.destinationGroups.length === 0 ||
      one.ports.length === 0,
  );
  const meets = seesFrontends(view) && rules.some(({ destinationGroups }) => destinationGroups.length > 0);
  const names = [...new Set(rules.flatMap(({ name, isInForce }) => (isInForce ? [] : [name])))];
  const without = (name: string) => (truth: AzureTruth) => {
    const left = <T extends { readonly rules: readonly TrafficRule[] }>(one: T): T => ({
      ...one,
      rules: one.rules.filter((rule) => rule.name !== name),
    });
    return {
      ...truth,
      ...(truth.subnetGroup ? { subnetGroup: left(truth.subnetGroup) } : {}),
      ...(truth.ownGroup ? { ownGroup: left(truth.ownGroup) } : {}),
      managers: truth.managers.map((one) => ({ ...one, collections: one.collections.map(left) })),
    };
  };
  const used = new Set(rules.flatMap(({ sourceGroups }) => sourceGroups));
  const unread = [...view.around.members].filter(([id, read]) => used.has(id) && 'unknown' in read);
  return [
    ...(isAbsent ? [[unchanged, (truth: AzureTruth) => ({ ...truth, absentIsAny: true })]] : []),
    ...(meets ? [[unchanged, (truth: AzureTruth) => ({ ...truth, frontendIsMember: true })]] : []),
    ...names.map((name) => [unchanged, without(name)]),
    ...unread.map(([id]) => [
      unchanged,
      (truth: AzureTruth) => ({ ...truth, members: new Map([...truth.members, [id, view.around.own]]) }),
    ]),
  ];
}

function unclearTags(view: NetworkInterfaceFacts): readonly Change[] {
  const { around } = view;
  const rules = rulesIn(view);
  const isUsed = (tag: string) =>
    rules.some((one) => [...one.sources, ...one.destinations].some((text) => text.toLowerCase() === tag));
  const isWritten = around.tags.has('virtualnetwork');
  const routes = 'is' in around.routes ? around.routes.is : [];
  const changes: Change[] = [];
  // Whoever is connected is in the tag and can send.
  if ('unknown' in around.connected)
    changes.push([
      unchanged,
      (truth) => moreInside(EVERYTHING)(isWritten ? truth : inVirtualNetwork(EVERYTHING)(truth)),
    ]);
  if ('unknown' in around.routes)
    changes.push(
      isWritten
        ? [unchanged, moreInside(EVERYTHING)]
        : [
            unchanged,
            inVirtualNetwork(EVERYTHING),
            (truth) => moreInside(EVERYTHING)(inVirtualNetwork(EVERYTHING)(truth)),
          ],
    );
  if (!isWritten && isUsed('virtualnetwork')) {
    if (around.learns) changes.push([unchanged, inVirtualNetwork(PRIVATE)]);
    for (const route of routes)
      if (isUnclearInTag(view, route)) changes.push([unchanged, inVirtualNetwork(contentOfRoute(view, route))]);
  }
  if (!around.tags.has('internet') && isUsed('internet')) changes.push(...internet(routes));
  for (const tag of ['azurecloud', 'storage', 'storage.westeurope', 'gatewaymanager'])
    if (!around.tags.has(tag) && isUsed(tag)) changes.push(contents(tag, seesFrontends(view)));
  return changes;
}

/** None, all, and where the groups see public destinations: those without the sources, and the sources without those. */
function contents(tag: string, isFloating: boolean): Change {
  const frontends = Object.values(FRONTEND);
  const others = [...PUBLIC.filter((prefix) => !prefix.startsWith('203.') && prefix !== '2000::/3'), '2001:db8:1::/48'];
  const split = [withTag(tag, () => frontends), withTag(tag, () => others)];
  return [withTag(tag, () => []), withTag(tag, () => PUBLIC), ...(isFloating ? split : [])];
}

/** Surely nothing private; of the rest an Allow is taken to hold all, a Deny perhaps. By a default route, nobody knows. */
function internet(routes: readonly AzureRoute[]): readonly Change[] {
  const isOf = (text: string, family: string) => text.includes(':') === (family === 'ipv6');
  const defaults = routes.filter(({ prefix }) => /\/[01]$/.test(prefix));
  return [
    [withTag('internet when denied', () => PUBLIC), withTag('internet when denied', () => [])],
    ...FAMILIES.filter((family) => defaults.some(({ prefix }) => isOf(prefix, family))).map((family): Change => {
      const inside = (truth: AzureTruth) => ({
        ...truth,
        internetIsOutside: truth.internetIsOutside.filter((one) => one !== family),
      });
      const left = (texts: readonly string[] = []) => texts.filter((text) => !isOf(text, family));
      const none = (tag: string) => withTag(tag, ({ tags }) => left(tags.get(tag)));
      return [unchanged, inside, (truth) => none('internet')(none('internet when denied')(inside(truth)))];
    }),
  ];
}
