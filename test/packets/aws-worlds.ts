import type {
  AclEntry,
  IngressGroup,
  IngressRule,
  InstanceInterface,
  SubnetRoute,
} from '../../adapters/aws/reach/model.ts';
import type { OrUnknown } from '../../src/core/packet/read.ts';
import { type AwsTruth, doubtfulTargets } from './aws-oracle.ts';
import type { Asked } from './azure-oracle.ts';
import { type Alternatives, type Dice, diceOf, truthsOf } from './dice.ts';

/** Interfaces of instances in all that EC2 accepts, as they could be read, with all that may be true of them. */
export interface AwsWorld {
  readonly view: InstanceInterface;
  readonly asked: Asked;
  readonly truths: readonly AwsTruth[];
  readonly isComplete: boolean;
  readonly isKnown: boolean;
}

const CIDRS = [
  '0.0.0.0/0',
  '198.51.100.7/32',
  '10.0.0.0/8',
  '10.0.1.0/24',
  '10.0.2.9/32',
  '0.0.0.0/1',
  '128.0.0.0/1',
  '198.51.100.0/24',
  '198.51.100.129/25',
  '172.16.0.0/12',
  '::/0',
  '2001:db8:2::/48',
  '2001:db8:1::/56',
  'fd00:b::/48',
  '8000::/1',
];
/** Nothing: no range is written. */
const PORTS: readonly (readonly number[])[] = [
  [22, 22],
  [20, 25],
  [0, 21],
  [23, 65_535],
  [0, 65_535],
  [3389, 3389],
  [-1, -1],
  [],
];

export function awsWorld(tape: Uint8Array): AwsWorld {
  const dice = diceOf(tape);
  const asked = dice.pick<Asked>([
    { number: 22, protocol: 'tcp' },
    { number: 22, protocol: 'tcp' },
    { number: 3389, protocol: 'tcp' },
    { number: 22, protocol: 'udp' },
  ]);
  return awsWorldOf(anyView(dice), asked);
}

export function awsWorldOf(view: InstanceInterface, asked: Asked): AwsWorld {
  const unknowns = unknownsIn(view);
  return { view, asked, ...truthsOf(plainTruth(view), unknowns, 64), isKnown: unknowns.length === 0 };
}

function anyView(dice: Dice): InstanceInterface {
  const group = (i: number): OrUnknown<IngressGroup> =>
    dice.once(25)
      ? { unknown: `the group sg-${i}` }
      : { is: { id: `sg-${i}`, name: `g${i}`, rules: dice.some(3, (n) => ingress(dice, `sgr-${i}-${n}`)) } };
  const cloudWan = 'arn:aws:networkmanager::111122223333:core-network/core-network-0a';
  const gateways = ['tgw-1', 'pcx-1', 'vgw-1', 'lgw-1', cloudWan];
  const targets = ['igw-1', 'igw-1', 'nat-1', 'eigw-1', ...gateways, 'eni-9', 'vpce-1'];
  const route = (): SubnetRoute => ({
    destination: dice.pick(['0.0.0.0/0', '::/0', '198.51.100.0/24', '172.16.0.0/12', '2001:db8:2::/48', 'pl-routes']),
    target: dice.pick(targets),
    isDead: dice.once(8),
  });
  const local = ['10.0.0.0/16', '2001:db8:1::/56'].map((destination) => ({
    destination,
    target: 'local',
    isDead: false,
  }));
  const routes = [route(), ...dice.some(2, route)];
  const once = routes.filter((one, i) => routes.findIndex(({ destination }) => destination === one.destination) === i);
  return {
    id: 'eni-1',
    addresses: [
      { address: '10.0.1.4', family: 'ipv4', ...(dice.once(4) ? {} : { publicAddress: '203.0.113.4' }) },
      ...(dice.once(2)
        ? [{ address: dice.pick(['2001:db8:1::4', '2001:db8:1:0:1::/80']), family: 'ipv6' as const }]
        : []),
      ...(dice.once(4) ? [{ address: '10.0.1.16/28', family: 'ipv4' as const }] : []),
    ],
    groups: [group(0), ...dice.some(2, (i) => group(i + 1))],
    acl: dice.once(25)
      ? { unknown: 'the network ACL' }
      : { is: { id: 'acl-1', inbound: entries(dice), outbound: entries(dice) } },
    routes: dice.once(25) ? { unknown: 'the route table' } : { is: [...local, ...once] },
    subnet: ['10.0.1.0/24', '2001:db8:1::/64'],
    vpc: ['10.0.0.0/16', '2001:db8:1::/56'],
    publicAccess: dice.once(25)
      ? { unknown: 'public access' }
      : { is: dice.pick(['on', 'on', 'blocked', 'noGateway'] as const) },
    edge: dice.once(20)
      ? { unknown: 'the table of the gateway' }
      : { is: dice.once(6) ? [...local, { destination: '10.0.1.0/24', target: 'vpce-edge', isDead: false }] : [] },
    deniesGateway: dice.once(25) ? { unknown: 'deniesGateway' } : { is: dice.once(6) },
    ...(dice.once(20) ? { relays: 'what a load balancer hands on' } : {}),
  };
}

function ingress(dice: Dice, id: string): IngressRule {
  const [from, to] = dice.pick(PORTS);
  const list = dice.pick(['pl-1', 'pl-2', 'pl-none', 'pl-unread']);
  const group = dice.pick(['sg-a', 'sg-none', 'sg-unread']);
  const contents: Record<string, readonly string[]> = {
    'pl-1': ['198.51.100.0/25', '10.0.2.0/24'],
    'pl-2': ['2001:db8:2::/64'],
    'sg-a': ['10.0.2.9', '10.0.1.9', '198.51.100.7'],
  };
  const read = (name: string): OrUnknown<readonly string[]> =>
    name.endsWith('unread') ? { unknown: `what ${name} holds` } : { is: contents[name] ?? [] };
  return {
    id,
    protocol: dice.pick(['tcp', '-1', '6', 'udp', '17', 'icmp', '1', '58', '50', 'tcp']),
    ...(from === undefined || to === undefined ? {} : { from, to }),
    source: dice.pick<IngressRule['source']>([
      { cidr: dice.pick(CIDRS) },
      { cidr: dice.pick(CIDRS) },
      { prefixList: list, entries: read(list) },
      { group, members: read(group) },
    ]),
  };
}

function entries(dice: Dice): readonly AclEntry[] {
  const open = [
    { number: 100, allows: true, protocol: '-1', cidr: '0.0.0.0/0' },
    { number: 101, allows: true, protocol: '-1', cidr: '::/0' },
  ];
  if (!dice.once(2)) return open;
  const own = dice.some(4, (i): AclEntry => {
    const [from, to] = dice.pick([...PORTS, [1024, 65_535], [32_768, 61_000]]);
    const ports = from === undefined || to === undefined || from < 0 ? {} : { from, to };
    const protocol = dice.pick(['-1', '6', '17', '1', '58', 'tcp']);
    return { number: 97 + i, allows: dice.once(2), protocol, cidr: dice.pick(CIDRS), ...ports };
  });
  // Numbers are unique; the order of the list says nothing.
  return [...open.map((one) => ({ ...one, number: one.number + 100 })), ...own.toReversed()].slice(
    dice.pick([0, 0, 1, 2]),
  );
}

const EVERYTHING = ['0.0.0.0/0', '::/0'];
const every = (cidr: string): AclEntry => ({ number: 1, allows: true, protocol: '-1', cidr });

function plainTruth(view: InstanceInterface): AwsTruth {
  const rules = view.groups.flatMap((group) => ('is' in group ? group.is.rules : []));
  return {
    rules,
    contents: new Map(
      rules.flatMap(({ source }): (readonly [string, readonly string[]])[] => {
        if ('cidr' in source) return [];
        const [id, read] = 'group' in source ? [source.group, source.members] : [source.prefixList, source.entries];
        return [[id, 'is' in read ? read.is : []]];
      }),
    ),
    inbound: 'is' in view.acl ? view.acl.is.inbound : [],
    outbound: 'is' in view.acl ? view.acl.is.outbound : [],
    routes: 'is' in view.routes ? view.routes.is : [],
    subnet: view.subnet,
    vpc: view.vpc,
    letsInternetIn: 'is' in view.publicAccess && view.publicAccess.is === 'on',
    // The appliance of these worlds is for the IPv4 addresses of the subnet alone.
    diverts:
      'unknown' in view.edge
        ? EVERYTHING
        : view.edge.is.flatMap((one) => (one.target === 'local' ? [] : one.destination)),
    applianceLets: false,
    deniesGateway: 'is' in view.deniesGateway && view.deniesGateway.is,
    handsOn: false,
    letsIn: [],
  };
}

function unknownsIn(view: InstanceInterface): readonly Alternatives<AwsTruth>[] {
  const unchanged = (truth: AwsTruth) => truth;
  const sources = plainTruth(view).rules.flatMap(({ source }) =>
    'prefixList' in source ? [source.prefixList] : 'group' in source ? [source.group] : [],
  );
  const unread = [...new Set(sources)].filter((id) => id.endsWith('unread'));
  const open = EVERYTHING.map((cidr): IngressRule => ({ id: 'unread', protocol: '-1', source: { cidr } }));
  const acl = EVERYTHING.map(every);
  return [
    ...view.groups
      .filter((group) => 'unknown' in group)
      .map(() => [unchanged, (truth: AwsTruth) => ({ ...truth, rules: [...truth.rules, ...open] })]),
    ...unread.map((id) => [
      unchanged,
      (truth: AwsTruth) => ({ ...truth, contents: new Map([...truth.contents, [id, EVERYTHING]]) }),
    ]),
    ...('unknown' in view.acl ? [[unchanged, (truth: AwsTruth) => ({ ...truth, inbound: acl, outbound: acl })]] : []),
    ...('unknown' in view.routes
      ? [
          [
            unchanged,
            (truth: AwsTruth) => ({
              ...truth,
              routes: ['0.0.0.0/1', '128.0.0.0/1', '::/1', '8000::/1'].map((destination) => ({
                destination,
                target: 'tgw-1',
                isDead: false,
              })),
            }),
          ],
        ]
      : []),
    ...('unknown' in view.edge || view.edge.is.some(({ target }) => target !== 'local')
      ? [[unchanged, (truth: AwsTruth) => ({ ...truth, applianceLets: true })]]
      : []),
    ...('unknown' in view.deniesGateway ? [[unchanged, (truth: AwsTruth) => ({ ...truth, deniesGateway: true })]] : []),
    ...doubtfulTargets(plainTruth(view).routes).map((target) => [
      unchanged,
      (truth: AwsTruth) => ({ ...truth, letsIn: [...truth.letsIn, target] }),
    ]),
    ...(view.relays ? [[unchanged, (truth: AwsTruth) => ({ ...truth, handsOn: true })]] : []),
    ...('unknown' in view.publicAccess ? [[unchanged, (truth: AwsTruth) => ({ ...truth, letsInternetIn: true })]] : []),
  ];
}
