import type { ManagerRules, NetworkInterfaceFacts, TrafficRule } from '../../adapters/azure/reach/model.ts';
import type { Dice } from './dice.ts';

/** Rules of groups and managers in all that Azure accepts, from few words, so that they meet one another. */

export const FRONTEND = { ipv4: '203.0.113.9', ipv6: '2001:db8:f::9' } as const;
export const WALL = '203.0.113.50';
export const SECOND_WALL = '203.0.113.51';

const PREFIXES = {
  ipv4: [
    '0.0.0.0/0',
    '198.51.100.7',
    '10.0.0.4',
    '10.0.0.0/8',
    '0.0.0.0/1',
    '128.0.0.0/1',
    '198.51.100.0/24',
    '198.51.100.129/25',
    '10.0.0.7/29',
    '10.1.0.0/16',
    '172.16.0.0/12',
    '192.168.7.9/16',
    '100.64.0.0/10',
    '20.1.2.3/32',
    '10.9.1.0/27',
    '10.9.1.0/26',
    FRONTEND.ipv4,
  ],
  ipv6: [
    '::/0',
    '2001:db8:1::7',
    'fd00:a::4',
    '::/1',
    '8000::/1',
    '2001:DB8:1::/48',
    '2001:db8:1::ff/64',
    'FD00:A:0:0::4/128',
    'fd00:a::/48',
    'fd00:b::/48',
    '2000::/3',
    FRONTEND.ipv6,
  ],
} as const;

export const TAGS = [
  'Internet',
  'VirtualNetwork',
  'AzureLoadBalancer',
  'AzureCloud',
  'Storage',
  'Storage.WestEurope',
  'GatewayManager',
  'virtualnetwork',
] as const;
const PORTS = ['*', '22', '20-25', '23', '0-21', '23-65535', '0-65535', '3389', '22-22', '21-22'] as const;
const SOURCE_PORTS = ['*', '1-1023', '1024-65535', '0-65535', '50000', '1-65535'] as const;
export const ASGS = ['/asg/ops', '/asg/web', '/asg/none', '/asg/unread'] as const;

const NOTHING = { texts: [] as readonly string[], groups: [] as readonly string[] };

function place(dice: Dice, plain: readonly string[]): typeof NOTHING {
  const family = dice.pick(['ipv4', 'ipv4', 'ipv6'] as const);
  const prefix = () => dice.pick<string>(PREFIXES[family]);
  switch (dice.pick(['plain', 'prefix', 'prefix', 'list', 'tag', 'prefix', 'list', 'tag', 'asg', 'mixed', 'odd'])) {
    case 'prefix':
      return { ...NOTHING, texts: [prefix()] };
    case 'list':
      return { ...NOTHING, texts: [prefix(), prefix(), ...dice.some(1, prefix)] };
    case 'tag':
      return { ...NOTHING, texts: [dice.pick(TAGS)] };
    case 'asg':
      return { ...NOTHING, groups: [dice.pick(ASGS), ...dice.some(1, () => dice.pick(ASGS))] };
    // Refused from people, and yet printed: readers take a tag in a list.
    case 'mixed':
      return { ...NOTHING, texts: [dice.pick(TAGS), prefix()] };
    case 'odd':
      return dice.once(3) ? NOTHING : { ...NOTHING, texts: plain };
    default:
      return { ...NOTHING, texts: plain };
  }
}

function traffic(dice: Dice, name: string, priority: number, accesses: readonly TrafficRule['access'][]): TrafficRule {
  const access = dice.pick(accesses);
  const from = place(dice, ['*']);
  const to = dice.once(2) ? place(dice, ['10.0.0.4']) : { ...NOTHING, texts: ['*'] };
  return {
    name,
    priority,
    access,
    protocol: dice.pick(['*', 'tcp', 'tcp', 'udp', 'icmp', 'esp', 'ah']),
    sources: from.texts,
    sourceGroups: from.groups,
    sourcePorts: dice.once(5) ? [dice.pick(SOURCE_PORTS), ...dice.some(1, () => dice.pick(SOURCE_PORTS))] : ['*'],
    destinations: to.texts,
    destinationGroups: to.groups,
    ports: dice.once(40) ? [] : [dice.pick(PORTS), ...dice.some(1, () => dice.pick(PORTS))],
    isInForce: !dice.once(40),
  };
}

const builtIn = (priority: number, access: 'allow' | 'deny', source: string, destination: string): TrafficRule => ({
  name: `built-in ${priority}`,
  priority,
  access,
  protocol: '*',
  sources: [source],
  sourceGroups: [],
  sourcePorts: ['*'],
  destinations: [destination],
  destinationGroups: [],
  ports: ['*'],
  isInForce: true,
});

/** As a GET of the group shows them (network security groups, default security rules). */
export const BUILT_IN = [
  builtIn(65_000, 'allow', 'VirtualNetwork', 'VirtualNetwork'),
  builtIn(65_001, 'allow', 'AzureLoadBalancer', '*'),
  builtIn(65_500, 'deny', '*', '*'),
];

/** The custom rules of a group: each has a number of its own, adjacent ones too, in whatever order they are listed. */
export function groupRules(dice: Dice, name: string): readonly TrafficRule[] {
  const step = dice.pick([1, 100]);
  const rules = dice.some(4, (i) => traffic(dice, `${name} ${i}`, 100 + step * i, ['allow', 'deny']));
  return [...(dice.once(2) ? rules.toReversed() : rules), ...BUILT_IN];
}

export function managers(dice: Dice): readonly ManagerRules[] {
  if (!dice.once(3)) return [];
  const one = (manager: string): ManagerRules => ({
    manager,
    collections: [...Array(dice.pick([1, 1, 2])).keys()].map((c) => {
      const first = dice.pick([1, 1, 2]);
      return {
        name: `c${c}`,
        rules: dice.some(2, (i) => traffic(dice, `${manager} c${c} ${i}`, first + i, ['allow', 'deny', 'alwaysAllow'])),
      };
    }),
  });
  return dice.once(3) ? [one('parent'), one('child')] : [one('avnm')];
}

export function rulesIn({ subnetGroup, ownGroup, admin }: NetworkInterfaceFacts): readonly TrafficRule[] {
  return [
    ...(subnetGroup && 'is' in subnetGroup ? subnetGroup.is.rules : []),
    ...(ownGroup && 'is' in ownGroup ? ownGroup.is.rules : []),
    ...('is' in admin ? admin.is.flatMap(({ collections }) => collections.flatMap(({ rules }) => rules)) : []),
  ];
}
